/**
 * The text of a flat file, slice by slice: its columns by name, and the rows of given tickers.
 *
 * A line ends in LF, CR or both, whatever it holds: no field reaches over one.
 *
 * @module
 */

import { parseCsv } from "../deps/deno_std.ts";
import { IntegrityError, quote } from "../errors.ts";
import { fieldAt, isFieldEnd, type TickerSet } from "./ticker_set.ts";

const REQUIRED = ["ticker", "open", "high", "low", "close", "window_start"] as const;
const OPTIONAL = ["volume", "transactions"] as const;

/** In every line of column names, and in no row of a vendor's file. */
const NAMES_MARK: ColumnName = "window_start";

/** A column that a bar is made from. */
export type ColumnName = (typeof REQUIRED | typeof OPTIONAL)[number];

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

/** No line comes near it. */
const MAX_LINE_LENGTH = 1 << 24;

/** Above this many tickers one pass over all lines is faster than a search for each. */
const MAX_SEARCHES = 8;

/** A flat file that is read from its first slice of text to its last. */
export class FlatFile {
  /** Names the file in errors. */
  readonly key: string;
  readonly #wanted: TickerSet | undefined;
  #columns: Columns | undefined;
  /** The beginning of a line whose end has not come, behind the LF before it. */
  #rest = "";
  #hasRows = false;
  #isBegun = false;
  /** Of the line that was looked at last, where all are. */
  #number = 0;
  #oddity: string | undefined;

  /** @param wanted the tickers whose rows are wanted; without it all rows are. */
  constructor(key: string, wanted?: TickerSet) {
    this.key = key;
    this.#wanted = wanted;
  }

  /**
   * What is odd about the file when its last slice was read: that it has no row, or the first
   * line that cannot be a row, whose number is only true where all rows are read.
   */
  get oddity(): string | undefined {
    return this.#oddity;
  }

  /**
   * The wanted rows in all lines that are whole now; slices may be cut anywhere.
   *
   * @throws {IntegrityError} with check `"format"` when a required column is missing.
   */
  read(slice: string): FileRow[] {
    let text = this.#rest === "" ? slice : this.#rest + slice;
    // A CR at the end may be half of a line's end.
    if (text.includes("\r")) text = text.replace(/\r\n|\r(?!$)/g, "\n");
    const end = text.lastIndexOf("\n");
    this.#rest = end > 0 ? text.slice(end) : text;
    if (this.#rest.length > MAX_LINE_LENGTH) {
      throw this.#error("a line has no end");
    }
    return end > 0 ? this.#rowsIn(text, end) : [];
  }

  /**
   * The wanted rows in what is left, when the last slice was read.
   *
   * @throws {IntegrityError} as {@linkcode read} does.
   */
  end(): FileRow[] {
    const text = this.#rest.endsWith("\r") ? this.#rest.slice(0, -1) : this.#rest;
    const rows = this.#rowsIn(text, text.length);
    this.#columns ??= this.#readColumns("");
    if (!this.#hasRows) this.#oddity ??= "the file has no row";
    return rows;
  }

  /** The wanted rows in the lines up to an index; the first line with a text has the columns. */
  #rowsIn(text: string, end: number): FileRow[] {
    let start = 0;
    if (this.#columns === undefined) {
      const names = /\S[^\n]*/.exec(text);
      if (names === null || names.index >= end) return [];
      this.#columns = this.#readColumns(names[0]);
      start = names.index + names[0].length;
    }
    const wanted = this.#wanted;
    if (wanted === undefined || this.#columns.at.ticker !== 0 || isUnusual(text, start)) {
      return this.#lookAtEach(text, end);
    }
    const lines = { text, start, end, columns: this.#columns };
    this.#hasRows ||= hasText(lines);
    if (wanted.families.length > 0) return scanAll(lines, wanted);
    return wanted.tickers.size <= MAX_SEARCHES
      ? search(lines, wanted.tickers)
      : scan(lines, wanted);
  }

  /** The wanted rows in the lines up to an index, of which none is taken to be a usual one. */
  #lookAtEach(text: string, end: number): FileRow[] {
    const rows: FileRow[] = [];
    for (const line of text.slice(this.#isBegun ? 1 : 0, end).split("\n")) {
      this.#number++;
      const row = this.#rowOf(line);
      if (row === undefined) continue;
      this.#hasRows = true;
      if (this.#wanted?.has(row.ticker) ?? true) rows.push(row);
    }
    this.#isBegun = true;
    return rows;
  }

  /** The row in a line, which may also be blank, or name columns for those after it. */
  #rowOf(text: string): FileRow | undefined {
    const line = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.replace(/^\ufeff+/, "") : text;
    if (line === "" || line.trim() === "") return undefined;
    const row = { line, number: this.#number };
    const fields = fieldsOf(line);
    if (typeof fields === "string") {
      this.#oddity ??= `line ${row.number} of the file: ${fields}`;
      const columns = this.#columns!;
      const ticker = line.replace(/["\0]/g, "").split(",")[columns.at.ticker] ?? "";
      return { ...row, columns, ticker: ticker.trim(), flaw: fields };
    }
    if (line.includes(NAMES_MARK) && REQUIRED.every((name) => fields.includes(name))) {
      this.#columns = columnsOf(fields);
      return undefined;
    }
    const columns = this.#columns!;
    return { ...row, columns, ticker: (fields[columns.at.ticker] ?? "").trim(), fields };
  }

  #readColumns(line: string): Columns {
    const names = fieldsOf(line);
    if (typeof names === "string") throw this.#error(`${names} in ${quote(line)}`);
    const missing = REQUIRED.find((name) => !names.includes(name));
    if (missing !== undefined) {
      throw this.#error(`it has no column "${missing}" in ${quote(names.join(","))}`);
    }
    return columnsOf(names);
  }

  #error(message: string): IntegrityError {
    const { key } = this;
    return new IntegrityError(`Cannot read ${quote(key)}: ${message}`, { key, check: "format" });
  }
}

const BYTE_ORDER_MARK = 0xfeff;

/** Quotes, what is not seen, and the spaces that may stand around a field. */
const UNUSUAL = ['"', "\0", "\ufeff", " ", "\t", "\u00a0"];

/** Whether a text has what no vendor's file has, so that each line has to be looked at. */
function isUnusual(text: string, start: number): boolean {
  return UNUSUAL.some((character) => text.includes(character)) || text.includes(NAMES_MARK, start);
}

/** The fields of a line, or why it has none. */
function fieldsOf(line: string): readonly string[] | string {
  if (line.includes("\0")) return "it holds a NUL";
  if (!line.includes('"')) return line.split(",");
  if (line.split('"').length % 2 === 0) return "a quote does not end on its line";
  try {
    return parseCsv(line)[0]!;
  } catch {
    return "a quote stands within a field";
  }
}

function columnsOf(names: readonly string[]): Columns {
  const places = [...REQUIRED, ...OPTIONAL].map((name) => [name, names.indexOf(name)]);
  return { at: Object.fromEntries(places), width: names.length };
}

/** A part of a text: lines, each behind an LF, and the columns that they stand under. */
interface Lines {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly columns: Columns;
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
function hasText({ text, start, end }: Lines): boolean {
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
