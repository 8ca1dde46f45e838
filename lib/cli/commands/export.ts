/**
 * `flatfetch export`: what it declares of itself.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import {
  parseShard,
  readDatasets,
  readLayout,
  SHARD_VARIABLES,
} from "../../export/export_request.ts";
import { optionsNamed } from "../arguments/command_doc.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { CACHE_EXITS } from "../explain/exits.ts";
import {
  BUCKET,
  BUCKET_VARIABLES,
  CACHE,
  CACHE_VARIABLES,
  FLEET,
  FLEET_VARIABLES,
  INTO,
  INTO_VARIABLES,
} from "../options/places.ts";
import { jsonOption, RUN, SCREEN, SCREEN_VARIABLES } from "../options/run.ts";
import { readPeriod, SPAN } from "../options/bars.ts";
import { parseCount } from "../arguments/quantities.ts";

/** Brings whole datasets to a place as Parquet. */
export const exportCommand: CommandSpec<"export", ExportArgs> = {
  name: "export",
  summary: "bring whole datasets to a folder or a bucket as Parquet",
  usage: ["export DATASET… --into PLACE [options]"],
  description: [
    "Makes one Parquet file of each flat file of the datasets, whatever their columns are: " +
    "PLACE/DATASET/date=2024-03-07/part.parquet, with the rows as they are in the file. Times are " +
    "exact to the nanosecond, tickers are by dictionary, and row groups that are sorted say so.",
    "The place alone says what is done. The next run lists both sides and does what is new or was " +
    "replaced; what the bucket no longer lists stays. Files that are kept in the cache are read from " +
    "there.",
  ],
  operand: {
    name: "DATASET…",
    help: "any PREFIX/NAME of the bucket: us_stocks_sip/minute_aggs_v1, us_options_opra/trades_v1",
    completion: [
      "us_stocks_sip/day_aggs_v1",
      "us_stocks_sip/minute_aggs_v1",
      "us_options_opra/day_aggs_v1",
      "us_indices/day_aggs_v1",
      "global_crypto/day_aggs_v1",
      "global_forex/day_aggs_v1",
    ],
  },
  options: [
    INTO,
    {
      title: "What",
      options: [
        ...optionsNamed(SPAN, "from", "to"),
        {
          name: "period",
          short: "p",
          value: { name: "PERIOD", example: "5y", completion: ["1mo", "1y", "5y", "ytd", "max"] },
          help: "how far back, in calendar days (default max)",
        },
        {
          name: "by",
          value: { name: "SPAN", example: "month", completion: ["date", "month"] },
          help:
            "a file for each date, or for each month, whole whatever -p says, with a column date " +
            "(default date)",
        },
        {
          name: "tickers",
          value: { name: "GLOB", example: "'SPY,QQQ,BRK.*'", isList: true },
          help:
            "only rows of these tickers, spelled as in the files, with * for any characters and ? " +
            "for one",
        },
        {
          name: "format",
          short: "f",
          value: { name: "FORMAT", example: "csv.gz", completion: ["parquet", "csv.gz"] },
          help: "parquet, or csv.gz for each file as it came, once it is proved (default parquet)",
        },
        {
          name: "shard",
          value: { name: "I/N", example: "3/40" },
          help:
            "only the I-th of N parts of about the same size; auto takes it from a Slurm or AWS " +
            "Batch array, auto/N from an Indexed Job of Kubernetes",
        },
      ],
    },
    {
      title: "Run",
      options: [
        ...optionsNamed(RUN, "concurrency", "max-memory", "bwlimit", "yes"),
        { name: "dry-run", help: "only show what would be done" },
      ],
    },
    {
      title: FLEET.title,
      options: [
        {
          name: "fleet",
          value: { name: "URL", example: "nats://localhost:4222" },
          help: "let the workers of a fleet do it, over this NATS server; see flatfetch worker",
        },
        {
          name: "at-once",
          value: { name: "N", example: "20" },
          help:
            "files at once over all workers (default 20, or as it is when the work is under way)",
        },
        { name: "detach", help: "only hand the work to the fleet" },
        ...FLEET.options,
      ],
    },
    {
      title: "Output",
      options: [
        jsonOption("what was done as JSON on standard output; its fields are in docs/lake.md"),
        {
          name: "progress-every",
          value: { name: "N", example: "100" },
          help: "where there is no terminal, a line of progress for every N files",
        },
      ],
    },
    CACHE,
    BUCKET,
    SCREEN,
  ],
  examples: [
    {
      line: "flatfetch export us_stocks_sip/minute_aggs_v1 -p 1y --into lake",
      what: "a year of minutes of the whole market, in a folder",
    },
    {
      line: "flatfetch export us_stocks_sip/day_aggs_v1 --by month --into s3://my-bucket/lake",
      what: "all days, a file a month, in a bucket of your own",
    },
  ],
  environment: [
    ...BUCKET_VARIABLES,
    ...INTO_VARIABLES,
    ...FLEET_VARIABLES,
    [SHARD_VARIABLES.join(", "), "the part of this machine, with --shard auto"],
    ...CACHE_VARIABLES,
    ...SCREEN_VARIABLES,
  ],
  exits: {
    ...CACHE_EXITS,
    complete: "the place has everything",
    incomplete: "finished, but some files failed or were refused",
    configuration: "credentials or configuration, of the flat files or of the place",
    temporary: "no connection, or no answer in time; run again",
    disk: "the folder cannot be written",
    noData: "the bucket lists no file of a dataset",
  },
  read,
  load: async () => (await import("./export_run.ts")).runExport,
};

/** The arguments of `export`. */
export type ExportArgs = ReturnType<typeof read>;

function read(given: Given) {
  const { text, isOn, words } = given;
  const fleet = FLEET.read(given);
  const into = INTO.read(given);
  if (into.into === undefined) {
    throw new UsageError("Cannot export: no place is given, want --into PLACE");
  }
  const period = readPeriod(given, "max");
  const shard = text("shard");
  if (shard !== undefined && !shard.startsWith("auto")) parseShard(shard, {});
  const layout = readLayout({
    by: text("by"),
    format: text("format"),
    tickers: text("tickers")?.split(",").map((one) => one.trim()).filter((one) => one !== ""),
  }, "--");
  return {
    ...into,
    ...period,
    ...fleet,
    ...fleetOf(given),
    ...CACHE.read(given),
    ...BUCKET.read(given),
    ...RUN.read(given),
    ...layout,
    shard,
    datasets: readDatasets(words),
    dryRun: isOn("dry-run"),
    json: isOn("json"),
    progressEvery: parseCount("progress-every", text("progress-every"), 1_000_000),
  };
}

function fleetOf({ text, isOn }: Given) {
  const fleet = text("fleet");
  const atOnce = parseCount("at-once", text("at-once"), 10_000);
  const detach = isOn("detach");
  if (fleet === undefined && (atOnce !== undefined || detach)) {
    throw new UsageError(`Cannot use --${detach ? "detach" : "at-once"} without --fleet`);
  }
  return { fleet, atOnce, detach };
}
