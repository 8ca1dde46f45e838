/**
 * Finds the rows of given tickers in lines that are as the vendor writes them, reads no more of the
 * others than it has to, and makes them the texts of bars' rows: JSON, with the file's own digits.
 *
 * @module
 */

import { fieldAt, isFieldEnd, type TickerSet } from "./ticker_set.ts";
import { quote } from "../errors.ts";

/** Columns of prices, which every file has. */
const PRICES = ["open", "high", "low", "close"] as const;

/** Columns that every file has. */
export const REQUIRED_COLUMNS = ["ticker", ...PRICES, "window_start"] as const;

/** Columns of counts, which a file need not have. */
const COUNTS = ["volume", "transactions"] as const;

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

/** Why a row is none, in words that need the place of its line before them. */
export class RowFlaw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** A column does not have what it must. */
  static of(name: ColumnName, found: string, wanted: string): RowFlaw {
    return new RowFlaw(`column "${name}" is ${quote(found)}, want ${wanted}`);
  }
}

/**
 * Reads rows, each as `[timestamp,open,high,low,close,volume,transactions]`, the timestamp in
 * milliseconds since the epoch, or as what is wrong with it.
 */
export function toRowTexts(rows: readonly FileRow[]): (string | RowFlaw)[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { columns } = first;
  const change = rows.findIndex((row) => row.columns !== columns);
  if (change !== -1) {
    return [...toRowTexts(rows.slice(0, change)), ...toRowTexts(rows.slice(change))];
  }
  if (columns.width > MAX_WIDTH) return rows.map(readFields);
  const { pattern, replacement } = rewriting(columns);
  const lines = rows.map(({ line }) => line).join("\n");
  const texts = lines.replace(pattern, replacement).split("\n");
  return rows.map((row, i) => texts[i] === row.line ? readFields(row) : texts[i]!);
}

/** Of more columns no pattern is made: it would have a part for each. */
const MAX_WIDTH = 256;

/** What JSON takes as it stands. */
const JSON_DECIMAL = String.raw`(?:0|[1-9]\d{0,99})(?:\.\d{1,99})?`;

/** Nanoseconds after the epoch, of which the milliseconds are within a date's range. */
const LATER_STAMP = String.raw`(?<window_start>[1-9]\d{0,14})\d{6}`;

/**
 * What replaces the usual ones of many lines by their texts, all at once, and leaves the others
 * as they are.
 */
function rewriting({ at, width }: Columns): { pattern: RegExp; replacement: string } {
  const fields = Array<string>(width).fill('[^,"\\0\\n]*');
  fields[at.window_start] = LATER_STAMP;
  const places = [...PRICES, ...COUNTS].map((name) => {
    if (at[name] === -1) return "null";
    fields[at[name]] = `(?<${name}>${JSON_DECIMAL})`;
    return `$<${name}>`;
  });
  return {
    pattern: new RegExp(`(?<=^|\\n)${fields.join(",")}(?=\\n|$)`, "g"),
    replacement: `[$<window_start>,${places.join(",")}]`,
  };
}

function readFields({ line, columns: { at, width }, flaw, fields }: FileRow): string | RowFlaw {
  if (flaw !== undefined) return new RowFlaw(flaw);
  const texts = fields ?? line.split(",");
  if (texts.length !== width) {
    return new RowFlaw(`it has ${texts.length} fields, want ${width}`);
  }
  const numbers = [
    stampText(texts[at.window_start]!),
    ...PRICES.map((name) => numberText(name, texts[at[name]]!)),
    ...COUNTS.map((name) => at[name] === -1 ? "null" : numberText(name, texts[at[name]]!)),
  ];
  return numbers.find((number) => number instanceof RowFlaw) ?? `[${numbers.join(",")}]`;
}

const IS_JSON_DECIMAL = new RegExp(`^${JSON_DECIMAL}$`);
/** So that sums and products of numbers stay within a double's range. */
const TOO_LARGE = 1e100;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberText(name: ColumnName, text: string): string | RowFlaw {
  if (IS_JSON_DECIMAL.test(text)) return text;
  const value = NUMBER.test(text) ? Number(text) : NaN;
  if (Math.abs(value) < TOO_LARGE) return JSON.stringify(value);
  return RowFlaw.of(
    name,
    text,
    Number.isNaN(value) ? "a number" : "a number of at most 100 digits",
  );
}

/** Digits of a nanosecond that are less than a millisecond. */
const SUB_MS_DIGITS = 6;

/** Nanoseconds, as the file has them, in whole milliseconds. */
function stampText(text: string): string | RowFlaw {
  const whole = text.slice(0, -SUB_MS_DIGITS).replace(/^-?$/, "0");
  const ms = /^-?\d{1,30}$/.test(text) ? Number(whole) : NaN;
  return Math.abs(ms) <= 8.64e15
    ? String(ms + 0)
    : RowFlaw.of("window_start", text, "nanoseconds since the epoch");
}
