/**
 * Finds the rows of given tickers in lines that are as the vendor writes them, and reads no more of
 * the others than it has to.
 *
 * @module
 */

import { fieldAt, isFieldEnd, type TickerSet } from "./ticker_set.ts";

/** Columns of prices, which every file has. */
export const PRICES = ["open", "high", "low", "close"] as const;

/** Columns that every file has. */
export const REQUIRED_COLUMNS = ["ticker", ...PRICES, "window_start"] as const;

/** Columns of counts, which a file need not have. */
export const COUNTS = ["volume", "transactions"] as const;

/** A column that a bar is made from. */
export type ColumnName = typeof COLUMNS[number];

/** All of them. */
export const COLUMNS = [...REQUIRED_COLUMNS, ...COUNTS] as const;

/** What the line of column names says. */
export interface Columns {
  /** Where each column stands; -1 where the file has none. */
  readonly at: Readonly<Record<ColumnName, number>>;
  /** How many fields a row has. */
  readonly width: number;
}

/** A row, read no further than its ticker. */
export interface FileRow {
  readonly ticker: string;
  /** As it stands in the file. */
  readonly line: string;
  /** The columns that it stands under. */
  readonly columns: Columns;
  /** Its fields, where they are not just what stands between commas. */
  readonly fields?: readonly string[];
  /** Why the line cannot be a row. */
  readonly flaw?: string | undefined;
  /** The line's number in the file, from 1 on; only true where all rows are read. */
  readonly number?: number;
}

/** A part of a text: lines, each behind an LF, and the columns that they stand under. */
export interface Lines {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly columns: Columns;
}

/** Above this many tickers one pass over all lines is faster than a search for each. */
const MAX_SEARCHES = 8;

/** The rows of the wanted tickers. */
export function findRows(lines: Lines, wanted: TickerSet): FileRow[] {
  if (wanted.families.length > 0) return scanAll(lines, wanted);
  return wanted.tickers.size <= MAX_SEARCHES ? search(lines, wanted.tickers) : scan(lines, wanted);
}

/**
 * One search through all of the text for each ticker: the fastest for a few. An LF before it
 * would be found at every line; the ticker's first letter is not as frequent.
 */
function search({ text, start, end, columns }: Lines, tickers: Iterable<string>): FileRow[] {
  const rows: FileRow[] = [];
  for (const ticker of tickers) {
    let at = text.indexOf(ticker, start);
    while (at !== -1 && at < end) {
      const isTicker = text[at - 1] === "\n" && isFieldEnd(text, at + ticker.length);
      if (isTicker) rows.push({ ticker, line: lineAt(text, at), columns });
      at = text.indexOf(ticker, at + 1);
    }
  }
  return rows;
}

/** One pass over the lines, reading no more than the ticker of those not wanted. */
function scan({ text, start, end, columns }: Lines, wanted: TickerSet): FileRow[] {
  const rows: FileRow[] = [];
  for (let at = start; at < end; at = lineEnd(text, at + 1)) {
    const ticker = wanted.tickerAt(text, at + 1);
    if (ticker !== undefined) rows.push({ ticker, line: lineAt(text, at + 1), columns });
  }
  return rows;
}

/** One pass over the lines that begin as every wanted ticker does. */
function scanAll({ text, start, end, columns }: Lines, wanted: TickerSet): FileRow[] {
  const rows: FileRow[] = [];
  const mark = `\n${wanted.prefix}`;
  for (
    let at = text.indexOf(mark, start);
    at !== -1 && at < end;
    at = text.indexOf(mark, at + 1)
  ) {
    const ticker = fieldAt(text, at + 1);
    if (wanted.has(ticker)) rows.push({ ticker, line: lineAt(text, at + 1), columns });
  }
  return rows;
}

/** Whether any of the lines is not empty. */
export function hasText({ text, start, end }: Lines): boolean {
  let at = start;
  while (at < end && text[at] === "\n") at++;
  return at < end;
}

/** The index of the line's end, or of the text's. */
function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end === -1 ? text.length : end;
}

/** The line that starts here, without its end. */
function lineAt(text: string, start: number): string {
  return text.slice(start, lineEnd(text, start));
}
