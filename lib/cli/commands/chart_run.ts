/**
 * Runs `flatfetch chart`.
 *
 * @module
 */

import type { OutputFile } from "../../cache/output_file.ts";
import { givingWay } from "../../concurrency/give_way.ts";
import { UsageError } from "../../errors.ts";
import { parseHours, zoneOf } from "../../market/hours.ts";
import { parseInterval } from "../../market/interval.ts";
import { type Asset, parseAsset, parseSymbol } from "../../market/symbol.ts";
import type { Bar, Interval, PreloadOptions, PreloadResult, Summary } from "../../../mod.ts";
import type { Context } from "../context.ts";
import { onOutput } from "../explain/explain.ts";
import { isStdout } from "../options/output.ts";
import { openPlace } from "../access/output_place.ts";
import { renderChart } from "../chart/render_chart.ts";
import { renderPage, renderUnwritten } from "../render/written.ts";
import { runJob } from "./preload_run.ts";
import type { ChartArgs } from "./chart.ts";

/** Where stdout is no screen. */
const PAGE = { columns: 80, rows: 25 };

/** About two and a half years of a stock's minutes, which are 20 MB of page. */
const MOST_PAGE_BARS = 250_000;

type Bars = PreloadResult["bars"];

/** Brings the bars up to date and draws them; returns the exit code. */
export async function runChart(args: ChartArgs, context: Context): Promise<number> {
  const job = { ...args, symbolsFile: undefined, progressEvery: undefined };
  using file = await openPage(args, context);
  return await runJob(job, context, async (result, { options, sayDone }) => {
    if (args.html !== undefined) refuseManyBars(result);
    const bars = await collectBars(result);
    const hasBars = Object.keys(bars).length > 0;
    const { summary } = result;
    if (args.html !== undefined) {
      const page = { ...context, options, file, summary };
      if (hasBars) await writePage(bars, args, page);
      else if (file && !file.isStream) {
        context.terminal.line(renderUnwritten(args.html, context.style));
      }
    }
    // A chart on a screen is the last thing to be seen.
    sayDone();
    if (hasBars && args.html === undefined) await drawCharts(bars, args, context);
  });
}

/** @throws {UsageError} when a browser would take minutes over the page, and no eye see them. */
function refuseManyBars({ summary }: PreloadResult): void {
  const count = Object.values(summary.symbols).reduce((sum, { bars }) => sum + bars, 0);
  if (count <= MOST_PAGE_BARS) return;
  throw new UsageError(
    `Cannot make a page of ${count} bars: want at most ${MOST_PAGE_BARS}, as of a longer interval ` +
      "or a shorter period",
  );
}

/** Those of each symbol that has any, in the order of the request. */
async function collectBars({ batches }: PreloadResult): Promise<Bars> {
  const giveWay = givingWay();
  const all: Record<string, Bar[]> = {};
  for (const { symbol, bars } of batches()) {
    await giveWay();
    const ofSymbol = all[symbol] ??= [];
    for (const bar of bars) ofSymbol.push(bar);
  }
  return all;
}

/** One below the other. On a screen a chart leaves a line for the prompt. */
async function drawCharts(
  bars: Bars,
  args: ChartArgs,
  { terminal, dataStyle: style }: Context,
): Promise<void> {
  const { kind } = args;
  const { columns, rows } = terminal.dataScreen ?? PAGE;
  const space = { width: args.width ?? columns, height: args.height ?? rows - 1, style };
  const { interval, asset } = barsOf(args);
  const charts = Object.entries(bars).map(([symbol, ofSymbol]) => {
    const timeZone = zoneOf(asset ?? parseSymbol(symbol).asset);
    const chart = { symbol, bars: ofSymbol, interval, timeZone, kind };
    return renderChart(chart, space).map((line) => `${line}\n`).join("");
  });
  await terminal.data(charts.join("\n"));
}

/** The file for the page, unless it goes to standard output. */
async function openPage({ html }: ChartArgs, context: Context): Promise<OutputFile | undefined> {
  return html === undefined || isStdout(html) ? undefined : await openPlace(html, context);
}

/** @throws {PlaceError} when the disk does not take it. */
async function writePage(
  bars: Bars,
  args: ChartArgs,
  { terminal, style, options, file, summary }: Context & {
    options: PreloadOptions;
    file: OutputFile | undefined;
    summary: Summary;
  },
): Promise<void> {
  const { chartPage } = await import("../../chart/page.ts");
  const { checkSymbols } = await import("../../check/check.ts");
  const { chartNotes } = await import("../chart/notes.ts");
  // The run has just listed the bucket and read the splits: what it knows is what is shown.
  const ofRun = { ...options, adjust: undefined, offline: true, refresh: false };
  const notes = chartNotes({ summary, check: await checkSymbols(Object.keys(bars), ofRun) });
  const hours = parseHours(args.request.hours ?? "all");
  const page = await chartPage(bars, {
    ...barsOf(args),
    hours,
    adjusted: args.adjust ?? "no",
    notes,
  });
  if (file === undefined) return void await terminal.data(page);
  const bytes = new TextEncoder().encode(page);
  await onOutput(file.write([bytes]));
  if (file.isStream) return;
  const rows = Object.values(bars).reduce((sum, { length }) => sum + length, 0);
  terminal.line(renderPage(args.html!, { rows, bytes: bytes.length }, style));
}

/** The length of the bars, and what the symbols are where the command line says it. */
function barsOf({ request }: ChartArgs): { interval: Interval; asset?: Asset } {
  const interval = parseInterval(request.interval ?? "1d");
  return request.asset === undefined
    ? { interval }
    : { interval, asset: parseAsset(request.asset) };
}
