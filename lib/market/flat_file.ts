/**
 * The text of a flat file: its columns by name, and the rows of given tickers.
 *
 * @module
 */

import { parseCsv } from "../deps.ts";
import { IntegrityError, quote } from "../errors.ts";

const REQUIRED = ["ticker", "open", "high", "low", "close", "window_start"] as const;
const OPTIONAL = ["volume", "transactions"] as const;

/** A column that a bar is made from. */
export type ColumnName = (typeof REQUIRED | typeof OPTIONAL)[number];

/** Above this many tickers one pass over all lines is faster than a search for each. */
const MAX_SEARCHES = 16;

/** A flat file's text. Nothing but its header is read before rows are asked for. */
export class FlatFile {
  /** Where each column stands; -1 where the file has none. */
  readonly columns: Readonly<Record<ColumnName, number>>;
  /** How many fields a row has. */
  readonly width: number;
  /** Names the file in errors. */
  readonly key: string;
  readonly #text: string;
  readonly #isQuoted: boolean;
  readonly #bodyStart: number;

  /** @throws {IntegrityError} with check `"format"` when a required column is missing. */
  constructor(key: string, text: string) {
    this.key = key;
    this.#text = text;
    this.#isQuoted = text.includes('"');
    this.#bodyStart = lineEnd(text, 0) + 1;
    const names = this.#isQuoted
      ? this.#parse(text.slice(0, this.#bodyStart))[0] ?? []
      : splitLine(text, 0);
    const missing = REQUIRED.find((name) => !names.includes(name));
    if (missing !== undefined) {
      const found = quote(names.join(","));
      throw this.error(`Cannot read ${quote(key)}: it has no column "${missing}" in ${found}`);
    }
    this.width = names.length;
    const places = [...REQUIRED, ...OPTIONAL].map((name) => [name, names.indexOf(name)]);
    this.columns = Object.fromEntries(places);
  }

  /** The fields of every row of the wanted tickers. */
  rowsOf(wanted: ReadonlySet<string>): Iterable<string[]> {
    const isSearchable = !this.#isQuoted && this.columns.ticker === 0;
    if (isSearchable) {
      return wanted.size <= MAX_SEARCHES ? this.#search(wanted) : this.#scan(wanted);
    }
    return this.#filter(wanted);
  }

  /** All tickers, each once, in the order of the file. */
  tickers(): string[] {
    const seen = new Set<string>();
    for (const fields of this.#rows()) seen.add(fields[this.columns.ticker] ?? "");
    return [...seen];
  }

  /** The error for what cannot be read in this file. */
  error(message: string, cause?: unknown): IntegrityError {
    return new IntegrityError(message, { key: this.key, check: "format", cause });
  }

  /** One search through the whole text for each ticker: the fastest for a few. */
  *#search(tickers: Iterable<string>): Iterable<string[]> {
    for (const ticker of tickers) {
      const needle = `\n${ticker}`;
      let at = this.#text.indexOf(needle, this.#bodyStart - 1);
      while (at !== -1) {
        const isWhole = isFieldEnd(this.#text, at + needle.length);
        if (isWhole) yield splitLine(this.#text, at + 1);
        at = this.#text.indexOf(needle, at + 1);
      }
    }
  }

  /** One pass over the lines, reading no more than the ticker of those not wanted. */
  *#scan(wanted: ReadonlySet<string>): Iterable<string[]> {
    const text = this.#text;
    for (let at = this.#bodyStart, end; at < text.length; at = end + 1) {
      end = lineEnd(text, at);
      const comma = text.indexOf(",", at);
      const isShort = comma === -1 || comma > end;
      const ticker = isShort ? splitLine(text, at)[0]! : text.slice(at, comma);
      if (wanted.has(ticker)) yield splitLine(text, at);
    }
  }

  *#filter(wanted: ReadonlySet<string>): Iterable<string[]> {
    for (const fields of this.#rows()) {
      if (wanted.has(fields[this.columns.ticker] ?? "")) yield fields;
    }
  }

  #rows(): Iterable<string[]> {
    return this.#isQuoted ? this.#parse(this.#text).slice(1) : this.#split();
  }

  *#split(): Iterable<string[]> {
    const text = this.#text;
    for (let at = this.#bodyStart; at < text.length; at = lineEnd(text, at) + 1) {
      const fields = splitLine(text, at);
      if (fields.length > 1 || fields[0] !== "") yield fields;
    }
  }

  #parse(text: string): string[][] {
    try {
      return parseCsv(text);
    } catch (cause) {
      throw this.error(`Cannot read ${quote(this.key)}: ${(cause as Error).message}`, cause);
    }
  }
}

/** The index of the line's end, or of the text's. */
function lineEnd(text: string, start: number): number {
  const end = text.indexOf("\n", start);
  return end === -1 ? text.length : end;
}

/** Whether a field ends here: at a comma, a line's end or the text's. */
function isFieldEnd(text: string, at: number): boolean {
  return at === text.length || ",\r\n".includes(text[at]!);
}

function splitLine(text: string, start: number): string[] {
  let end = lineEnd(text, start);
  if (text.charCodeAt(end - 1) === 13) end--;
  return text.slice(start, end).split(",");
}
