/**
 * `flatfetch help`: what it declares of itself.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import type { CommandSpec, Given } from "../arguments/command_spec.ts";
import { EVERY_EXIT } from "../explain/exits.ts";
import { SCREEN } from "../options/run.ts";

/** Shows the help of a command, or the list of them all. */
export const help: CommandSpec<"help", HelpArgs> = {
  name: "help",
  summary: "show what a command does, or list the commands",
  usage: ["help [COMMAND]", "COMMAND --help"],
  description: [
    "Shows the help of a command: its usage, arguments and options, with examples and exit " +
    "codes. Without a command, lists all of them.",
  ],
  operand: { name: "COMMAND", help: "a command's name", completion: "command" },
  options: [SCREEN],
  examples: [{ line: "flatfetch help preload", what: "everything about the main job" }],
  exits: EVERY_EXIT,
  read,
  load: async () => (await import("./help_run.ts")).runHelp,
};

/** What `help` is about. */
export interface HelpArgs {
  /** The command as typed; none for all. */
  readonly of: string | undefined;
}

function read({ words }: Given): HelpArgs {
  const [of, more] = words;
  if (more === undefined) return { of };
  throw new UsageError(`Cannot help with ${quote(more)} as well: give one command`);
}
