/**
 * Runs `flatfetch chart`.
 *
 * @module
 */

import { writeAtomically } from "../../cache/atomic_file.ts";
import { StorageError } from "../../errors.ts";
import { zoneOf } from "../../market/hours.ts";
import { parseAsset, parseSymbol } from "../../market/symbol.ts";
import type { PreloadResult } from "../../../mod.ts";
import type { Context } from "../context.ts";
import { OutputError } from "../explain.ts";
import { renderChart } from "../render_chart.ts";
import { printable, signed } from "../style.ts";
import type { ChartArgs } from "./chart.ts";
import { runJob } from "./preload_run.ts";

/** Where stdout is no screen. */
const PAGE = { columns: 80, rows: 25 };

type Bars = PreloadResult["bars"];

/** Brings the bars up to date and draws them; returns the exit code. */
export async function runChart(args: ChartArgs, context: Context): Promise<number> {
  const draw = args.html === undefined ? drawCharts : writePage;
  const job = { ...args, progressEvery: undefined, symbolsFile: undefined };
  return await runJob(job, context, async ({ bars }) => {
    const drawn = Object.entries(bars).filter(([, { length }]) => length > 0);
    if (drawn.length > 0) await draw(Object.fromEntries(drawn), args, context);
  });
}

/** One below the other. On a screen a chart leaves a line for the prompt. */
function drawCharts(bars: Bars, args: ChartArgs, { terminal, dataStyle: style }: Context): void {
  const { kind, request: { interval = "1d", asset: given } } = args;
  const asset = given === undefined ? undefined : parseAsset(given);
  const { columns, rows } = terminal.dataScreen ?? PAGE;
  const space = { width: args.width ?? columns, height: args.height ?? rows - 1, style };
  const charts = Object.entries(bars).map(([symbol, ofSymbol]) => {
    const timeZone = zoneOf(parseSymbol(symbol, { asset }).asset);
    const chart = { symbol, bars: ofSymbol, interval, timeZone, kind };
    return renderChart(chart, space).map((line) => `${line}\n`).join("");
  });
  terminal.data(charts.join("\n"));
}

async function writePage(
  bars: Bars,
  { html = "-", request: { interval = "1d" } }: ChartArgs,
  { terminal, style }: Context,
): Promise<void> {
  const { chartPage } = await import("../../chart/page.ts");
  const page = await chartPage(bars, { interval });
  if (html === "-") return void terminal.data(page);
  await writeFile(html, new TextEncoder().encode(page));
  terminal.line(signed("📈", `Wrote ${printable(html)}: open it in a browser`, style));
}

/** @throws {OutputError} when the disk does not take it. */
async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeAtomically(path, [bytes], { mode: 0o666 });
  } catch (error) {
    throw error instanceof StorageError ? new OutputError(error) : error;
  }
}
