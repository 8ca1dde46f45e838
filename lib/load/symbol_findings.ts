/**
 * What a run and a check find alike of a symbol: what a user should know about what is recorded, and
 * what its bars are adjusted for.
 *
 * @module
 */

import { byDate, type DatedObject, isInSpan } from "../dated_object.ts";
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
import { historyFindings } from "./history_findings.ts";
import type { Finding } from "../market/finding.ts";
import { type Adjustment, adjustPrices } from "../adjust/adjusted_prices.ts";
import type { Actions } from "../adjust/adjustment.ts";
import { Nights } from "../adjust/overnight.ts";

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
