/**
 * What the tasks of `deno.json` have in common: they read their arguments before they do anything
 * (`--help` prints what a task takes, and what it does not take is refused), and many run Deno.
 *
 * @module
 */

import { parseArgs } from "../lib/deps/std_cli.ts";

/** What a task takes. */
export interface TaskOptions {
  /** What `--help` prints; it begins with the task's command line. */
  readonly help: string;
  /** Options with a number, which is whole and at least 1. @default {none} */
  readonly counts?: readonly string[];
  /** Options with any other value. @default {none} */
  readonly values?: readonly string[];
  /** What the words choose from. @default {nothing, so that any word is refused} */
  readonly names?: readonly string[];
}

/** What a task was given. */
export interface TaskArguments {
  /** The names that begin with one of the words; all when there is no word. */
  readonly names: readonly string[];
  /** Those options that were given. */
  readonly counts: Readonly<Partial<Record<string, number>>>;
  readonly values: Readonly<Partial<Record<string, string>>>;
}

const ROOT = new URL("../", import.meta.url);

/** Ends the process with 0 after `--help`, and with 2 when it refuses. */
export function readTask(
  { help, counts = [], values = [], names = [] }: TaskOptions,
): TaskArguments {
  const { _, help: longHelp, h: shortHelp, ...given } = parseArgs(Deno.args, {
    string: ["_", ...counts, ...values],
    collect: [...counts, ...values],
    unknown: (arg, key) =>
      key === undefined || /^--?h(elp)?$/.test(arg) || refuse(`Unknown option ${arg}`),
  });
  if (longHelp || shortHelp) {
    write(Deno.stdout, help);
    Deno.exit(0);
  }
  const words = _.map(String);
  for (const word of words) {
    if (word !== "" && names.some((name) => name.startsWith(word))) continue;
    refuse(`Unknown argument ${word || '""'}: want ${names.join(", ") || "none"}`);
  }
  const isChosen = (name: string) =>
    words.length === 0 || words.some((word) => name.startsWith(word));
  const valuesOf = (options: readonly string[]) =>
    options.map((name) => [name, given[name] as readonly string[]] as const)
      .filter(([, texts]) => texts.length > 0)
      .map(([name, texts]) => [name, oneOf(name, texts)] as const);
  return {
    names: names.filter(isChosen),
    counts: Object.fromEntries(valuesOf(counts).map(([name, text]) => [name, count(name, text)])),
    values: Object.fromEntries(valuesOf(values)),
  };
}

function oneOf(name: string, given: readonly string[]): string {
  if (given.includes("")) refuse(`--${name} wants a value`);
  if (given.length === 1) return given[0]!;
  refuse(`Cannot use --${name} more than once: found ${given.join(" and ")}, want one`);
}

function count(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  refuse(`Cannot read --${name} ${text}: want a whole number of at least 1`);
}

/** Runs Deno with these arguments, one line after another; the first that fails ends the process. */
export async function runDeno(...lines: readonly (readonly string[])[]): Promise<void> {
  for (const args of lines) {
    const command = new Deno.Command(Deno.execPath(), { args: [...args], cwd: ROOT });
    const { success, code } = await command.spawn().status;
    if (!success) Deno.exit(code);
  }
}

/** Says what is wrong with the arguments, and ends the process with 2. */
export function refuse(what: string): never {
  write(Deno.stderr, `${what}; see --help`);
  Deno.exit(2);
}

/** Says what was done, on standard output. */
export function say(text: string): void {
  write(Deno.stdout, text);
}

function write(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(`${text.trim()}\n`));
}
