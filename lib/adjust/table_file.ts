/**
 * Reads the rows of a table that people have as a file: CSV with a line of names, or JSON.
 *
 * @module
 */

import { parseCsv } from "../deps/std_csv.ts";
import { quote, UsageError } from "../errors.ts";
import { isDate, WANTED_DATE } from "../market/period.ts";
import { parseSymbol } from "../market/symbol.ts";

/** The fields of a row by their names in lower case; text is without white space around it. */
export type TableRow = ReadonlyMap<string, unknown>;

/** A row, and where it is, such as `line 3`. */
interface PlacedRow {
  readonly row: TableRow;
  readonly place: string;
}

/** What a table is of. */
export interface TableContext {
  /** The file, for errors. */
  readonly name: string;
  /** Such as `splits`. */
  readonly what: string;
  /** Says which columns are wanted. */
  readonly wanted: string;
  /** Whether columns, named in lower case, are enough. */
  readonly isEnough: (columns: readonly string[]) => boolean;
}

/**
 * The rows of a text. CSV has a first line with the names of its columns; JSON, which begins with
 * a bracket or brace, is an array of objects, or an object that has one as its `results`, such as
 * an answer of the vendor's REST API.
 *
 * @throws {UsageError} that names the file, the line of a CSV or the place in a JSON array, what
 * stands there and what is wanted.
 */
function readTable(text: string, context: TableContext): PlacedRow[] {
  const plain = text.replace(/^\ufeff/, "");
  return /^\s*[[{]/.test(plain) ? jsonRows(plain, context) : csvRows(plain, context);
}

/**
 * What `readRow` makes of each row of a text, with its place; yfinance's have several or none.
 *
 * @throws {UsageError} as `readTable()` does, and for a `SyntaxError` of `readRow`.
 */
export function readRows<T>(
  text: string,
  context: TableContext,
  readRow: (row: TableRow) => readonly T[],
): (T & { readonly place: string })[] {
  return readTable(text, context).flatMap(({ row, place }) => {
    try {
      return readRow(row).map((one) => ({ ...one, place }));
    } catch (error) {
      throw error instanceof SyntaxError ? wrong(context, error.message, place) : error;
    }
  });
}

/** What `readRow` makes of a row of the vendor's. @throws {SyntaxError} also where it has no ticker. */
export function readVendorRow<T extends { readonly ticker: string | undefined }>(
  value: unknown,
  wanted: string,
  readRow: (row: TableRow) => T,
): T & { readonly ticker: string } {
  const one = readRow(rowOf(value, wanted));
  if (one.ticker !== undefined) return { ...one, ticker: one.ticker };
  throw new SyntaxError("found ticker nothing, want one such as TSLA");
}

/** The error for what is wrong with a table. */
export function wrong(
  { name, what }: Pick<TableContext, "name" | "what">,
  message: string,
  place?: string,
): UsageError {
  const where = place === undefined ? quote(name) : `${quote(name)}, ${place}`;
  return new UsageError(`Cannot read ${what} from ${where}: ${message}`);
}

/** @throws {SyntaxError} when a value is no object. */
export function rowOf(value: unknown, wanted: string): TableRow {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`found ${shown(value)}, want an object with ${wanted}`);
  }
  return new Map(
    Object.entries(value).map(([name, field]) => [
      name.trim().toLowerCase(),
      typeof field === "string" ? field.trim() : field,
    ]),
  );
}

/** The value of the first of the names that the row has. */
export function valueOf(row: TableRow, names: readonly string[]): unknown {
  return row.get(names.find((name) => row.has(name)) ?? "");
}

/**
 * The ticker of a row; `undefined` where the table has no such column.
 *
 * @throws {SyntaxError} when it can be none.
 */
export function tickerIn(row: TableRow): string | undefined {
  if (!TICKER_NAMES.some((name) => row.has(name))) return undefined;
  const ticker = valueOf(row, TICKER_NAMES);
  if (typeof ticker === "string" && /^[!-~]{1,40}$/.test(ticker)) return ticker;
  throw new SyntaxError(`found ticker ${shown(ticker)}, want one such as TSLA`);
}

const TICKER_NAMES = ["ticker", "symbol"];

/**
 * The tickers that a spelling in a file may stand for, itself first: all that a symbol may be
 * spelled as, and with a slash, as exchanges write classes (`BRK/B`, `AAC/WS`).
 */
export function tickersSpelled(spelled: string): readonly string[] {
  try {
    return [spelled, ...parseSymbol(spelled.replace("/", "-"), { asset: "stock" }).tickers];
  } catch {
    return [spelled];
  }
}

/** Whether a table has one of some columns. */
export function hasColumn(columns: readonly string[], names: readonly string[]): boolean {
  return names.some((name) => columns.includes(name));
}

/** Whether nothing stands there, or 0, as in yfinance's rows of another thing's date. */
export function isNothing(value: unknown): boolean {
  return /^0*(\.0*)?$/.test(String(value ?? ""));
}

/**
 * A date, of which a time and a zone behind it are left out: it is the exchange's date that
 * `2022-08-25 00:00:00-04:00` begins with.
 *
 * @throws {SyntaxError} when it is none.
 */
export function dateIn(row: TableRow, names: readonly string[]): string {
  const value = valueOf(row, names);
  const date = typeof value === "string" ? DATE.exec(value)?.[1] : undefined;
  if (date !== undefined && isDate(date)) return date;
  throw new SyntaxError(`found the date ${shown(value)}, want ${WANTED_DATE}`);
}

const DATE =
  /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|UTC|[+-]\d\d:?\d\d)?)?$/;

/** A number, which may stand there as decimals, small ones as `5e-05`; `NaN` where it is none. */
export function numberIn(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d{1,15}(\.\d{0,30})?(e-\d{1,2})?$/i.test(value)
    ? Number(value)
    : NaN;
}

/** A value for a message. */
export function shown(value: unknown): string {
  if (value === undefined || value === "") return "nothing";
  return quote(typeof value === "string" ? value : JSON.stringify(value));
}

function jsonRows(text: string, context: TableContext): PlacedRow[] {
  const value = parseJson(text, context);
  const rows = Array.isArray(value) ? value : (value as { results?: unknown }).results;
  if (!Array.isArray(rows)) {
    const what = `found an object, want an array of ${context.what}, or one as its results`;
    throw wrong(context, what);
  }
  return rows.map((row, i) => {
    const place = `item ${i + 1}`;
    try {
      return { row: rowOf(row, context.wanted), place };
    } catch (error) {
      throw wrong(context, (error as Error).message, place);
    }
  });
}

function parseJson(text: string, context: TableContext): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The rest of the message repeats the text, printable or not.
    const place = /\bline \d+\b/.exec((error as Error).message)?.[0];
    throw wrong(context, `found no JSON, want an array of ${context.what}`, place);
  }
}

/** Line by line, because no field has a line end and every error names its line. */
function csvRows(text: string, context: TableContext): PlacedRow[] {
  const [head, ...rest] = text.split(/\r\n?|\n/)
    .map((line, i) => ({ line, place: `line ${i + 1}` }))
    .filter(({ line }) => line.trim() !== "");
  const { wanted, isEnough } = context;
  if (head === undefined) throw wrong(context, `found nothing, want the columns ${wanted}`);
  const columns = fieldsOf(head.line, head.place, context)
    .map((column) => column.trim().toLowerCase());
  if (!isEnough(columns)) {
    const what = `found the columns ${quote(columns.join(","))}, want ${wanted}`;
    throw wrong(context, what, head.place);
  }
  return rest.map(({ line, place }) => {
    const fields = fieldsOf(line, place, context);
    if (fields.length !== columns.length) {
      throw wrong(context, `found ${fields.length} fields, want ${columns.length}`, place);
    }
    return { row: new Map(columns.map((column, i) => [column, fields[i]!.trim()])), place };
  });
}

function fieldsOf(line: string, place: string, context: TableContext): string[] {
  // Of the hundred thousands of lines that a file may have hardly one has a quote.
  if (!line.includes('"')) return line.split(",");
  try {
    return parseCsv(line)[0] ?? [];
  } catch {
    throw wrong(context, "found a quote out of place, want fields parted by commas", place);
  }
}
