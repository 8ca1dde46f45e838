/**
 * `flatfetch clear`: what it declares of itself.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { CACHE_EXITS } from "../explain/exits.ts";
import { CACHE, CACHE_VARIABLES } from "../options/places.ts";
import { jsonOption, SCREEN, SCREEN_VARIABLES } from "../options/run.ts";
import { readSymbols, TICKERS } from "../arguments/symbol_words.ts";

/** Forgets symbols, their progress alone, or everything. */
export const clear: CommandSpec<"clear", ClearArgs> = {
  name: "clear",
  summary: "forget symbols, so that the next run downloads everything",
  usage: ["clear SYMBOL… [--progress-only] [options]", "clear --all [--progress-only] [options]"],
  description: [
    "Forgets the bars and the progress markers of the symbols, and the listings and kept files " +
    "of their datasets, which other symbols use too, so that the next run downloads everything; " +
    "of a symbol that is not cached, nothing. With --progress-only all but the progress markers " +
    "stays.",
  ],
  operand: {
    ...TICKERS,
    help: `${TICKERS.help}; what was loaded as a family by the name that flatfetch list has of it`,
  },
  options: [
    {
      title: "What to forget",
      options: [
        { name: "all", help: "everything" },
        { name: "progress-only", help: "the progress markers alone" },
      ],
    },
    CACHE,
    { title: "Output", options: [jsonOption("what was forgotten as JSON on standard output")] },
    SCREEN,
  ],
  examples: [
    { line: "flatfetch clear TSLA", what: "forget one symbol" },
    { line: "flatfetch clear TSLA --progress-only", what: "forget what unfinished runs have" },
    { line: "flatfetch clear --all", what: "empty the cache" },
  ],
  environment: [...CACHE_VARIABLES, ...SCREEN_VARIABLES],
  exits: {
    ...CACHE_EXITS,
    complete: "forgotten, also when there was nothing to forget",
    locked: "another run works on a symbol",
  },
  read,
  load: async () => (await import("./clear_run.ts")).runClear,
};

/** The arguments of `clear`; no symbol if and only if all are meant. */
export type ClearArgs = ReturnType<typeof read>;

function read(given: Given) {
  const symbols = readSymbols(given.words);
  const all = given.isOn("all");
  if (all === (symbols.length > 0)) {
    throw new UsageError("Cannot clear: give either symbols or --all");
  }
  return {
    symbols,
    all,
    progressOnly: given.isOn("progress-only"),
    ...CACHE.read(given),
    json: given.isOn("json"),
  };
}
