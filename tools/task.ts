/**
 * Reads the arguments of a task of `deno.json`, before it does anything: `--help` prints what the
 * task takes, and what it does not take is refused.
 *
 * @module
 */

import { parseArgs } from "../lib/deps/deno_std.ts";

/** What a task takes. */
export interface TaskOptions {
  /** What `--help` prints; it begins with the task's command line. */
  readonly help: string;
  /** Options with a value. @default {none} */
  readonly values?: readonly string[];
  /** What the words choose from. @default {nothing, so that any word is refused} */
  readonly names?: readonly string[];
}

/** What a task was given. */
export interface TaskArguments {
  /** The names that begin with one of the words; all when there is no word. */
  readonly names: readonly string[];
  /** Those options that were given. */
  readonly values: Readonly<Partial<Record<string, string>>>;
}

/** Ends the process with 0 after `--help`, and with 2 when it refuses. */
export function readTask({ help, values = [], names = [] }: TaskOptions): TaskArguments {
  const { _, help: wantsHelp, ...given } = parseArgs(Deno.args, {
    string: ["_", ...values],
    boolean: ["help"],
    alias: { help: "h" },
    unknown: (arg, key) => key === undefined || refuse(`Unknown option ${arg}`),
  });
  if (wantsHelp === true) {
    write(Deno.stdout, help);
    Deno.exit(0);
  }
  const words = _.map(String);
  for (const word of words) {
    if (names.some((name) => name.startsWith(word))) continue;
    refuse(`Unknown argument ${word}: want ${names.join(", ") || "none"}`);
  }
  for (const name of values.filter((name) => given[name] === "")) {
    refuse(`--${name} wants a value`);
  }
  const isChosen = (name: string) =>
    words.length === 0 || words.some((word) => name.startsWith(word));
  return { names: names.filter(isChosen), values: given as TaskArguments["values"] };
}

/** Says what is wrong with the arguments, and ends the process with 2. */
export function refuse(what: string): never {
  write(Deno.stderr, `${what}; see --help`);
  Deno.exit(2);
}

function write(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(`${text.trim()}\n`));
}
