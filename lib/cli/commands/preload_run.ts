/**
 * Runs `flatfetch SYMBOL…`, the main job.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { parseKey } from "../../market/dataset.ts";
import { parseInterval } from "../../market/interval.ts";
import { preload } from "../../load/preload.ts";
import { isBinary } from "../../output/format.ts";
import type { FileOutcome } from "../../progress.ts";
import type { PreloadOptions, PreloadResult, SymbolSummary } from "../../../mod.ts";
import { accessOptions, adjustOptions } from "../access/bucket_access.ts";
import { allSymbolsOf } from "../arguments/symbols_file.ts";
import { confirmOn } from "../terminal/confirm.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../explain/exits.ts";
import { Presenter } from "../progress/presenter.ts";
import { renderFindings, renderNoData, renderUnreadable } from "../render/findings.ts";
import {
  renderAdjusted,
  renderBrokenOff,
  renderFailures,
  renderHits,
  renderIncomplete,
  renderInterrupted,
  renderSuccess,
} from "../render/outcome.ts";
import { renderDone } from "../render/written.ts";
import { hintForAbsences, hintForRefused } from "../explain/result_hints.ts";
import { showJson } from "../terminal/results.ts";
import { countText } from "../render/wording.ts";
import type { PreloadArgs } from "./preload.ts";

/** The arguments of a job, whatever becomes of its bars. */
export type JobArgs = Omit<PreloadArgs, "output" | "json" | "dryRun">;

/** Runs the job and returns the exit code. What it cannot do, it throws. */
export async function runPreload(args: PreloadArgs, context: Context): Promise<number> {
  refuseBytesOnScreen(args, context);
  if (args.dryRun) return await runDry(args, context);
  const { output, symbols } = args;
  const writer = output && await import("./write_output.ts");
  using file = output && await writer?.openOutput(output, symbols, context);
  return await runJob(args, context, async (result, { sayDone }) => {
    if (args.json) await showJson(result.summary, context);
    if (output) {
      const metadata = metadataOf(args, result);
      const how = { ...context, metadata, tickers: args.follow };
      await writer?.writeOutput(result, { output, file }, how);
    }
    sayDone();
  });
}

async function runDry(args: PreloadArgs, context: Context): Promise<number> {
  const options = await preloadOptions(args, context);
  const symbols = await allSymbolsOf(args, context);
  const { dryRun } = await import("./dry_run.ts");
  return await dryRun(symbols, options, { ...context, json: args.json });
}

/** What goes with the bars that a job brings. */
export interface JobEnd {
  /** The options of the library that brought them. */
  readonly options: PreloadOptions;
  /** Says that the run is done, and what it came to. */
  readonly sayDone: () => void;
}

/**
 * Brings the bars up to date, says how that went, and gives them to `use`.
 *
 * @returns the exit code.
 */
export async function runJob(
  args: JobArgs,
  context: Context,
  use: (result: PreloadResult, end: JobEnd) => Promise<void>,
): Promise<number> {
  const { terminal, style, signal, debug } = context;
  const { progressEvery } = args;
  const startedAtMs = performance.now();
  const options = await preloadOptions(args, context);
  const symbols = await allSymbolsOf(args, context);
  using presenter = new Presenter({ terminal, style, debug, progressEvery });
  signal.addEventListener("abort", () => presenter.stop(), { once: true });
  try {
    const result = await preload(symbols, { ...options, reporter: presenter.report });
    presenter.stop();
    showOutcome(result, presenter, { ...context, follow: args.follow });
    const sayDone = () => {
      const elapsedMs = performance.now() - startedAtMs;
      terminal.line(renderDone(result.summary, elapsedMs, style));
    };
    await use(result, { options, sayDone });
    return exitCodeOf(result);
  } catch (error) {
    presenter.stop();
    const end = signal.aborted
      ? renderInterrupted(presenter.state)
      : renderBrokenOff(presenter.state);
    if (end !== undefined) terminal.error(end);
    throw error;
  }
}

/** @throws {UsageError} before anything is downloaded. */
function refuseBytesOnScreen({ output }: PreloadArgs, { terminal }: Context): void {
  if (output?.kind !== "stdout" || !terminal.dataIsTerminal) return;
  const { format } = output;
  if (!isBinary(format)) return;
  throw new UsageError(`Cannot write ${format} to a terminal: want a file or a pipe`);
}

async function preloadOptions(args: JobArgs, context: Context): Promise<PreloadOptions> {
  return {
    ...args.request,
    ...await accessOptions(args, context),
    ...adjustOptions(args, context.env),
    follow: args.follow,
    renamesFile: args.renamesFile,
    fromLake: args.fromLake,
    concurrency: args.concurrency,
    maxMemoryBytes: args.maxMemoryBytes,
    maxBytesPerSecond: args.maxBytesPerSecond,
    keepLimitBytes: args.keepLimitBytes,
    confirm: confirmOn(context, args),
    saveEvery: args.saveEvery,
    wait: args.wait,
  };
}

/** Also quietly, what is missing or odd is shown. */
function showOutcome(
  { summary }: PreloadResult,
  { state, finished, hitTimes }: Presenter,
  { terminal, style, follow }: Context & { readonly follow: boolean },
): void {
  const all = Object.entries(summary.symbols).map(([symbol, of]) => ({ symbol, ...of }));
  const withBars = all.filter(({ bars }) => bars > 0);
  const whole = withBars.filter((one) => one.missing === 0);
  const partial = withBars.filter((one) => one.missing > 0);
  const cached = whole.flatMap((one) => {
    const checkedAtMs = hitTimes.get(one.symbol);
    return checkedAtMs === undefined ? [] : [{ ...one, checkedAtMs }];
  });
  const fetched = whole.filter(({ symbol }) => !hitTimes.has(symbol));
  const missing = new Set(summary.failures.map(({ key }) => key)).size;
  const isKnown = ({ files }: { files: number }) => files > 0 || missing === 0;
  const empty = all.filter((one) => one.bars === 0 && isKnown(one));
  // The case of a stock may be another than was asked for.
  const periods = new Map(state.symbols.map((one) => [one.symbol.toUpperCase(), one]));
  const periodOf = ({ symbol }: { symbol: string }) => periods.get(symbol.toUpperCase());
  const hint = hintForAbsences(all.flatMap(({ findings = [] }) => findings), { follow });
  const notes = [
    ...renderFailures(finished, style),
    ...refusedHint(all, finished),
    ...renderUnreadable(summary.failures, style),
    ...renderFindings(all, style),
    ...hint === undefined ? [] : [`   ${hint}`],
  ];
  const there = [
    ...renderHits(cached.map(withTickers), { nowMs: Date.now(), style }),
    ...renderSuccess(fetched.map(withTickers), style),
    ...renderAdjusted(withBars, style),
  ];
  const partly = [
    ...renderIncomplete(partial.map(withTickers), { missing, style }),
    ...renderNoData(empty.map((one) => ({ ...one, period: periodOf(one) })), style),
  ];
  for (const line of notes) terminal.error(line);
  for (const line of there) terminal.line(line);
  for (const line of partly) terminal.error(line);
}

/** How to ask for what the plan includes alone. */
function refusedHint(
  symbols: readonly Pick<SymbolSummary, "from" | "to">[],
  finished: Presenter["finished"],
): string[] {
  const files = Map.groupBy(finished, ({ outcome }) => outcome.kind);
  if (!files.has("refused")) return [];
  const datesOf = (kind: FileOutcome["kind"]) =>
    (files.get(kind) ?? []).flatMap(({ key }) => parseKey(key)?.date ?? []);
  const bars = symbols.flatMap(({ from, to }) => [from, to]).filter((date) => date !== null);
  const hint = hintForRefused({ refused: datesOf("refused"), had: [...datesOf("done"), ...bars] });
  return hint === undefined ? [] : [`   ${hint}`];
}

/** A family says how many tickers it has. */
function withTickers<One extends { symbol: string } & Pick<SymbolSummary, "tickers">>(one: One) {
  if (one.tickers === undefined) return one;
  const count = Object.keys(one.tickers).length;
  return { ...one, symbol: `${one.symbol} (${countText(count, "ticker")})` };
}

/**
 * What a Parquet file says of itself: also whether it has all bars of its symbols, and what was
 * applied to each of them.
 */
function metadataOf(
  { request, adjust }: PreloadArgs,
  { summary }: PreloadResult,
): (symbols?: readonly string[]) => Readonly<Record<string, string>> {
  const interval = parseInterval(request.interval ?? "1d");
  const how = { interval, hours: request.hours ?? "all", adjusted: adjust ?? "no" };
  return (symbols = Object.keys(summary.symbols)) => {
    // A file of its own may be of one ticker of a family.
    const isWhole = (symbol: string) => {
      const { missing } = summary.symbols[symbol] ?? {};
      return missing === undefined ? summary.complete : missing === 0;
    };
    const isComplete = symbols.every(isWhole);
    const of = { ...how, complete: isComplete ? "yes" : "no" };
    if (adjust === undefined) return of;
    const applied = symbols.map((symbol) => {
      const { adjusted = [], dividends = [] } = summary.symbols[symbol] ?? {};
      return [symbol, { splits: adjusted, dividends }] as const;
    });
    return { ...of, adjustments: JSON.stringify(Object.fromEntries(applied)) };
  };
}

function exitCodeOf({ summary }: PreloadResult): number {
  if (!summary.complete) return EXIT.incomplete;
  const isEmpty = Object.values(summary.symbols).some(({ bars }) => bars === 0);
  return isEmpty ? EXIT.noData : EXIT.complete;
}
