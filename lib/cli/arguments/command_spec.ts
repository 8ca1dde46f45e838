/**
 * A command as the table has it: what is shown of it, how its arguments are read, what runs it.
 *
 * @module
 */

import type { CommandDoc, OptionGroup } from "./command_doc.ts";
import type { Context } from "../context.ts";

/** A command: what is shown of it, how its arguments are read and what runs it. */
export interface CommandSpec<Name extends string, Args> extends CommandDoc {
  readonly name: Name;
  /** @throws {UsageError} saying what was found and what was wanted. */
  readonly read: (given: Given) => Args;
  /** Loads what runs it, so that nobody else pays for it. */
  readonly load: () => Promise<Run<Args>>;
}

/** Runs a command and returns the exit code. What it cannot do, it throws. */
export type Run<Args> = (args: Args, context: Context) => Promise<number> | number;

/** A command's words and options, as they were given. */
export interface Given {
  /** What is neither an option nor the command's name. */
  readonly words: readonly string[];
  /** The value of an option, never empty, or `undefined` when it is not given. */
  readonly text: (name: string) => string | undefined;
  /** Whether a switch is given. */
  readonly isOn: (name: string) => boolean;
}

/** A group that several commands share, with the one way to read it. */
export interface SharedGroup extends OptionGroup {
  /** @throws {UsageError} saying what was found and what was wanted. */
  readonly read: (given: Given) => unknown;
}
