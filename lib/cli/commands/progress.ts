/**
 * `flatfetch progress`: what it declares of itself.
 *
 * @module
 */

import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { CACHE_EXITS } from "../explain/exits.ts";
import { CACHE, CACHE_VARIABLES } from "../options/places.ts";
import { jsonOption, SCREEN, SCREEN_VARIABLES } from "../options/run.ts";
import { readSymbols, SYMBOLS } from "../arguments/symbol_words.ts";

/** Shows the progress markers. */
export const progress: CommandSpec<"progress", ProgressArgs> = {
  name: "progress",
  summary: "show the progress of runs that have not finished",
  usage: ["progress [SYMBOL…] [options]"],
  description: [
    "A run that was interrupted leaves a progress marker for each symbol, period and interval: " +
    "every file that it finished, with the symbol's rows in it. The next run of the same " +
    "command goes on from there, and removes the marker when all is done.",
    "Shows the markers of the symbols, or all of them: the symbol, its period and interval, " +
    "how many files are finished and how large they are, and the marker's age. The network is " +
    "not asked.",
  ],
  operand: SYMBOLS,
  options: [
    CACHE,
    { title: "Output", options: [jsonOption("the same as JSON on standard output")] },
    SCREEN,
  ],
  examples: [
    { line: "flatfetch progress", what: "the markers of every symbol" },
    { line: "flatfetch progress TSLA --json", what: "those of one symbol, for programs" },
  ],
  files: [["CACHE/.progress_SYMBOL_PERIOD_INTERVAL.ndjson", "a marker"]],
  environment: [...CACHE_VARIABLES, ...SCREEN_VARIABLES],
  exits: { ...CACHE_EXITS, complete: "shown, also when no run is unfinished" },
  read,
  load: async () => (await import("./progress_run.ts")).runProgress,
};

/** The arguments of `progress`; no symbol for every one. */
export type ProgressArgs = ReturnType<typeof read>;

function read(given: Given) {
  return {
    symbols: readSymbols(given.words),
    ...CACHE.read(given),
    json: given.isOn("json"),
  };
}
