/**
 * What a run and a check find alike of a symbol: what a user should know about what is recorded, how
 * that agrees with the company's history, and what its bars are adjusted for.
 *
 * @module
 */

import { byDate, type DatedObject, isInSpan, isRecorded } from "../dated_object.ts";
import { quote } from "../errors.ts";
import type { SymbolRequest } from "../request.ts";
import {
  closesOf,
  daysOf,
  type LoadedSymbol,
  otherFilesOf,
  type RowsSurvey,
  type SymbolFiles,
  type UnreadableFile,
} from "./loaded_symbol.ts";
import { checkAbsences, LONG_ABSENCE, type TickerDay } from "../market/absences.ts";
import { FileRows } from "../flatfile/file_rows.ts";
import type { Finding } from "../market/finding.ts";
import { type Adjustment, adjustPrices } from "../adjust/adjusted_prices.ts";
import type { Actions } from "../adjust/adjustment.ts";
import { Nights } from "../adjust/overnight.ts";
import type { KeptRecord } from "../cache/record.ts";
import { clipHistory, type TickerSpan } from "../market/ticker_history.ts";

/** Why a file has no bars of a ticker, in words that are the same for all such files. */
export const UNREADABLE = "a row of it cannot be read";

/** The same with file, line and what was found. */
export function unreadableText(ticker: string, { key, failure }: UnreadableFile): string {
  return `Cannot read ${quote(ticker)} in ${quote(key)}, ${failure}`;
}

/** Which files have bars whose stamps are of other dates. */
export function stampFindings(
  { request, records }: LoadedSymbol,
  { recorded }: SymbolFiles,
): Finding[] {
  const rows = new FileRows(request.dataset);
  return recorded.flatMap(({ key, date }) => rows.stampFindingsOf(date, records.get(key)!));
}

/** The dates of its period that lack a bar, as `checkAbsences()` finds them. */
export function absenceFindings(loaded: LoadedSymbol, files: SymbolFiles): Finding[] {
  const { period, asset, history } = loaded.request;
  const context = { asset, isFollowed: history !== undefined };
  return checkAbsences(tickerDaysOf(loaded, files), context)
    .map(({ dates, ...finding }) => (
      { ...finding, dates: dates.filter((date) => isInSpan({ date }, period)) }
    ))
    .filter(({ dates }) => dates.length > 0);
}

/** Days without a file that a period may begin with: a long weekend, or a market that is closed. */
const MOST_DAYS_BEFORE_FIRST = 10;

/** That the bucket's first file is much later than the period's first date. */
export function startFindings(
  { dataset, period }: Pick<SymbolRequest, "dataset" | "period">,
  [first]: readonly DatedObject[],
): Finding[] {
  if (first === undefined || period.name === "max") return [];
  const from = period.from > dataset.firstDate ? period.from : dataset.firstDate;
  const days = Temporal.PlainDate.from(from).until(first.date).days;
  if (days <= MOST_DAYS_BEFORE_FIRST) return [];
  const text = `the bucket begins here; the period begins on ${period.from}`;
  return [{ kind: "begins-late", severity: "note", dates: [first.date], text }];
}

/** What a run says of a symbol; most symbols pay for no look at their absences. */
export function runFindings(
  loaded: LoadedSymbol,
  files: SymbolFiles,
  { findings, longestAbsence }: RowsSurvey,
): readonly Finding[] {
  const ofHistory = historyFindings(loaded, files).filter(({ severity }) => severity !== "note");
  const { asset, history, dataset } = loaded.request;
  // Of a day the date of its file counts, so a stamp of another one does no harm.
  const ofStamps = dataset.interval === "1d" ? [] : stampFindings(loaded, files);
  const found = [...findings, ...ofStamps, ...ofHistory];
  if (longestAbsence < LONG_ABSENCE) return found;
  // What is no stock may begin and end by its nature, as an option does; a history says of itself
  // when it begins.
  const kinds = [
    "gap",
    ...asset === "stock" ? ["after-last-bar"] : [],
    ...asset === "stock" && history === undefined ? ["before-first-bar"] : [],
  ];
  const absences = absenceFindings(loaded, files)
    .filter(({ kind, dates }) => kinds.includes(kind) && dates.length >= LONG_ABSENCE);
  return [...found, ...absences];
}

/**
 * Whether each file has the ticker, also those that were cached for other periods: the more
 * are known, the better is the ticker's habit. In the period the listing says which there are.
 */
function tickerDaysOf(
  { request, records }: LoadedSymbol,
  { files, recorded }: SymbolFiles,
): TickerDay[] {
  const readable = new Set(recorded);
  const others = otherFilesOf({ request, records });
  const dayOf = ({ key, date }: DatedObject, isReadable: boolean): TickerDay => {
    const isEmpty = records.get(key)?.rowsText === "[]";
    return { date, has: isReadable ? isEmpty ? "none" : "bars" : "unknown" };
  };
  return [
    ...others.map((file) => dayOf(file, records.get(file.key)!.failure === undefined)),
    ...files.map((file) => dayOf(file, readable.has(file))),
  ].sort(byDate);
}

/** How bars of a run are adjusted. */
export interface SymbolAdjustment {
  /** By ticker; `undefined` when bars stay as they are. */
  readonly actions: ReadonlyMap<string, Actions> | undefined;
  /** Correct splits where the prices show them to be wrong. @default {false} */
  readonly fixSplits?: boolean | undefined;
}

const NOTHING: Adjustment = { splits: [], dividends: [], findings: [] };

/** Finds out what a symbol's bars are adjusted for, and what their prices say to it. */
export function adjustSymbol(
  loaded: LoadedSymbol,
  files: SymbolFiles,
  { actions, fixSplits }: SymbolAdjustment,
): Adjustment {
  const { request: { asset, period, history }, ticker } = loaded;
  if (asset !== "stock") return NOTHING;
  const days = [...daysOf(loaded, files.recorded)];
  const recorded = new Set(files.recorded.map(({ date }) => date));
  // What is done to shares is judged by all days that are at hand, also those around the period.
  const hasOthers = actions !== undefined && loaded.records.size > files.recorded.length;
  const all = hasOthers ? [...daysOf(loaded, otherFilesOf(loaded)), ...days].sort(byDate) : days;
  return adjustPrices({
    nights: new Nights(all, days[0]?.date),
    isFollowed: history !== undefined,
    closeOf: closesOf(loaded, files),
    isMissing: (date) => !recorded.has(date),
    until: period.to,
    actions: actions && (actions.get(ticker) ?? { splits: [], dividends: [] }),
    fixSplits,
  });
}

/** Each change of the ticker in the period, and where the files say otherwise than the history. */
export function historyFindings(
  { request: { history = [], period }, parts = new Map() }: LoadedSymbol,
  { files }: Pick<SymbolFiles, "files">,
): Finding[] {
  const look = new HistoryLook(files, parts);
  const spans = clipHistory(history, period);
  const [first] = spans;
  const start = first && first.from > period.from ? look.earlierBars(first) : [];
  return [...start, ...spans.slice(1).flatMap((span, i) => look.change(spans[i]!, span))];
}

/** What the files have of each ticker, whoever had it. */
class HistoryLook {
  readonly #files: readonly DatedObject[];
  readonly #parts: ReadonlyMap<string, ReadonlyMap<string, KeptRecord>>;

  constructor(
    files: readonly DatedObject[],
    parts: ReadonlyMap<string, ReadonlyMap<string, KeptRecord>>,
  ) {
    this.#files = files;
    this.#parts = parts;
  }

  /** The first ticker has bars right before its history begins. */
  earlierBars({ ticker, from }: TickerSpan): Finding[] {
    const file = this.#files.findLast(({ date }) => date < from);
    if (file === undefined || this.#hasBars(file, ticker) !== true) return [];
    const text = `the history begins with ${ticker} on ${from}, but ${ticker} has bars right ` +
      "before: another company's, or the history is not whole";
    return [{ kind: "ticker-history", severity: "warning", dates: [file.date], text }];
  }

  /** From one ticker to another; and the dates around it on which only the other one has bars. */
  change(old: TickerSpan, own: TickerSpan): Finding[] {
    const date = this.#files.find((file) => file.date >= own.from)?.date ?? own.from;
    const text = `the ticker changes from ${old.ticker} to ${own.ticker}`;
    const note: Finding = { kind: "ticker-change", severity: "note", dates: [date], text };
    const inSpan = (span: TickerSpan) => this.#files.filter((file) => isInSpan(file, span));
    return [
      note,
      ...this.#strange(inSpan(old).reverse(), [old.ticker, own.ticker], own.from),
      ...this.#strange(inSpan(own), [own.ticker, old.ticker], own.from),
    ];
  }

  /** @param files those from the change on, away from it, as far as the history has the first. */
  #strange(
    files: readonly DatedObject[],
    [ticker, other]: readonly [string, string],
    change: string,
  ): Finding[] {
    const end = files.findIndex((file) => this.#hasBars(file, ticker) !== false);
    const missing = end === -1 ? files : files.slice(0, end);
    const dates = missing.filter((file) => this.#hasBars(file, other)).map(({ date }) => date)
      .sort();
    if (dates.length === 0) return [];
    const [first, last] = [dates[0], dates.at(-1)];
    const when = first === last ? `on ${first}` : `from ${first} to ${last}`;
    const text = `the history has the change on ${change}, but ${when} ${ticker} has no bar and ` +
      `${other} has`;
    return [{ kind: "ticker-history", severity: "warning", dates, text }];
  }

  /** `undefined` when it is not known. */
  #hasBars(file: DatedObject, ticker: string): boolean | undefined {
    const records = this.#parts.get(ticker);
    if (records === undefined || !isRecorded(file, records)) return undefined;
    return records.get(file.key)!.rowsText !== "[]";
  }
}
