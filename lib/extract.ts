/**
 * Takes the wanted tickers' rows out of one object's bytes.
 *
 * Pure: it does no I/O, so that it can run in a thread of its own as well as in place.
 *
 * @module
 */

import { inflate } from "./inflate.ts";
import { FlatFile, type Row } from "./market/flat_file.ts";
import { toRowTexts } from "./market/row_text.ts";
import type { TickerSet } from "./market/ticker_set.ts";

/**
 * Finds the rows of the wanted tickers: for each, in their order, the JSON of a list of bars'
 * rows in the order of their time. A ticker without a row has an empty list.
 *
 * @param key names the file in errors.
 * @throws {import("./errors.ts").IntegrityError} with check `"gzip"` when the bytes are not
 * whole gzip, or inflate to more than a flat file can; with check `"format"` when a required
 * column is missing or a wanted row cannot be read.
 */
export async function extract(
  key: string,
  compressed: Uint8Array,
  wanted: TickerSet,
): Promise<string[]> {
  const file = new FlatFile(key, wanted);
  const found = new Map<string, string[]>();
  for (const ticker of wanted.tickers) found.set(ticker, []);
  const take = (rows: readonly Row[]) => {
    const texts = toRowTexts(file, rows);
    rows.forEach(({ ticker }, i) => found.get(ticker)!.push(texts[i]!));
  };
  await inflate(key, compressed, (text) => take(file.read(text)));
  take(file.end());
  return Array.from(found.values(), toListText);
}

/**
 * All tickers of a flat file, each once, in the order of the file.
 *
 * @throws {import("./errors.ts").IntegrityError} as {@linkcode extract} does.
 */
export async function tickersOf(key: string, compressed: Uint8Array): Promise<string[]> {
  const file = new FlatFile(key);
  const seen = new Set<string>();
  const take = (rows: readonly Row[]) => {
    for (const { ticker } of rows) seen.add(ticker);
  };
  await inflate(key, compressed, (text) => take(file.read(text)));
  take(file.end());
  return [...seen];
}

function toListText(rows: string[]): string {
  if (rows.length > 1) rows.sort((a, b) => timestampOf(a) - timestampOf(b));
  return `[${rows.join(",")}]`;
}

/** A row's first number. */
function timestampOf(row: string): number {
  return parseInt(row.slice(1));
}
