/**
 * The columns of every output, and how a value of one is written as text.
 *
 * @module
 */

import type { BarBatch } from "../market/bar.ts";

/** The columns, in their order. */
export const COLUMNS = [
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

/** Columns that a file has where it is asked for them. */
export interface ColumnOptions {
  /**
   * Whether there is a column `ticker` behind the symbol: the vendor's ticker that the bar is of,
   * of a batch that names none its symbol.
   *
   * @default {false}
   */
  readonly tickers?: boolean | undefined;
}

/** What is the same for all bars of a batch, by column. */
export function labelsOf(
  { symbol, ticker = symbol }: Pick<BarBatch, "symbol" | "ticker">,
  { tickers }: ColumnOptions,
): Readonly<Record<string, string>> {
  return tickers ? { symbol, ticker } : { symbol };
}

/** The columns of a file, in their order. */
export function outputColumns(options: ColumnOptions): string[] {
  return [...Object.keys(labelsOf({ symbol: "" }, options)), ...COLUMNS.slice(1)];
}

/** The shortest text that is read back as exactly this number; `missing` where there is none. */
export function numberText(value: number | null, missing: string): string {
  if (value === null) return missing;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** ISO 8601 in UTC, with a fraction only where there is one. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
