/**
 * Reads companies' changes of their tickers from text: a CSV or JSON file, or the vendor's answer.
 *
 * @module
 */

import type { Rename } from "../market/ticker_history.ts";
import {
  dateIn,
  hasColumn,
  readRows,
  rowOf,
  shown,
  type TableRow,
  tickersSpelled,
  valueOf,
  wrong,
} from "./table_file.ts";

/** The fields of a change and what each may be called. */
const DATE = ["date", "effective_date", "effective date"];
const OLD = ["old", "old_ticker", "old ticker", "old_symbol", "old symbol", "from"];
const NEW = ["new", "new_ticker", "new ticker", "new_symbol", "new symbol", "to"];

const WANTED = "date, old and new, or the vendor's answers with events";

/**
 * Reads the text of a file with changes of tickers, CSV or JSON as `readSplits()` reads them, with
 *
 * - `date`, the first one with the new ticker,
 * - `old`, empty for a company that is listed then,
 * - `new`, empty for one that is not listed any more;
 *
 * or one of the vendor's answers about a ticker's events, or an array of them.
 *
 * @param name The file, for errors.
 * @throws {UsageError} that names the file, the line or place, what stands there and what is wanted.
 */
export function readRenames(text: string, name: string): Rename[] {
  const context = { name, what: "renames", wanted: WANTED, isEnough };
  const answers = answersIn(text);
  if (answers === undefined) {
    return readRows(text, context, (row) => [readFields(row)])
      .map(({ place: _, ...rename }) => rename);
  }
  return answers.flatMap((answer, i) => {
    try {
      return renamesOf(answer);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw wrong(context, error.message, `answer ${i + 1}`);
    }
  });
}

function isEnough(columns: readonly string[]): boolean {
  return [DATE, OLD, NEW].every((names) => hasColumn(columns, names));
}

/** The vendor's answers, or what they have as `results`; `undefined` when the text has rows. */
function answersIn(text: string): Readonly<Record<string, unknown>>[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
  const results = [value].flat().map((answer) => {
    const { results, events } = (answer ?? {}) as Record<string, unknown>;
    return events === undefined ? results : answer;
  });
  const isAnswer = (one: unknown): one is Readonly<Record<string, unknown>> =>
    typeof one === "object" && one !== null && "events" in one;
  return results.length > 0 && results.every(isAnswer) ? results : undefined;
}

function readFields(row: TableRow): Rename {
  return { date: dateIn(row, DATE), from: tickerOf(row, OLD), to: tickerOf(row, NEW) };
}

/** As the vendor spells it; the file may also spell it as symbols are, such as `BRK-B`. */
function tickerOf(row: TableRow, names: readonly string[]): string | undefined {
  const value = valueOf(row, names) ?? "";
  if (value === "") return undefined;
  if (!isTicker(value)) {
    throw new SyntaxError(`found ${names[0]} ${shown(value)}, want a ticker such as TSLA`);
  }
  const [exact, spelled = exact] = tickersSpelled(value);
  return /[-/]/.test(value) ? spelled : exact;
}

function isTicker(value: unknown): value is string {
  return typeof value === "string" && /^[!-~]{1,40}$/.test(value);
}

/**
 * The changes of one company, by the vendor's list of its events, in any order: each says which
 * ticker it has had from a date on. An event that names no ticker says nothing.
 *
 * @param answer what the vendor's answer has as `results`.
 * @throws {SyntaxError} that says what is wrong with it.
 */
export function renamesOf({ events = [] }: Readonly<Record<string, unknown>>): Rename[] {
  if (!Array.isArray(events)) throw new SyntaxError("its events are no array");
  const taken = new Map<string, string>();
  for (const { date, ticker } of events.flatMap(readEvent)) {
    const other = taken.get(date) ?? ticker;
    if (other !== ticker) throw new SyntaxError(`on ${date} it has both ${other} and ${ticker}`);
    taken.set(date, ticker);
  }
  const all = [...taken].sort(([a], [b]) => a < b ? -1 : 1);
  return all.map(([date, to], i) => ({ date, from: all[i - 1]?.[1], to }));
}

function readEvent(event: unknown): { date: string; ticker: string }[] {
  const row = rowOf(event, "type, date and ticker_change");
  const ticker = (row.get("ticker_change") as { ticker?: unknown } | null | undefined)?.ticker;
  const isChange = (row.get("type") ?? "ticker_change") === "ticker_change";
  if (!isChange || ticker === undefined || ticker === null || ticker === "") return [];
  if (isTicker(ticker)) return [{ date: dateIn(row, DATE), ticker }];
  throw new SyntaxError(`found ticker ${shown(ticker)}, want one such as TSLA`);
}
