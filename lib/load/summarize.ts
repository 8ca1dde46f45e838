/**
 * Makes a run's result of the symbols that it has loaded: their bars, and the account of its files.
 *
 * @module
 */

import type { Actions } from "../adjust/adjustment.ts";
import { byDate, isInSpan } from "../dated_object.ts";
import type { Bar } from "../market/bar.ts";
import type { Finding } from "../market/finding.ts";
import { clipHistory } from "../market/ticker_history.ts";
import type { SymbolRequest } from "../request.ts";
import type { Settings } from "../settings.ts";
import {
  adjustSymbol,
  runFindings,
  startFindings,
  UNREADABLE,
  unreadableText,
} from "./symbol_findings.ts";
import type { SurveyedFamily } from "./family_survey.ts";
import { barsOfFamily } from "./loaded_family.ts";
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
import type { Demand, Task } from "./plan.ts";
import { type ReadFamily, type ReadSymbol, resultBars } from "./result_bars.ts";
import type { FileCounts, FileFailure, PreloadResult, SymbolSummary, Update } from "./summary.ts";
import type { TaskFailure } from "./tasks.ts";
import { causeOf, isRefused } from "./verdict.ts";

/** Everything that a result is made of. */
export interface RunAccount {
  readonly update: Update;
  readonly families: readonly SurveyedFamily[];
  /** What bars are adjusted for, by ticker; `undefined` when they stay as they are. */
  readonly actions: ReadonlyMap<string, Actions> | undefined;
  readonly settings: Pick<Settings, "adjust" | "fixSplits" | "follow">;
  readonly elapsedMs: number;
  /** HTTP requests that were made for suggestions. */
  readonly suggestionRequests: number;
  /** Is called between two symbols, of which there may be thousands. */
  readonly giveWay: () => Promise<void>;
}

/** What one symbol or family adds to a result. */
interface Part {
  readonly reader: ReadSymbol | ReadFamily;
  readonly summary: SymbolSummary;
  /** Of its rows. */
  readonly failures: readonly FileFailure[];
  /** Whether it has every file that is listed for it. */
  readonly isWhole: boolean;
}

/** Puts the result together, with the symbols in the order of the request. */
export async function summarize(
  requests: readonly SymbolRequest[],
  loaded: ReadonlyMap<LoadedSymbol, SymbolFiles>,
  account: RunAccount,
): Promise<PreloadResult> {
  const { update, families, elapsedMs, suggestionRequests, giveWay } = account;
  const parts = new Map<SymbolRequest, Part>();
  for (const [one, files] of loaded) {
    await giveWay();
    parts.set(one.request, partOfSymbol(one, files, account));
  }
  for (const one of families) parts.set(one.request, partOfFamily(one, update));
  const inOrder = requests.flatMap((request) => parts.get(request) ?? []);
  const ofRows = parts.values().flatMap(({ failures }) => failures);
  const summary = {
    symbols: Object.fromEntries(inOrder.map(({ reader, summary }) => [reader.symbol, summary])),
    files: countFiles(countListed([...loaded.values(), ...families], update), update),
    bytesDownloaded: update.counts.bytesDownloaded,
    requests: update.requests + suggestionRequests,
    elapsedMs: Math.round(elapsedMs),
    failures: [...update.failures.map(toFileFailure), ...ofRows].sort(byDate),
    complete: update.failures.length === 0 && parts.values().every(({ isWhole }) => isWhole),
  };
  return Object.assign(resultBars(inOrder.map(({ reader }) => reader)), { summary });
}

function partOfSymbol(
  one: LoadedSymbol,
  files: SymbolFiles,
  { update, actions, settings: { adjust, fixSplits, follow } }: RunAccount,
): Part {
  const { symbol, ticker } = one;
  const { recorded, unreadable } = files;
  const adjusted = adjustSymbol(one, files, { actions, fixSplits });
  const read = () => barsOf(one, recorded, adjusted);
  const tickerAt = follow ? (date: string) => tickerOf(one, date) : undefined;
  const { findings = [], ...account } = summarizeSymbol(one, files, read);
  const all = [...findings, ...adjusted.findings];
  return {
    reader: { symbol, ticker, tickerOf: tickerAt, read },
    summary: {
      ...account,
      missing: unreadable.length + countFailed(one, update),
      ...(adjust && { adjusted: adjusted.splits.map(({ ticker: _, ...split }) => split) }),
      ...(adjust === "all" && { dividends: adjusted.dividends }),
      ...(all.length > 0 && { findings: all }),
    },
    failures: unreadable.map((file) => toRowFailure(one, file)),
    isWhole: recorded.length === files.files.length,
  };
}

function partOfFamily(family: SurveyedFamily, update: Update): Part {
  const { request, symbol, files, recorded } = family;
  const { tickers, unreadable, ...survey } = family.survey;
  const names = { tickers: Object.fromEntries(tickers) };
  const missing = new Set(unreadable.map(({ key }) => key)).size + countFailed(family, update);
  return {
    reader: { symbol, tickers, read: () => barsOfFamily(family, recorded) },
    summary: { ...toSummary(family, family, { ...survey, names }), missing },
    failures: unreadable.map((file) =>
      toRowFailure({ request, symbol: file.ticker, ticker: file.ticker }, file)
    ),
    isWhole: recorded.length === files.length && unreadable.length === 0,
  };
}

/** Files that are listed for any symbol, or were before they turned out to be gone. */
function countListed(loaded: readonly Pick<SymbolFiles, "files">[], update: Update): number {
  const listed = new Set(update.failures.map(({ task }) => task.object.key));
  const lists = new Set(loaded.map(({ files }) => files));
  for (const files of lists) for (const { key } of files) listed.add(key);
  return listed.size;
}

function countFiles(listed: number, { failures, counts }: Update): FileCounts {
  const refused = failures.filter(({ error }) => isRefused(error)).length;
  const { fromStore, fromLake, downloaded, md5Checked } = counts;
  const failed = failures.length - refused;
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
function countFailed({ request }: Pick<LoadedSymbol, "request">, update: Update): number {
  const { dataset, period } = request;
  return update.failures.filter(({ task: { object } }) =>
    object.key.startsWith(`${dataset.name}/`) && isInSpan(object, period)
  ).length;
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
