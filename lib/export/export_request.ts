/**
 * Reads what is asked of an export: which datasets, and how their objects are made.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";
import type { Layout } from "../lake/layout.ts";
import { checkDatasetName } from "../market/dataset.ts";
import { parseFamily } from "../market/ticker_family.ts";

/**
 * The names of datasets, each once.
 *
 * @throws {UsageError} when one cannot be read, or there is none.
 */
export function readDatasets(names: readonly string[]): string[] {
  if (!Array.isArray(names) || names.length === 0) {
    throw new UsageError(
      "Cannot export: want a list of datasets, such as us_stocks_sip/day_aggs_v1",
    );
  }
  return [...new Set(names.map(checkDatasetName))];
}

/**
 * @param prefix What stands before the name of each part where it is given.
 * @throws {UsageError} when a part of it cannot be read, or the parts do not go together.
 */
export function readLayout(
  { by, format, tickers }: { [Part in keyof Layout]?: unknown },
  prefix: "" | "--" = "",
): Layout {
  const layout = {
    by: oneOf(`${prefix}by`, by, ["date", "month"]),
    format: oneOf(`${prefix}format`, format, ["parquet", "csv.gz"]),
    tickers: tickers === undefined ? undefined : readTickers(tickers),
  };
  if (layout.format === "csv.gz" && (layout.by === "month" || tickers !== undefined)) {
    throw new UsageError(
      "Cannot export csv.gz by month, or of some tickers alone: the files stay as they came",
    );
  }
  return layout;
}

function readTickers(tickers: unknown): readonly string[] {
  if (!Array.isArray(tickers) || tickers.length === 0) {
    throw new UsageError(
      "Cannot export the rows of no tickers: want a list, such as SPY and BRK.*",
    );
  }
  return tickers.map(readTicker);
}

/** A ticker is a pattern without wildcards. */
function readTicker(ticker: unknown): string {
  if (typeof ticker === "string") return parseFamily(ticker).name;
  throw new UsageError(`Cannot read ticker ${quote(String(ticker))}: want a text, such as SPY`);
}

/** The first one where none is given. */
function oneOf<Word extends string>(
  name: string,
  given: unknown,
  words: readonly [Word, ...Word[]],
): Word {
  const word = given === undefined ? words[0] : words.find((one) => one === given);
  if (word !== undefined) return word;
  throw new UsageError(
    `Cannot use ${quote(String(given))} for ${name}: want ${words.join(" or ")}`,
  );
}
