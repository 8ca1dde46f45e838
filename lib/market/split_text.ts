/**
 * Reads splits from text: a CSV or JSON file, or the rows of the vendor's answer.
 *
 * @module
 */

import { parseCsv } from "../deps/deno_std.ts";
import { quote, UsageError } from "../errors.ts";
import { parseDate } from "./period.ts";
import { beyondRange, type Split, uniqueSplits } from "./split.ts";
import { parseSymbol } from "./symbol.ts";

/** The fields of a split and what each may be called; the first is the vendor's name. */
const NAMES = {
  ticker: ["ticker"],
  executionDate: ["execution_date", "date"],
  from: ["split_from", "from"],
  to: ["split_to", "to"],
} as const satisfies Record<keyof Split, readonly string[]>;

const FIELDS = Object.keys(NAMES) as (keyof Split)[];

const WANTED = FIELDS.map((field) => NAMES[field].join(" or ")).join(", ");

/**
 * Reads the text of a file with splits.
 *
 * CSV has a first line that names the columns `ticker`, `execution_date` (or `date`),
 * `split_from` (or `from`) and `split_to` (or `to`), in any order; others are ignored. JSON,
 * which begins with a bracket or brace, is an array of objects with these members, or an
 * object that has one as its `results`, such as an answer of the vendor's REST API. What is
 * there twice counts once.
 *
 * @param name The file, for errors.
 * @throws {UsageError} that names the file, the line of a CSV or the place in a JSON array,
 * what stands there and what is wanted; also the row with which a ticker's splits together make
 * a factor beyond 1e100, as no stock's do.
 *
 * @example
 * ```ts
 * import { parseSplits } from "../../mod.ts";
 *
 * const text = "ticker,execution_date,split_from,split_to\nTSLA,2022-08-25,1,3\n";
 * const [split] = parseSplits(text, "splits.csv");
 * if (split?.to !== 3) throw new Error("not read");
 * ```
 */
export function parseSplits(text: string, name: string): Split[] {
  const plain = text.replace(/^\ufeff/, "");
  const rows = /^\s*[[{]/.test(plain) ? jsonRows(plain, name) : csvRows(plain, name);
  const splits = rows.map(({ row, place }) => {
    try {
      return { ...readSplit(row), place };
    } catch (error) {
      throw error instanceof SyntaxError ? wrong({ name, place }, error.message) : error;
    }
  });
  const unique = uniqueSplits(splits);
  requireFactors(unique, name);
  return unique.map(({ place: _, ...split }) => split);
}

/** The splits under each spelling of one ticker count together. */
function requireFactors(splits: readonly (Split & { place: string })[], name: string): void {
  const tickers = new Map<string, string>();
  const tickerOf = ({ ticker: spelled }: Split) => {
    const ticker = tickers.get(spelled) ?? tickersSpelled(spelled).at(-1)!;
    tickers.set(spelled, ticker);
    return ticker;
  };
  for (const [ticker, ofTicker] of Map.groupBy(splits, tickerOf)) {
    const beyond = beyondRange(ofTicker);
    if (beyond === undefined) continue;
    const { place, from, to } = beyond;
    const what = `with ${from} to ${to} the splits of ${ticker} make a factor beyond 1e100`;
    throw wrong({ name, place }, `${what}, want those of a stock`);
  }
}

/** The tickers that a spelling in a file may stand for, itself first. */
export function tickersSpelled(spelled: string): readonly string[] {
  try {
    return [spelled, ...parseSymbol(spelled).tickers];
  } catch {
    return [spelled];
  }
}

/**
 * The split in a row of the vendor's, or of a file; numbers may stand in it as text.
 *
 * @throws {SyntaxError} that says what was found and what is wanted.
 */
export function readSplit(row: unknown): Split {
  if (typeof row !== "object" || row === null || Array.isArray(row)) {
    throw new SyntaxError(`found ${shown(row)}, want an object with ${WANTED}`);
  }
  const value = (field: keyof Split) => valueOf(row as Readonly<Record<string, unknown>>, field);
  const ticker = value("ticker");
  if (typeof ticker !== "string" || !/^[!-~]{1,40}$/.test(ticker)) {
    throw new SyntaxError(`found ticker ${shown(ticker)}, want one such as TSLA`);
  }
  const executionDate = value("executionDate");
  if (!isDate(executionDate)) {
    throw new SyntaxError(`found the date ${shown(executionDate)}, want YYYY-MM-DD`);
  }
  const [from, to] = [shares(value("from"), "from"), shares(value("to"), "to")];
  return { ticker, executionDate, from, to };
}

function isDate(value: unknown): value is string {
  try {
    return typeof value === "string" && parseDate(value) === value;
  } catch {
    return false;
  }
}

function shares(value: unknown, field: "from" | "to"): number {
  const isNumber = typeof value === "number" ||
    typeof value === "string" && /^\d{1,15}(\.\d{1,15})?$/.test(value);
  const number = isNumber ? Number(value) : NaN;
  if (number >= 1e-9 && number <= 1e15) return number;
  const name = NAMES[field][0];
  throw new SyntaxError(`found ${name} ${shown(value)}, want a number of shares such as 3`);
}

function valueOf(row: Readonly<Record<string, unknown>>, field: keyof Split): unknown {
  const name = NAMES[field].find((name) => Object.hasOwn(row, name));
  const value = name && row[name];
  return typeof value === "string" ? value.trim() : value;
}

/** A row, and where it is, such as `line 3`. */
interface PlacedRow {
  readonly row: unknown;
  readonly place: string;
}

function jsonRows(text: string, name: string): PlacedRow[] {
  const value = parseJson(text, name);
  const rows = Array.isArray(value) ? value : (value as { results?: unknown }).results;
  if (!Array.isArray(rows)) {
    throw wrong({ name }, "found an object, want an array of splits, or one as its results");
  }
  return rows.map((row, i) => ({ row, place: `item ${i + 1}` }));
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The rest of the message repeats the text, printable or not.
    const place = /\bline \d+\b/.exec((error as Error).message)?.[0];
    throw wrong({ name, place }, "found no JSON, want an array of splits");
  }
}

/** Line by line, because no field has a line end and every error shall name its line. */
function csvRows(text: string, name: string): PlacedRow[] {
  const [head, ...rest] = text.split(/\r\n?|\n/)
    .map((line, i) => ({ line, place: `line ${i + 1}` }))
    .filter(({ line }) => line.trim() !== "");
  if (head === undefined) throw wrong({ name }, `found nothing, want the columns ${WANTED}`);
  const columns = fieldsOf(head.line, { name, place: head.place })
    .map((column) => column.trim().toLowerCase());
  requireColumns(columns, { name, place: head.place });
  return rest.map(({ line, place }) => {
    const fields = fieldsOf(line, { name, place });
    if (fields.length !== columns.length) {
      throw wrong({ name, place }, `found ${fields.length} fields, want ${columns.length}`);
    }
    return { row: Object.fromEntries(columns.map((column, i) => [column, fields[i]])), place };
  });
}

/** Where in a file something is wrong. */
interface Spot {
  readonly name: string;
  readonly place?: string | undefined;
}

function requireColumns(columns: readonly string[], spot: Spot): void {
  const isThere = (field: keyof Split) => NAMES[field].some((name) => columns.includes(name));
  if (FIELDS.every(isThere)) return;
  throw wrong(spot, `found the columns ${quote(columns.join(","))}, want ${WANTED}`);
}

function fieldsOf(line: string, spot: Spot): string[] {
  try {
    return parseCsv(line)[0] ?? [];
  } catch {
    throw wrong(spot, "found a quote out of place, want fields parted by commas");
  }
}

function wrong({ name, place }: Spot, what: string): UsageError {
  const where = place === undefined ? quote(name) : `${quote(name)}, ${place}`;
  return new UsageError(`Cannot read splits from ${where}: ${what}`);
}

function shown(value: unknown): string {
  if (value === undefined || value === "") return "nothing";
  return quote(typeof value === "string" ? value : JSON.stringify(value));
}
