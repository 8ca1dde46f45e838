/**
 * `flatfetch progress`, `clear` and `list`: a look at the cache, and forgetting.
 *
 * @module
 */

import { type CachedBars, openCache, parseSymbol, type Progress } from "../../mod.ts";
import { formatBytes } from "../deps.ts";
import type { Command } from "./args.ts";
import type { Context } from "./context.ts";
import { cacheDirectoryOf } from "./environment.ts";
import { EXIT } from "./explain.ts";
import { renderNotice } from "./render_warning.ts";
import { renderTable } from "./table.ts";
import { ageText } from "./wording.ts";

type CommonCommand = Extract<Command, { name: "progress" | "list" | "clear" }>;

/** Shows the progress markers, of all symbols or of those named. */
export async function runProgress(command: CommonCommand, context: Context): Promise<number> {
  const wanted = command.symbols.flatMap((symbol) => parseSymbol(symbol).tickers);
  const markers = (await (await open(command, context)).listProgress(telling(context)))
    .filter(({ ticker }) => wanted.length === 0 || wanted.includes(ticker));
  if (command.json) return print(markers.map(progressJson), context);
  if (markers.length === 0) return say("No run is unfinished.", context);
  const headings = ["SYMBOL", "PERIOD", "INTERVAL", ">FILES", ">BYTES", "AGE"];
  return printTable(headings, markers.map(progressRow), context);
}

/** Shows what is cached. */
export async function runList(command: CommonCommand, context: Context): Promise<number> {
  const entries = await (await open(command, context)).list(telling(context));
  if (command.json) return print(entries, context);
  if (entries.length === 0) return say("Nothing is cached.", context);
  const headings = ["SYMBOL", "DATASET", ">BARS", "FIRST", "LAST", ">BYTES"];
  return printTable(headings, entries.map(entryRow), context);
}

/** Forgets symbols, their progress alone, or everything. */
export async function runClear(
  command: Extract<Command, { name: "clear" }>,
  context: Context,
): Promise<number> {
  const cache = await open(command, context);
  if (command.all) {
    const symbols = (await cache.listProgress()).map(({ symbol }) => symbol);
    if (!command.progressOnly) await cache.clearAll();
    else for (const symbol of new Set(symbols)) await cache.clearProgress(symbol);
    return say(command.progressOnly ? "Forgot all progress." : "Forgot everything.", context);
  }
  for (const symbol of command.symbols) {
    const found = command.progressOnly
      ? await cache.clearProgress(symbol) > 0
      : await cache.clear(symbol);
    const what = command.progressOnly ? `the progress of ${symbol}` : symbol;
    say(found ? `Forgot ${what}.` : `Nothing to forget of ${symbol}.`, context);
  }
  return EXIT.complete;
}

/** Names each file that only a newer version can read, and shows the others. */
function telling({ terminal, style }: Context) {
  const onNewer = ({ message }: Error) => terminal.line(renderNotice(message, style));
  return { onNewer };
}

const open = (command: CommonCommand, { env }: Context) =>
  openCache(cacheDirectoryOf(command.cacheDir, env));

function progressRow(marker: Progress): string[] {
  const { symbol, period, interval, records, bytes, writtenAtMs } = marker;
  const age = ageText(Date.now() - writtenAtMs);
  return [symbol, period, interval, String(records.size), formatBytes(bytes), age];
}

/** A marker without its records, which may be many. */
function progressJson({ records, ...marker }: Progress) {
  return { ...marker, files: records.size };
}

function entryRow({ symbol, dataset, bars, from, to, bytes }: CachedBars): string[] {
  return [symbol, dataset, String(bars), from ?? "-", to ?? "-", formatBytes(bytes)];
}

function print(value: unknown, { terminal }: Context): number {
  terminal.data(`${JSON.stringify(value, undefined, 2)}\n`);
  return EXIT.complete;
}

function printTable(headings: string[], rows: string[][], { terminal }: Context): number {
  terminal.data(`${renderTable(headings, rows).join("\n")}\n`);
  return EXIT.complete;
}

function say(text: string, { terminal }: Context): number {
  terminal.line(text);
  return EXIT.complete;
}
