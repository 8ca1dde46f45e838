/**
 * What a run brought: the bars of each symbol, and the account of its files.
 *
 * @module
 */

import type { AppliedSplit } from "../adjust/correct_splits.ts";
import type { AppliedDividend } from "../adjust/dividend_factors.ts";
import { byDate, isInSpan } from "../dated_object.ts";
import { causeOf, isRefused } from "./verdict.ts";
import { adjustSymbol, type SymbolAdjustment } from "./adjusted_symbol.ts";
import type { SurveyedFamily } from "./family_survey.ts";
import { barsOfFamily, type LoadedFamily } from "./loaded_family.ts";
import { runFindings, startFindings, UNREADABLE, unreadableText } from "./symbol_findings.ts";
import {
  barsOf,
  type BarSpan,
  hasFileBars,
  type LoadedSymbol,
  spanOfBars,
  surveyRows,
  type SymbolFiles,
  tickerOf,
  type UnreadableFile,
} from "./loaded_symbol.ts";
import type { Bar } from "../market/bar.ts";
import type { Finding } from "../market/finding.ts";
import type { Interval } from "../market/interval.ts";
import { clipHistory, type TickerSpan } from "../market/ticker_history.ts";
import type { Demand, Task } from "./plan.ts";
import type { SymbolRequest } from "../request.ts";
import { type ReadFamily, type ReadSymbol, type ResultBars, resultBars } from "./result_bars.ts";
import type { Settings } from "../settings.ts";
import type { TaskFailure } from "./tasks.ts";

/** What is known of one symbol's bars. */
export interface SymbolSummary {
  /** Such as `us_stocks_sip/day_aggs_v1`. */
  readonly dataset: string;
  /** The vendor's spelling that was found; of a family its name. */
  readonly ticker: string;
  /** Where its company is followed: the tickers that it has had in the period, oldest first. */
  readonly history?: readonly TickerSpan[];
  /** Of a family: how many bars each of its tickers has, in the order of their names. */
  readonly tickers?: Readonly<Record<string, number>>;
  /** The length of a bar. */
  readonly interval: Interval;
  /** How many bars there are, of that length. */
  readonly bars: number;
  /** How many files they were looked for in: those of its period that could be had. */
  readonly files: number;
  /** Date of the first bar, `null` when there is none; that of a week is its first. */
  readonly from: string | null;
  /** Date of the last bar. */
  readonly to: string | null;
  /** True when the cache answered alone, without the network. */
  readonly cached: boolean;
  /**
   * The splits that the bars were adjusted for, oldest first; not there when no adjustment was
   * asked for.
   */
  readonly adjusted?: readonly AppliedSplit[];
  /** The dividends likewise, a date each; not there unless they were asked for. */
  readonly dividends?: readonly AppliedDividend[];
  /** Files of its period that are not among those: they failed, or a row of it cannot be read. */
  readonly missing: number;
  /** What a user should know before relying on the bars; not there when there is nothing. */
  readonly findings?: readonly Finding[];
  /** Symbols that it may have been meant for, when there is no bar and a recent file could be read. */
  readonly suggestions?: readonly string[];
}

/** A file that is not in the result, or not in that of one symbol, and why. */
export interface FileFailure {
  /** The one symbol whose rows in it cannot be read; not there when the file could not be had. */
  readonly symbol?: string;
  /** The key of its object. */
  readonly key: string;
  /** The date in the key. */
  readonly date: string;
  /** The same words for all files that failed alike, such as `not included in your plan`. */
  readonly cause: string;
  /** What exactly happened to this file. */
  readonly message: string;
}

/** Counts of one run's files. */
export interface FileCounts {
  /** Files that the bucket has, or had when it was listed, for the request. */
  readonly listed: number;
  /** Those whose rows were all recorded before the run. */
  readonly recorded: number;
  /** Those that were read from the kept objects. */
  readonly fromStore: number;
  /** Those whose rows were read from the lake. */
  readonly fromLake: number;
  /** Those that were downloaded. */
  readonly downloaded: number;
  /** Those that could not be had. */
  readonly failed: number;
  /** Those that the account's plan does not include. */
  readonly refused: number;
  /**
   * Downloaded or read files whose MD5 was compared with the listing's. The others, whose ETags
   * are no MD5, were proved by their length and gzip.
   */
  readonly md5Checked: number;
}

/** The account of a run. */
export interface Summary {
  /** By the symbol as it was asked for; a stock's in the case that was found. */
  readonly symbols: Readonly<Record<string, SymbolSummary>>;
  /** What became of the files. */
  readonly files: FileCounts;
  /** Bytes of the downloaded files. */
  readonly bytesDownloaded: number;
  /** HTTP requests, those that were tried again included. */
  readonly requests: number;
  /** Milliseconds from start to end. */
  readonly elapsedMs: number;
  /** The failed and the refused files, oldest first. */
  readonly failures: readonly FileFailure[];
  /** Whether the result has each symbol's rows of every file that the bucket lists for it. */
  readonly complete: boolean;
}

/** What was done with the bucket. */
export interface Update {
  readonly loaded: readonly LoadedSymbol[];
  readonly families: readonly LoadedFamily[];
  readonly failures: readonly TaskFailure<Task<Demand>>[];
  readonly counts: Pick<FileCounts, "fromStore" | "fromLake" | "downloaded" | "md5Checked"> & {
    readonly bytesDownloaded: number;
  };
  readonly requests: number;
}

/** What a run brought. */
export interface PreloadResult extends ResultBars {
  /** The account of the run. */
  readonly summary: Summary;
}

/** Everything that a result is made of. */
export interface RunAccount {
  /** `undefined` when the cache had everything. */
  readonly update: Update | undefined;
  readonly elapsedMs: number;
  /** HTTP requests that were made for suggestions. @default {0} */
  readonly suggestionRequests?: number;
  /** Is called between two symbols, of which there may be thousands. */
  readonly giveWay: () => Promise<void>;
  /** How bars are adjusted. @default {not at all} */
  readonly adjustment?: (SymbolAdjustment & Pick<Settings, "adjust">) | undefined;
  /** Whether the batches of the result say which ticker their bars are of. @default {false} */
  readonly follow?: boolean;
  /** @default {none} */
  readonly families?: readonly SurveyedFamily[];
}

const AS_IT_IS = { actions: undefined, adjust: undefined };

/** Puts the result together, with the symbols in the order of the request. */
export async function summarize(
  requests: readonly SymbolRequest[],
  loaded: ReadonlyMap<LoadedSymbol, SymbolFiles>,
  {
    update,
    elapsedMs,
    adjustment = AS_IT_IS,
    families = [],
    follow = false,
    suggestionRequests = 0,
    giveWay,
  }: RunAccount,
): Promise<PreloadResult> {
  const all = [...loaded.keys(), ...families];
  const byRequest = new Map(all.map((one) => [one.request, one]));
  const inOrder = requests.flatMap((request) => byRequest.get(request) ?? []);
  const failures = (update?.failures ?? []).map(toFileFailure);
  const readers = new Map<string, ReadSymbol | ReadFamily>();
  const symbols: Record<string, SymbolSummary> = {};
  let complete = failures.length === 0;
  for (const [one, files] of loaded) {
    await giveWay();
    const { recorded, unreadable } = files;
    complete &&= recorded.length === files.files.length;
    failures.push(...unreadable.map((file) => toRowFailure(one, file)));
    const adjusted = adjustSymbol(one, files, adjustment);
    const read = () => barsOf(one, recorded, adjusted);
    const tickerAt = follow ? (date: string) => tickerOf(one, date) : undefined;
    readers.set(one.symbol, { symbol: one.symbol, ticker: one.ticker, tickerOf: tickerAt, read });
    const { findings = [], ...account } = summarizeSymbol(one, files, read);
    const all = [...findings, ...adjusted.findings];
    symbols[one.symbol] = {
      ...account,
      missing: unreadable.length + countFailed(one, update),
      ...(adjustment.adjust && { adjusted: adjusted.splits.map(({ ticker: _, ...one }) => one) }),
      ...(adjustment.adjust === "all" && { dividends: adjusted.dividends }),
      ...(all.length > 0 && { findings: all }),
    };
  }
  for (const one of families) {
    const { symbol, files, recorded, survey: { tickers, unreadable } } = one;
    complete &&= recorded.length === files.length && unreadable.length === 0;
    failures.push(
      ...unreadable.map((file) =>
        toRowFailure({ request: one.request, symbol: file.ticker, ticker: file.ticker }, file)
      ),
    );
    readers.set(symbol, { symbol, tickers, read: () => barsOfFamily(one, recorded) });
    const odd = new Set(unreadable.map(({ key }) => key)).size;
    symbols[symbol] = { ...summarizeFamily(one), missing: odd + countFailed(one, update) };
  }
  const names = inOrder.map(({ symbol }) => symbol);
  const summary = {
    symbols: Object.fromEntries(names.map((symbol) => [symbol, symbols[symbol]!])),
    files: countFiles(countListed([...loaded.values(), ...families], update), update),
    bytesDownloaded: update?.counts.bytesDownloaded ?? 0,
    requests: (update?.requests ?? 0) + suggestionRequests,
    elapsedMs: Math.round(elapsedMs),
    failures: failures.sort(byDate),
    complete,
  };
  return Object.assign(resultBars(names.map((symbol) => readers.get(symbol)!)), { summary });
}

/** Files that are listed for any symbol, or were before they turned out to be gone. */
function countListed(
  loaded: readonly Pick<SymbolFiles, "files">[],
  update: Update | undefined,
): number {
  const listed = new Set(update?.failures.map(({ task }) => task.object.key));
  const lists = new Set(loaded.map(({ files }) => files));
  for (const files of lists) for (const { key } of files) listed.add(key);
  return listed.size;
}

function countFiles(listed: number, update: Update | undefined): FileCounts {
  const refused = update?.failures.filter(({ error }) => isRefused(error)).length ?? 0;
  const { fromStore = 0, fromLake = 0, downloaded = 0, md5Checked = 0 } = update?.counts ?? {};
  const failed = (update?.failures.length ?? 0) - refused;
  const recorded = listed - fromStore - fromLake - downloaded - failed - refused;
  return { listed, recorded, fromStore, fromLake, downloaded, failed, refused, md5Checked };
}

function toFileFailure({ task, error }: TaskFailure<Task<Demand>>): FileFailure {
  const { key, date } = task.object;
  const message = error instanceof Error ? error.message : String(error);
  return { key, date, cause: causeOf(error), message };
}

function toRowFailure(
  one: Pick<LoadedSymbol, "request" | "symbol" | "ticker">,
  file: UnreadableFile,
): FileFailure {
  const { key, date } = file;
  const message = unreadableText(tickerOf(one, date), file);
  return { symbol: one.symbol, key, date, cause: UNREADABLE, message };
}

/** The files of a symbol that could not be had. */
function countFailed(
  { request }: Pick<LoadedSymbol, "request">,
  update: Update | undefined,
): number {
  const { dataset, period } = request;
  return update?.failures.filter(({ task: { object } }) =>
    object.key.startsWith(`${dataset.name}/`) && isInSpan(object, period)
  ).length ?? 0;
}

function summarizeFamily(family: SurveyedFamily): Omit<SymbolSummary, "missing"> {
  const { tickers, ...survey } = family.survey;
  return toSummary(family, family, { ...survey, names: { tickers: Object.fromEntries(tickers) } });
}

/** The account of one symbol; where its bars are the files' own, none of them has to be read. */
export function summarizeSymbol(
  loaded: LoadedSymbol,
  files: SymbolFiles,
  read: () => Iterable<Bar>,
): Omit<SymbolSummary, "missing"> {
  const { request } = loaded;
  const { history, period } = request;
  const survey = surveyRows(loaded, files.recorded);
  const findings = runFindings(loaded, files, survey);
  const span = hasFileBars(request) ? survey : spanOfBars(read());
  const names = history && { history: clipHistory(history, period) };
  return toSummary(loaded, files, { ...span, findings, names });
}

/** The account of a symbol or a family, of whose bars it is known what they come to. */
function toSummary(
  { request, ticker, cached, suggestions }: Omit<LoadedSymbol, "records" | "parts">,
  { files, recorded }: Pick<SymbolFiles, "files" | "recorded">,
  { count, from, to, findings, names }: BarSpan & {
    readonly findings: readonly Finding[];
    /** What it is made of. */
    readonly names: Pick<SymbolSummary, "history" | "tickers"> | undefined;
  },
): Omit<SymbolSummary, "missing"> {
  const all = [...startFindings(request, files), ...findings];
  return {
    dataset: request.dataset.name,
    ticker,
    ...names,
    interval: request.interval,
    bars: count,
    files: recorded.length,
    from,
    to,
    cached,
    ...(all.length > 0 && { findings: all }),
    ...(count === 0 && suggestions && { suggestions }),
  };
}
