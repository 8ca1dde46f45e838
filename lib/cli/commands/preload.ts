/**
 * `flatfetch SYMBOL…`, the main job: what it declares of itself.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { CACHE_EXITS } from "../explain/exits.ts";
import { BUCKET, BUCKET_VARIABLES, CACHE, CACHE_VARIABLES } from "../options/places.ts";
import { ADJUST, ADJUST_VARIABLES, FOLLOW, symbolOptions } from "../options/bars.ts";
import { jsonOption, LAKE, LISTING, RUN, SCREEN, SCREEN_VARIABLES } from "../options/run.ts";
import { OUTPUT } from "../options/output.ts";
import { parseCount } from "../arguments/quantities.ts";
import { SYMBOLS } from "../arguments/symbol_words.ts";

const SYMBOL_OPTIONS = symbolOptions("preload");

/** Brings the bars of symbols up to date in the cache, and writes them where asked. */
export const preloadCommand: CommandSpec<"preload", PreloadArgs> = {
  name: "preload",
  summary: "bring symbols up to date in the cache, and write their bars",
  usage: ["SYMBOL… [options]"],
  description: [
    "Lists the bucket, downloads the daily files that the cache lacks, proves each one whole, " +
    "takes the symbols' bars out of it and keeps them in the cache. A file is downloaded once " +
    "for all symbols. What the cache has is not downloaded again.",
    "An interruption costs nothing: the same command goes on where the last one ended. A file " +
    "that fails stops nothing: it is named, and the next run tries it again.",
    "A run that would download more than 2 GiB says how much and asks first; where there is no " +
    "terminal to ask on, it wants --yes. --dry-run lists the bucket and shows what a run would " +
    "do: the files that are cached, kept or to be downloaded, and roughly how long it would take.",
    "Data go to standard output, everything else to standard error. The word preload may " +
    "stand before the symbols.",
  ],
  operand: SYMBOLS,
  options: [
    SYMBOL_OPTIONS,
    {
      ...OUTPUT,
      options: [
        ...OUTPUT.options,
        jsonOption("a summary as JSON on standard output"),
        {
          name: "progress-every",
          value: { name: "N", example: "10" },
          help:
            "a progress line every N files where there is no terminal (default every 10 files " +
            "or 5 seconds, whichever is rarer)",
        },
      ],
    },
    ADJUST,
    FOLLOW,
    LISTING,
    LAKE,
    {
      ...RUN,
      options: [
        { name: "dry-run", help: "only show what the run would download, and roughly how long" },
        ...RUN.options,
      ],
    },
    CACHE,
    BUCKET,
    SCREEN,
  ],
  examples: [
    { line: "flatfetch TSLA", what: "five years of days into the cache" },
    { line: "flatfetch TSLA AAPL MSFT -p 2y -o bars.csv", what: "two years of three, as a file" },
    { line: "flatfetch TSLA AAPL MSFT --split bars -f parquet", what: "a Parquet file of each" },
    {
      line: "flatfetch BTC-USD --from 2024-01-01 --to 2024-12-31 -o - | head",
      what: "one year, into a pipe",
    },
    {
      line: "flatfetch TSLA --adjust splits -o tsla.csv",
      what: "five years of days in today's shares, as a file",
    },
    {
      line: "flatfetch TSLA KO --adjust all -f parquet -o both.parquet",
      what: "and without the dividends, as total returns want",
    },
    {
      line: "flatfetch META --follow -o meta.csv",
      what: "with the bars of FB before 2022-06-09, and not of another META",
    },
    {
      line: "flatfetch --underlying SPY --expiry 2025-12 --right call -o calls.csv",
      what: "all calls that expire in December, as one file",
    },
    { line: "flatfetch 'X:*-USD' --split pairs", what: "every pair of a dollar, a file of each" },
    {
      line: "flatfetch TSLA -i 1m -p 5y --dry-run",
      what: "how much five years of minutes would be",
    },
    {
      line: "flatfetch TSLA --offline -f ndjson -o -",
      what: "what is cached, without any network",
    },
  ],
  files: [
    ["CACHE/.progress_SYMBOL_PERIOD_INTERVAL.ndjson", "the progress marker of an unfinished run"],
    ["CACHE/bars/", "all bars ever loaded"],
    ["CACHE/families/", "the same of patterns and of --underlying, by the file's date"],
    ["CACHE/splits/, CACHE/dividends/", "what the REST API knows of them, asked for once a day"],
    ["CACHE/renames/", "companies' earlier tickers, likewise"],
    ["CACHE/objects/", "downloaded files, kept for other symbols; may be deleted"],
    ["~/.aws/credentials, ~/.aws/config", "keys, endpoint and region of a profile"],
  ],
  environment: [...BUCKET_VARIABLES, ...ADJUST_VARIABLES, ...CACHE_VARIABLES, ...SCREEN_VARIABLES],
  exits: {
    ...CACHE_EXITS,
    complete: "all there",
    usage: "the command line cannot be read, or a large download was not confirmed",
    incomplete: "finished, but some files failed or were refused",
    configuration: "credentials or configuration, or the plan covers none of the dates",
    temporary: "temporary: no connection, or nothing arrives; run again",
    noData: "a symbol is in none of the files",
    locked: "another run works on a symbol",
  },
  read,
  load: async () => (await import("./preload_run.ts")).runPreload,
};

/** The arguments of the main job. */
export type PreloadArgs = ReturnType<typeof read>;

function read(given: Given) {
  const { text, isOn } = given;
  const args = {
    ...SYMBOL_OPTIONS.read(given),
    ...LISTING.read(given),
    ...LAKE.read(given),
    ...OUTPUT.read(given),
    ...ADJUST.read(given),
    ...FOLLOW.read(given),
    ...RUN.read(given),
    ...CACHE.read(given),
    ...BUCKET.read(given),
    json: isOn("json"),
    dryRun: isOn("dry-run"),
    progressEvery: parseCount("progress-every", text("progress-every"), 1_000_000),
  };
  if (args.json && args.output?.kind === "stdout") {
    throw new UsageError("Cannot use --json together with -o -: both write to standard output");
  }
  return args;
}
