/**
 * What is shown of a command: by the help, by the shell completions.
 *
 * @module
 */

import type { ExitMeanings } from "../explain/exits.ts";

/**
 * What a shell offers for a value: one of these words, or something of this kind. Nothing is
 * offered for dates and symbols; their kind keeps file names from being offered instead.
 */
export type Completion =
  | readonly string[]
  | "file"
  | "directory"
  /** A directory, or a bucket, of which a shell knows none. */
  | "place"
  | "date"
  | "symbol"
  | "command";

/** The value of an option. */
export interface ValueSpec {
  /** What stands for it in the help, such as `DATE`. */
  readonly name: string;
  /** An example, also for the message about a missing value. */
  readonly example: string;
  /** Nothing is known of a value that has none, as of a number. */
  readonly completion?: Completion;
  /** Whether it may have several with commas between them, and so be given several times. */
  readonly isList?: boolean;
}

/** One option. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** A switch has none. */
  readonly value?: ValueSpec;
  /** What it does, and its default; no sentence, so no capital and no full stop. */
  readonly help: string;
}

/** Options that stand together in the help. */
export interface OptionGroup {
  /** `Period`: the help adds the colon. */
  readonly title: string;
  readonly options: readonly OptionSpec[];
}

/** What stands behind the command's name. */
export interface OperandSpec {
  /** What stands for it in the help, such as `SYMBOL…`. */
  readonly name: string;
  readonly help: string;
  readonly completion: Completion;
}

/** A command line that works, and what it does. */
export interface Example {
  readonly line: string;
  readonly what: string;
}

/** A name, such as a path or a variable, and what it is for. */
export type Entry = readonly [name: string, help: string];

/** What the help and the shell completions show of a command. */
export interface CommandDoc {
  readonly name: string;
  /** What it does, in half a line; no capital and no full stop. */
  readonly summary: string;
  /** The ways to call it, without the program's name. */
  readonly usage: readonly string[];
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly operand?: OperandSpec;
  readonly options: readonly OptionGroup[];
  readonly examples: readonly Example[];
  readonly files?: readonly Entry[];
  readonly environment?: readonly Entry[];
  /** What each exit code means that it may end with, by the names of `EXIT`. */
  readonly exits: ExitMeanings;
}

/** Some options of a group, of which a command declares no more; the others are as not given. */
export function optionsNamed({ options }: OptionGroup, ...names: readonly string[]) {
  return options.filter(({ name }) => names.includes(name));
}

/** The options of a command, in the order of the help. */
export function optionsOf({ options }: CommandDoc): readonly OptionSpec[] {
  return options.flatMap((group) => group.options);
}

/** `--period`, `-p`. */
export function namesOf({ name, short }: OptionSpec): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}
