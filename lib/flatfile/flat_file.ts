/**
 * The text of a flat file, slice by slice: its columns by name, and the rows of given tickers.
 *
 * A line ends in LF, CR or both, whatever it holds: no field reaches over one.
 *
 * @module
 */

import { parseCsv } from "../deps/std_csv.ts";
import { IntegrityError, quote } from "../errors.ts";
import {
  type ColumnName,
  COLUMNS,
  type Columns,
  type FileRow,
  findRows,
  hasText,
  REQUIRED_COLUMNS,
} from "./row_search.ts";
import type { TickerSet } from "./ticker_set.ts";

/** In every line of column names, and in no row of a vendor's file. */
const NAMES_MARK: ColumnName = "window_start";

/** No line comes near it. */
const MAX_LINE_LENGTH = 1 << 24;

/** A flat file that is read from its first slice of text to its last. */
export class FlatFile {
  /** Names the file in errors. */
  readonly key: string;
  readonly #wanted: TickerSet | undefined;
  #columns: Columns | undefined;
  /** The beginning of a line whose end has not come, behind the LF before it. */
  #rest = "";
  /** Whether that ends with a CR, which may be half of a line's end. */
  #isHalfEnd = false;
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
    if (slice === "") return [];
    const isWithinLine = !this.#isHalfEnd && !slice.includes("\n") && !slice.includes("\r");
    this.#isHalfEnd = slice.endsWith("\r");
    // Of a line that comes in many slices none is looked at twice.
    if (isWithinLine) return this.#keep(this.#rest + slice);
    let text = this.#rest === "" ? slice : this.#rest + slice;
    if (text.includes("\r")) text = text.replace(/\r\n|\r(?!$)/g, "\n");
    const end = text.lastIndexOf("\n");
    this.#keep(end > 0 ? text.slice(end) : text);
    return end > 0 ? this.#rowsIn(text, end) : [];
  }

  /** Keeps the beginning of a line, of which there is no row yet. */
  #keep(rest: string): FileRow[] {
    if (rest.length > MAX_LINE_LENGTH) throw this.#error("a line has no end");
    this.#rest = rest;
    return [];
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
    return findRows(lines, wanted);
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
    if (line.includes(NAMES_MARK) && REQUIRED_COLUMNS.every((name) => fields.includes(name))) {
      this.#columns = columnsOf(fields);
      return undefined;
    }
    const columns = this.#columns!;
    return { ...row, columns, ticker: (fields[columns.at.ticker] ?? "").trim(), fields };
  }

  #readColumns(line: string): Columns {
    const names = fieldsOf(line);
    if (typeof names === "string") throw this.#error(`${names} in ${quote(line)}`);
    const missing = REQUIRED_COLUMNS.find((name) => !names.includes(name));
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
  const places = COLUMNS.map((name) => [name, names.indexOf(name)]);
  return { at: Object.fromEntries(places), width: names.length };
}
