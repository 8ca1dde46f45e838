/**
 * A symbol of a request with what is recorded of it: its files, and the bars that they make.
 *
 * @module
 */

import type { KeptRecord } from "../cache/record.ts";
import { withDates } from "../bucket/dated_files.ts";
import type { Listing } from "../bucket/listing.ts";
import { type DatedObject, isInSpan, isRecorded } from "../dated_object.ts";
import type { Bar, Day } from "../market/bar.ts";
import type { Applied } from "../adjust/adjusted_prices.ts";
import { FileRows } from "../flatfile/file_rows.ts";
import type { Finding } from "../market/finding.ts";
import { regularSessions } from "../market/hours.ts";
import { sourceOf } from "../market/interval.ts";
import { resample } from "../market/resample.ts";
import { adjust } from "../adjust/split.ts";
import { tickerOn } from "../market/ticker_history.ts";
import type { SymbolRequest } from "../request.ts";

/** What is recorded of one symbol of a request. */
export interface LoadedSymbol {
  readonly request: SymbolRequest;
  readonly symbol: string;
  readonly ticker: string;
  readonly cached: boolean;
  readonly suggestions?: readonly string[] | undefined;
  /** Where its company's history is followed: those of the ticker that it had on the date. */
  readonly records: ReadonlyMap<string, KeptRecord>;
  /** Then also what is recorded of each ticker, for whoever had it. */
  readonly parts?: ReadonlyMap<string, ReadonlyMap<string, KeptRecord>>;
}

/** The ticker of a bar or a file; a week in which it changed has that of its first date. */
export function tickerOf(
  { request: { history = [] }, ticker }: Pick<LoadedSymbol, "request" | "ticker">,
  date: string,
): string {
  return tickerOn(history, date) ?? history.find(({ from }) => from > date)?.ticker ?? ticker;
}

/**
 * Whether a file has the ticker, as far as any is recorded; one of a company's history needs no
 * file to be known.
 */
export function isKnown({ request, records }: Pick<LoadedSymbol, "request" | "records">): boolean {
  return request.partOf !== undefined || records.values().some(({ hasTicker }) => hasTicker);
}

/** A file whose rows of a ticker are recorded as what cannot be read. */
export interface UnreadableFile extends DatedObject {
  /** What is wrong, and where in the file. */
  readonly failure: string;
}

/** The files of a symbol. */
export interface SymbolFiles {
  /** All that its request asks for; the same list for all that ask for the same. */
  readonly files: readonly DatedObject[];
  /** Those of them, in their order, whose rows are recorded as they are listed, and can be read. */
  readonly recorded: readonly DatedObject[];
  /** Those whose rows are recorded as the files are listed, and cannot be read. */
  readonly unreadable: readonly UnreadableFile[];
}

/**
 * The files of each of some symbols.
 *
 * @param options `giveWay` is called between two symbols, of which there may be thousands.
 */
export async function filesOfEach(
  loaded: readonly LoadedSymbol[],
  listing: Pick<Listing, "filesOf">,
  { giveWay }: { readonly giveWay: () => Promise<void> },
): Promise<Map<LoadedSymbol, SymbolFiles>> {
  const files = new Map<LoadedSymbol, SymbolFiles>();
  for (const one of loaded) {
    await giveWay();
    files.set(one, divideFiles(one, listing.filesOf(one.request)));
  }
  return files;
}

/** Finds out which files of a symbol can be read. */
export function divideFiles(
  { request: { dataset }, records }: Pick<LoadedSymbol, "request" | "records">,
  files: readonly DatedObject[],
): SymbolFiles {
  const rows = new FileRows(dataset);
  const recorded: DatedObject[] = [];
  const unreadable: UnreadableFile[] = [];
  for (const file of files) {
    if (!isRecorded(file, records)) continue;
    const failure = rows.failureOf(file.date, records.get(file.key)!);
    if (failure === undefined) recorded.push(file);
    else unreadable.push({ ...file, failure });
  }
  return { files, recorded, unreadable };
}

/**
 * The bars of a symbol at the interval of its request, ascending: made from those of the
 * recorded files, adjusted for the splits and dividends, one after the other.
 */
export function barsOf(
  loaded: LoadedSymbol,
  recorded: readonly DatedObject[],
  { splits = [], dividends = [] }: Partial<Applied> = {},
): Iterable<Bar> {
  const { request } = loaded;
  const sources = sourceBarsOf(loaded, recorded);
  const isPlain = splits.length + dividends.length === 0;
  const adjusted = isPlain ? sources : adjust(sources, splits, { dividends });
  return hasFileBars(request) ? adjusted : resample(adjusted, request.interval, request);
}

/** The bars as the recorded files have them, ascending. */
export function* sourceBarsOf(
  { request, records }: LoadedSymbol,
  recorded: readonly DatedObject[],
): Generator<Bar, void> {
  const rows = new FileRows(request.dataset);
  for (const { key, date } of recorded) yield* rows.barsOf(date, records.get(key)!);
}

/** The first and the last price of each date that has a bar, as the recorded files come. */
export function* daysOf(
  { request, records }: Pick<LoadedSymbol, "request" | "records">,
  recorded: readonly DatedObject[],
): Generator<Day, void> {
  const rows = new FileRows(request.dataset);
  for (const { key, date } of recorded) {
    const day = rows.dayOf(date, records.get(key)!);
    if (day !== undefined) yield day;
  }
}

/** The files outside of the period that are recorded. */
export function otherFilesOf(
  { request: { dataset, period }, records }: Pick<LoadedSymbol, "request" | "records">,
): DatedObject[] {
  return withDates(dataset, records.values()).filter((file) => !isInSpan(file, period));
}

/**
 * Gives the last price of the regular session of a date that has a bar: what a day's bar closes
 * with, and not the trades after it that a file of minutes has. Without such a session it is the
 * last price there is.
 */
export function closesOf(
  { request: { dataset }, records }: Pick<LoadedSymbol, "request" | "records">,
  { recorded }: Pick<SymbolFiles, "recorded">,
): (date: string) => number {
  const rows = new FileRows(dataset);
  const sessionOf = regularSessions();
  const keys = new Map(recorded.map(({ date, key }) => [date, key]));
  return (date) => {
    const bars = rows.barsOf(date, records.get(keys.get(date)!)!);
    const isRegular = ({ timestamp }: Bar) =>
      dataset.interval === "1d" || sessionOf(timestamp) !== undefined;
    return (bars.findLast(isRegular) ?? bars.at(-1)!).close;
  };
}

/** Whether the bars of a request are those of its files. */
export function hasFileBars(
  { interval, hours }: Pick<SymbolRequest, "interval" | "hours">,
): boolean {
  return interval === sourceOf(interval) && hours === "all";
}

/** How many bars there are, and the dates of the first and the last one. */
export interface BarSpan {
  readonly count: number;
  readonly from: string | null;
  readonly to: string | null;
}

/** What recorded rows come to. */
export interface RowsSurvey extends BarSpan {
  /** What a user should know about them, and about their files. */
  readonly findings: readonly Finding[];
  /** How many files in a row have no bar, at most. */
  readonly longestAbsence: number;
}

/** Looks at the rows of recorded files, of which most need not be read for it. */
export function surveyRows(
  { request, records }: LoadedSymbol,
  recorded: readonly DatedObject[],
): RowsSurvey {
  const rows = new FileRows(request.dataset);
  const findings: Finding[] = [];
  let [count, absence, longestAbsence] = [0, 0, 0];
  let [from, to]: [string | null, string | null] = [null, null];
  for (const { key, date } of recorded) {
    const seen = rows.lookAt(date, records.get(key)!);
    for (const finding of seen.findings) findings.push(finding);
    absence = seen.count === 0 ? absence + 1 : 0;
    longestAbsence = Math.max(longestAbsence, absence);
    if (seen.count === 0) continue;
    count += seen.count;
    from ??= date;
    to = date;
  }
  return { count, from, to, findings, longestAbsence };
}

/** The span of bars that have to be made for it. */
export function spanOfBars(bars: Iterable<Bar>): BarSpan {
  let count = 0;
  let [from, to]: [string | null, string | null] = [null, null];
  for (const { date } of bars) {
    count++;
    from ??= date;
    to = date;
  }
  return { count, from, to };
}
