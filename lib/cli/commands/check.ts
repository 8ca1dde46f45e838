/**
 * `flatfetch check`: what it declares of itself.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { checkDatasetName } from "../../market/dataset.ts";
import type { OptionGroup, OptionSpec } from "../arguments/command_doc.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { CACHE_EXITS } from "../explain/exits.ts";
import { ADJUST, ADJUST_VARIABLES, FOLLOW, readPeriod, symbolOptions } from "../options/bars.ts";
import {
  BUCKET,
  BUCKET_VARIABLES,
  CACHE,
  CACHE_VARIABLES,
  INTO,
  INTO_VARIABLES,
  type IntoArgs,
} from "../options/places.ts";
import { jsonOption, LISTING, SCREEN, SCREEN_VARIABLES } from "../options/run.ts";
import { SYMBOLS } from "../arguments/symbol_words.ts";

/** No symbol has an underscore. */
const DATASET = /^\w+_\w+\/\w[\w.-]*$/;

const DEEP = {
  title: "Check of a place",
  options: [
    {
      name: "deep",
      help: "read every Parquet file whole and compare the checksum of each of its pages",
    },
  ],
};
const SYMBOL_OPTIONS = symbolOptions("check");

/** Finds what is missing, and what cannot be true. */
export const check: CommandSpec<"check", CheckArgs | CheckPlaceArgs> = {
  name: "check",
  summary: "find what is missing of symbols, and bars that cannot be true",
  usage: ["check SYMBOL… [options]", "check [DATASET…] --into PLACE [options]"],
  description: [
    "Compares what is cached with the bucket's listing: files that are not cached, that were " +
    "replaced since, that are not listed any more. What is listed and is no flat file is " +
    "counted, and some of it named. Where files are not cached, asks for the " +
    "first byte of a few of them, to tell which your plan does not include. Nothing is " +
    "downloaded or mended: the same without check does that.",
    "Looks for dates on which the symbol has no bar although the file is there, and calls a " +
    "run of them a gap when it is longer than the symbol's habit: a symbol that is in every " +
    "other file has one where a single date is missing, one that is often absent only after a " +
    "long run. Before the first bar and after the last one there is no gap.",
    "Looks for bars that contradict themselves: a high below open, close or low, a low above " +
    "open or close, a price that is not positive, a negative volume, a count of transactions " +
    "that is negative or no whole number, stamps outside the file's date, twice or out of order.",
    "Looks at the nights: a jump that looks like a split is a note. With --adjust, or a file with " +
    "splits or dividends, these are compared with the prices as a run with the same options gives " +
    "them out: one that the price does not show, several splits of one date, and a jump that none " +
    "explains are warnings.",
    "With --into PLACE, compares what an export has made there with what the bucket lists now: flat " +
    "files that are in no object, objects made of another version, or of files that the bucket does " +
    "not list any more. Opens each object: both ends of a Parquet file, or with --deep all of it, " +
    "size and MD5 of a copy. Without DATASET, all that the place has.",
    "A problem can be mended by another run or another file, a warning cannot, a note is no " +
    "fault. The findings go to standard output, how each symbol is to standard error; with " +
    "--quiet only those that are not clean are said.",
  ],
  operand: SYMBOLS,
  options: [
    SYMBOL_OPTIONS,
    { title: "Output", options: [jsonOption("every finding as JSON on standard output")] },
    ADJUST,
    FOLLOW,
    LISTING,
    INTO,
    DEEP,
    CACHE,
    BUCKET,
    SCREEN,
  ],
  examples: [
    { line: "flatfetch check TSLA", what: "five years, against a listing of at most an hour ago" },
    { line: "flatfetch check TSLA AAPL --refresh", what: "against what the bucket has now" },
    { line: "flatfetch check --symbols list.txt", what: "all that a file names" },
    { line: "flatfetch check BTC-USD -p 1y --offline", what: "without any network" },
    { line: "flatfetch check TSLA -i 5m -p 5d", what: "the minutes that those bars are made from" },
    { line: "flatfetch check TSLA --adjust splits", what: "whether its splits fit its prices" },
    { line: "flatfetch check --into lake -p 1y", what: "the exported files of a year" },
    { line: "flatfetch check TSLA --json", what: "each finding with dates, key and text" },
  ],
  environment: [
    ...BUCKET_VARIABLES,
    ...INTO_VARIABLES,
    ...ADJUST_VARIABLES,
    ...CACHE_VARIABLES,
    ...SCREEN_VARIABLES,
  ],
  exits: {
    ...CACHE_EXITS,
    complete: "nothing found, but for notes",
    incomplete: "problems or warnings found",
    configuration: "credentials or configuration",
    temporary: "no connection, or offline without a listing",
    noData: "the place has no dataset, or neither side has a file of it",
  },
  read(given) {
    const into = INTO.read(given);
    return into.into === undefined ? readSymbolArgs(given) : { ...into, ...readPlace(given) };
  },
  load: async () => (await import("./check_run.ts")).runCheck,
};

/** The arguments of a check of symbols. */
export type CheckArgs = ReturnType<typeof readSymbolArgs>;

function readSymbolArgs(given: Given) {
  const [lone] = [INTO, DEEP].flatMap((group) => namesGiven(group, given));
  if (lone !== undefined) throw new UsageError(`Cannot use --${lone} without --into`);
  const dataset = given.words.find((word) => DATASET.test(word));
  if (dataset !== undefined) {
    throw new UsageError(
      `Cannot check dataset "${dataset}": no place is given, want --into PLACE`,
    );
  }
  return {
    ...SYMBOL_OPTIONS.read(given),
    ...ADJUST.read(given),
    ...FOLLOW.read(given),
    ...LISTING.read(given),
    ...CACHE.read(given),
    ...BUCKET.read(given),
    json: given.isOn("json"),
    quiet: given.isOn("quiet"),
  };
}

/** The arguments of `check --into`. */
export type CheckPlaceArgs = IntoArgs & ReturnType<typeof readPlace>;

/** What is given beside the place. */
function readPlace(given: Given) {
  const ofBars = [SYMBOL_OPTIONS, ADJUST, FOLLOW, LISTING]
    .flatMap((group) => namesGiven(group, given))
    .find((name) => !["period", "from", "to"].includes(name));
  if (ofBars !== undefined) throw new UsageError(`Cannot use --${ofBars} with --into`);
  const { isOn, words } = given;
  return {
    ...readPeriod(given, "max"),
    ...CACHE.read(given),
    ...BUCKET.read(given),
    datasets: words.map(checkDatasetName),
    deep: isOn("deep"),
    json: isOn("json"),
    quiet: isOn("quiet"),
  };
}

function namesGiven({ options }: OptionGroup, { text, isOn }: Given): string[] {
  const isGiven = ({ name, value }: OptionSpec) =>
    value === undefined ? isOn(name) : text(name) !== undefined;
  return options.filter(isGiven).map(({ name }) => name);
}
