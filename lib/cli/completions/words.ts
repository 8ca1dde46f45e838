/**
 * What the completions of every shell are made from.
 *
 * @module
 */

import { type CommandDoc, optionsOf, type OptionSpec } from "../command_doc.ts";

/** `--period`, `-p`. */
export function namesOf({ name, short }: OptionSpec): readonly string[] {
  return short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];
}

/** The names of all options that take a value, of whatever command. */
export function valueNames(commands: readonly CommandDoc[]): readonly string[] {
  const options = commands.flatMap(optionsOf).filter(({ value }) => value !== undefined);
  return [...new Set(options.flatMap(namesOf))];
}

/** The text in single quotes, for a shell in which `'` ends it and `\'` stands for it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
