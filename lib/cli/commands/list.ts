/**
 * `flatfetch list`: what it declares of itself.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { CACHE_EXITS } from "../explain/exits.ts";
import { CACHE, CACHE_VARIABLES } from "../options/places.ts";
import { jsonOption, SCREEN, SCREEN_VARIABLES } from "../options/run.ts";

/** Shows what is cached. */
export const list: CommandSpec<"list", ListArgs> = {
  name: "list",
  summary: "show what is cached",
  usage: ["list [options]"],
  description: [
    "Shows each ticker of which bars are cached, with its dataset, how many bars there are, " +
    "their first and last date, the size on the disk, and where they are of several, the bucket. " +
    "The network is not asked.",
  ],
  options: [
    CACHE,
    { title: "Output", options: [jsonOption("the same as JSON on standard output")] },
    SCREEN,
  ],
  examples: [
    { line: "flatfetch list", what: "a table for people" },
    { line: "flatfetch list --json", what: "a list for programs, with `from` and `to`" },
  ],
  environment: [...CACHE_VARIABLES, ...SCREEN_VARIABLES],
  exits: { ...CACHE_EXITS, complete: "shown, also when nothing is cached" },
  read,
  load: async () => (await import("./list_run.ts")).runList,
};

/** The arguments of `list`. */
export type ListArgs = ReturnType<typeof read>;

function read(given: Given) {
  const [word] = given.words;
  if (word !== undefined) {
    throw new UsageError(`Cannot list ${quote(word)}: list takes no symbol`);
  }
  return { ...CACHE.read(given), json: given.isOn("json") };
}
