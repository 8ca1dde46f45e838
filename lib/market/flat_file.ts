/**
 * The text of a flat file, slice by slice: its columns by name, and the rows of given tickers.
 *
 * @module
 */

import { parseCsv } from "../deps/deno_std.ts";
import { IntegrityError, quote } from "../errors.ts";
import { isFieldEnd, type TickerSet } from "./ticker_set.ts";

const REQUIRED = ["ticker", "open", "high", "low", "close", "window_start"] as const;
const OPTIONAL = ["volume", "transactions"] as const;

/** A column that a bar is made from. */
export type ColumnName = (typeof REQUIRED | typeof OPTIONAL)[number];

/** What the first line says. */
export interface Columns {
  /** Where each column stands; -1 where the file has none. */
  readonly at: Readonly<Record<ColumnName, number>>;
  /** How many fields a row has. */
  readonly width: number;
}

/** A row, read no further than its ticker. */
export interface Row {
  readonly ticker: string;
  /** As it stands in the file; empty where the text has quotes. */
  readonly line: string;
  /** Its fields, where the text has quotes. */
  readonly fields?: readonly string[];
}

/** No line comes near it; a quote without an end would make one of all that follows. */
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

  /** @param wanted the tickers whose rows are wanted; without it all rows are. */
  constructor(key: string, wanted?: TickerSet) {
    this.key = key;
    this.#wanted = wanted;
  }

  /** The columns, once the first row was given. */
  get columns(): Columns {
    if (this.#columns === undefined) throw new TypeError("Nothing was read yet");
    return this.#columns;
  }

  /**
   * The wanted rows in all lines that are whole now; slices may be cut anywhere.
   *
   * @throws {IntegrityError} with check `"format"` when a required column is missing.
   */
  read(slice: string): Row[] {
    const text = this.#rest === "" ? slice : this.#rest + slice;
    const end = lastLineEnd(text);
    this.#rest = end > 0 ? text.slice(end) : text;
    if (this.#rest.length > MAX_LINE_LENGTH) {
      throw this.error(`Cannot read ${quote(this.key)}: a line has no end`);
    }
    return end > 0 ? this.#rowsIn(text, end) : [];
  }

  /** The wanted rows in what is left, when the last slice was read. */
  end(): Row[] {
    const isRead = this.#columns !== undefined && this.#rest.length <= 1;
    return isRead ? [] : this.#rowsIn(this.#rest, this.#rest.length);
  }

  /** The error for what cannot be read in this file. */
  error(message: string, cause?: unknown): IntegrityError {
    return new IntegrityError(message, { key: this.key, check: "format", cause });
  }

  /** The wanted rows in the lines up to an index; the first line of all has the columns. */
  #rowsIn(text: string, end: number): Row[] {
    const start = this.#columns === undefined ? lineEnd(text, 0) : 0;
    this.#columns ??= this.#readColumns(text.slice(0, start));
    const { ticker } = this.#columns.at;
    const wanted = this.#wanted;
    const isQuoted = text.includes('"');
    if (wanted !== undefined && ticker === 0 && !isQuoted) {
      const lines = { text, start, end };
      return wanted.tickers.size <= MAX_SEARCHES
        ? search(lines, wanted.tickers)
        : scan(lines, wanted);
    }
    const lines = text.slice(start, end);
    const all = isQuoted
      ? this.#parse(lines).map((fields) => ({ ticker: fields[ticker] ?? "", line: "", fields }))
      : split(lines, ticker);
    return wanted ? all.filter((row) => wanted.has(row.ticker)) : all;
  }

  #readColumns(line: string): Columns {
    const names = line.includes('"') ? this.#parse(line)[0] ?? [] : lineAt(line, 0).split(",");
    const missing = REQUIRED.find((name) => !names.includes(name));
    if (missing !== undefined) {
      const found = quote(names.join(","));
      throw this.error(`Cannot read ${quote(this.key)}: it has no column "${missing}" in ${found}`);
    }
    const places = [...REQUIRED, ...OPTIONAL].map((name) => [name, names.indexOf(name)]);
    return { at: Object.fromEntries(places), width: names.length };
  }

  #parse(lines: string): string[][] {
    try {
      return parseCsv(lines.trimStart());
    } catch (cause) {
      throw this.error(`Cannot read ${quote(this.key)}: ${(cause as Error).message}`, cause);
    }
  }
}

/** A part of a text: lines, each behind an LF. */
interface Lines {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * One search through all of the text for each ticker: the fastest for a few. An LF before it
 * would be found at every line; the ticker's first letter is not as frequent.
 */
function search({ text, start, end }: Lines, tickers: Iterable<string>): Row[] {
  const rows: Row[] = [];
  for (const ticker of tickers) {
    let at = text.indexOf(ticker, start);
    while (at !== -1 && at < end) {
      const isTicker = text[at - 1] === "\n" && isFieldEnd(text, at + ticker.length);
      if (isTicker) rows.push({ ticker, line: lineAt(text, at) });
      at = text.indexOf(ticker, at + 1);
    }
  }
  return rows;
}

/** One pass over the lines, reading no more than the ticker of those not wanted. */
function scan({ text, start, end }: Lines, wanted: TickerSet): Row[] {
  const rows: Row[] = [];
  for (let at = start; at < end; at = lineEnd(text, at + 1)) {
    const ticker = wanted.tickerAt(text, at + 1);
    if (ticker !== undefined) rows.push({ ticker, line: lineAt(text, at + 1) });
  }
  return rows;
}

function split(lines: string, ticker: number): Row[] {
  return lines.split("\n").filter((line) => line !== "" && line !== "\r").map((text) => {
    const line = lineAt(text, 0);
    return { ticker: line.split(",", ticker + 1)[ticker] ?? "", line };
  });
}

/** The index of the last LF that ends a line, being in no quotes; -1 when there is none. */
function lastLineEnd(text: string): number {
  let end = -1;
  let start = 0;
  // Every other piece between two quotes is outside of them.
  text.split('"').forEach((piece, i) => {
    const lf = i % 2 === 0 ? piece.lastIndexOf("\n") : -1;
    if (lf !== -1) end = start + lf;
    start += piece.length + 1;
  });
  return end;
}

/** The index of the line's end, or of the text's. */
function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end === -1 ? text.length : end;
}

/** The line that starts here, without its end. */
function lineAt(text: string, start: number): string {
  const end = lineEnd(text, start);
  return text.slice(start, text.charCodeAt(end - 1) === 13 ? end - 1 : end);
}
