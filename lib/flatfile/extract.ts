/**
 * Takes the wanted tickers' rows out of one object's bytes.
 *
 * Pure: it does no I/O, so that it can run in a thread of its own as well as in place.
 *
 * @module
 */

import { UnorderedError } from "./family_rows.ts";
import { type Compressed, inflate } from "./inflate.ts";
import { isInTime, wantedStamp } from "../market/stamps.ts";
import { FlatFile } from "./flat_file.ts";
import { type FileRow, RowFlaw, toRowTexts } from "./row_search.ts";
import { type Extracted, FoundRows, type Times, timesOf, timestampOf } from "./found_rows.ts";
import type { TickerSet } from "./ticker_set.ts";

/**
 * Finds the rows of the wanted tickers: for each, in their order, what is recorded of it (see
 * `cache/record.ts`): the JSON of a list of bars' rows in the order of their time. A ticker
 * without a row has an empty list; so has one of which a row cannot be read, or has a stamp that
 * cannot be of the file's date, with the reason behind it. What is odd about the file stands
 * behind each. For each wanted family it makes what `cache/family_file.ts` tells.
 *
 * @param key names the file in errors; the dataset and date in it say which stamps can be.
 * @throws {import("../errors.ts").IntegrityError} with check `"gzip"` when the bytes are not
 * whole gzip, or inflate to more than a flat file can; with check `"format"` when a required
 * column is missing.
 */
export async function extract(
  key: string,
  compressed: Compressed,
  wanted: TickerSet,
): Promise<Extracted> {
  try {
    return await extractInOrder(key, compressed, wanted, { isOrdered: true });
  } catch (error) {
    if (!(error instanceof UnorderedError)) throw error;
    return await extractInOrder(key, compressed, wanted, { isOrdered: false });
  }
}

async function extractInOrder(
  key: string,
  compressed: Compressed,
  wanted: TickerSet,
  { isOrdered }: { readonly isOrdered: boolean },
): Promise<Extracted> {
  const file = new FlatFile(key, wanted);
  const found = new FoundRows(key, wanted, { isOrdered });
  await inflate(key, compressed, (text) => found.take(file.read(text)));
  found.take(file.end());
  const bad = found.settle();
  const isWell = bad.size === 0 && file.oddity === undefined;
  const { failures, warning } = isWell ? NOTHING_WRONG : await explain(key, compressed, bad);
  return found.end(failures, warning);
}

/**
 * All tickers of a flat file, each once, in the order of the file.
 *
 * @throws {import("../errors.ts").IntegrityError} as {@linkcode extract} does.
 */
export async function tickersOf(key: string, compressed: Compressed): Promise<string[]> {
  const seen = new Set<string>();
  await readAll(key, compressed, (rows) => {
    for (const { ticker } of rows) seen.add(ticker);
  });
  return [...seen];
}

/** What is wrong with a file. */
interface Explained {
  /** By ticker. */
  readonly failures: ReadonlyMap<string, string>;
  /** Of the file itself. */
  readonly warning: string | undefined;
}

const NOTHING_WRONG: Explained = { failures: new Map(), warning: undefined };

/** Reads a file again, line by line, to name the line of what is wrong. */
async function explain(
  key: string,
  compressed: Compressed,
  bad: ReadonlySet<string>,
): Promise<Explained> {
  const times = timesOf(key);
  const failures = new Map<string, string>();
  const warning = await readAll(key, compressed, (rows) => {
    const open = rows.filter(({ ticker }) => bad.has(ticker) && !failures.has(ticker));
    toRowTexts(open).forEach((text, i) => {
      const row = open[i]!;
      const flaw = text instanceof RowFlaw ? text : times && stampFlaw(times, row, text);
      if (flaw && !failures.has(row.ticker)) {
        failures.set(row.ticker, `line ${row.number}: ${flaw.text}`);
      }
    });
  });
  return { failures, warning };
}

/** Reads all rows of a file and returns what is odd about it. */
async function readAll(
  key: string,
  compressed: Compressed,
  take: (rows: readonly FileRow[]) => void,
): Promise<string | undefined> {
  const file = new FlatFile(key);
  await inflate(key, compressed, (text) => take(file.read(text)));
  take(file.end());
  return file.oddity;
}

function stampFlaw({ date, span }: Times, row: FileRow, text: string): RowFlaw | undefined {
  if (isInTime(span, timestampOf(text))) return undefined;
  const fields = row.fields ?? row.line.split(",");
  const found = fields[row.columns.at.window_start]!;
  return RowFlaw.of("window_start", found, wantedStamp(date));
}
