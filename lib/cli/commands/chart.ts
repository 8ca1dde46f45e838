/**
 * `flatfetch chart`: what it declares of itself.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import { parseAsset, parseSymbol } from "../../market/symbol.ts";
import type { RequestOptions } from "../../request.ts";
import type { OptionGroup } from "../arguments/command_doc.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { BUCKET, CACHE } from "../options/places.ts";
import { ADJUST, FOLLOW, SPAN } from "../options/bars.ts";
import { LAKE, LISTING, RUN, SCREEN } from "../options/run.ts";
import { parseCount } from "../arguments/quantities.ts";
import { readSymbols, TICKERS } from "../arguments/symbol_words.ts";
import { preloadCommand } from "./preload.ts";

const CHART: OptionGroup = {
  title: "Chart",
  options: [
    { name: "line", help: "a line of closing prices instead of candles" },
    {
      name: "width",
      value: { name: "N", example: "100" },
      help: "columns, 1 to 1000 (default the screen's, else 80)",
    },
    {
      name: "height",
      value: { name: "N", example: "30" },
      help: "lines of each chart, 1 to 1000 (default one less than the screen's, else 24)",
    },
    {
      name: "html",
      value: { name: "FILE", example: "tsla.html", completion: "file" },
      help: "write one page for a browser instead, that needs no other file and no network; - is " +
        "standard output",
    },
  ],
};

/** Draws bars on the terminal, or as a page for a browser. */
export const chart: CommandSpec<"chart", ChartArgs> = {
  name: "chart",
  summary: "draw bars on the terminal, or as a page for a browser",
  usage: ["chart SYMBOL… [options]"],
  description: [
    "Brings the bars up to date as flatfetch SYMBOL… does, then draws them: candles with their " +
    "volume, prices at the right and dates below. Where there are more bars than columns, a " +
    "candle is several of them, and the line above says how many.",
    "A rising candle is thin and blue, a falling one thick and orange. A pipe and NO_COLOR get " +
    "no colors; nothing is said by a color alone. The change is from the first open to the last " +
    "close.",
    "The page of --html has candles and volume, switches to longer bars and between the " +
    "symbols, reads out the bar under the pointer, and is dark or light as the system is.",
  ],
  operand: TICKERS,
  options: [SPAN, CHART, ADJUST, FOLLOW, LISTING, LAKE, RUN, CACHE, BUCKET, SCREEN],
  examples: [
    { line: "flatfetch chart TSLA -p 1y", what: "a year on the terminal" },
    { line: "flatfetch chart BTC-USD --line --offline", what: "what is cached, as a line" },
    { line: "flatfetch chart TSLA AAPL --html chart.html", what: "both on one page" },
  ],
  ...(preloadCommand.files && { files: preloadCommand.files }),
  ...(preloadCommand.environment && { environment: preloadCommand.environment }),
  exits: { ...preloadCommand.exits, complete: "drawn, with all bars there" },
  read,
  load: async () => (await import("./chart_run.ts")).runChart,
};

/** The arguments of `chart`; `isStdout()` knows the names of standard output in `html`. */
export type ChartArgs = ReturnType<typeof read>;

function read(given: Given) {
  const { text, isOn } = given;
  const request = SPAN.read(given);
  const symbols = readSymbols(given.words, request.asset);
  if (symbols.length === 0) {
    throw new UsageError("Cannot draw a chart: no symbol is given, such as TSLA");
  }
  refuseFamilies(symbols, request);
  refuseBoth(given);
  return {
    symbols,
    request,
    ...ADJUST.read(given),
    ...FOLLOW.read(given),
    ...LISTING.read(given),
    ...LAKE.read(given),
    ...RUN.read(given),
    ...CACHE.read(given),
    ...BUCKET.read(given),
    kind: isOn("line") ? "line" as const : "candles" as const,
    width: parseCount("width", text("width"), 1_000),
    height: parseCount("height", text("height"), 1_000),
    html: text("html"),
  };
}

/** @throws {UsageError} for a symbol that stands for any number of charts. */
function refuseFamilies(symbols: readonly string[], { asset: kind }: RequestOptions): void {
  const asset = kind === undefined ? undefined : parseAsset(kind);
  const family = symbols.find((symbol) => parseSymbol(symbol, { asset }).isFamily);
  if (family === undefined) return;
  const why = "it stands for all tickers that match, want each by itself";
  throw new UsageError(`Cannot draw a chart of ${quote(family)}: ${why}`);
}

/** @throws {UsageError} for an option that a page has no use for. */
function refuseBoth({ text, isOn }: Given): void {
  if (text("html") === undefined) return;
  const given = { line: isOn("line"), width: text("width"), height: text("height") };
  const name = Object.entries(given).find(([, value]) => value)?.[0];
  if (name === undefined) return;
  throw new UsageError(`Cannot use --${name} together with --html: it is for the terminal's chart`);
}
