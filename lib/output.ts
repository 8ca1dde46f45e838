/**
 * Bars as text: CSV, NDJSON or JSON.
 *
 * @module
 */

import type { Bar } from "./market/bar.ts";

/** A form in which bars are written. */
export type OutputFormat = "csv" | "ndjson" | "json";

const COLUMNS = [
  "symbol",
  "date",
  "timestamp",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "transactions",
] as const;

/** Bars that are turned into text together. */
const BATCH = 1_000;

/**
 * The bars of each symbol, in the order given, as chunks of text.
 *
 * The columns are `symbol,date,timestamp,open,high,low,close,volume,transactions` in every
 * format. `timestamp` is ISO 8601 in UTC, such as `2024-03-07T05:00:00Z`; a number has all
 * the digits that it needs to be read back exactly; what a dataset does not have is empty in
 * CSV and `null` elsewhere.
 */
export function* formatBars(
  bars: Readonly<Record<string, readonly Bar[]>>,
  format: OutputFormat,
): Iterable<string> {
  const { head, line, between, tail } = FORMATS[format];
  yield head;
  let before = "";
  for (const [symbol, ofSymbol] of Object.entries(bars)) {
    for (let start = 0; start < ofSymbol.length; start += BATCH) {
      const lines = ofSymbol.slice(start, start + BATCH).map((bar) => line(symbol, bar));
      yield before + lines.join(between);
      before = between;
    }
  }
  yield tail;
}

/** How lines, each with its end, are put together. */
interface Form {
  readonly head: string;
  readonly line: (symbol: string, bar: Bar) => string;
  readonly between: string;
  readonly tail: string;
}

const FORMATS: Readonly<Record<OutputFormat, Form>> = {
  csv: { head: `${COLUMNS.join(",")}\n`, line: csvLine, between: "", tail: "" },
  ndjson: { head: "", line: (...of) => `${jsonText(...of)}\n`, between: "", tail: "" },
  json: { head: "[", line: (...of) => `\n${jsonText(...of)}`, between: ",", tail: "\n]\n" },
};

function csvLine(symbol: string, bar: Bar): string {
  return valuesOf(symbol, bar).map((value) => value ?? "").join(",") + "\n";
}

function jsonText(symbol: string, bar: Bar): string {
  const values = valuesOf(symbol, bar);
  return JSON.stringify(Object.fromEntries(COLUMNS.map((name, i) => [name, values[i]])));
}

function valuesOf(symbol: string, bar: Bar): (string | number | null)[] {
  const { date, timestamp, open, high, low, close, volume, transactions } = bar;
  return [symbol, date, isoTime(timestamp), open, high, low, close, volume, transactions];
}

/** ISO 8601 in UTC, with a fraction only where there is one. */
function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
