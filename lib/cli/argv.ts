/**
 * Spells argv so that the parser can take it in one way only.
 *
 * @module
 */

import type { OptionSpec } from "./command_doc.ts";

/**
 * The same arguments, with values bound to their options: `-p5y` as `-p=5y`, `--output -` as
 * `--output=-`, and a switch as `--json=true`, lest a symbol behind it, such as `true`, pass
 * for its value; `--no-color`, which takes no value, changes places with it. What stands
 * behind `--` stays.
 */
export function bindValues(argv: readonly string[], specs: readonly OptionSpec[]): string[] {
  const end = argv.indexOf("--");
  const options = end === -1 ? argv : argv.slice(0, end);
  const bound: string[] = [];
  for (const [i, arg] of options.entries()) {
    if (arg === "-" && takesText(argv[i - 1], specs)) bound.push(`${bound.pop()}=-`);
    else if (/^(true|false)$/.test(arg) && isNegated(bound.at(-1))) bound.splice(-1, 0, arg);
    else bound.push(bindValue(arg, specs));
  }
  return [...bound, ...argv.slice(options.length)];
}

function bindValue(arg: string, specs: readonly OptionSpec[]): string {
  const option = specs.find((option) => isNamed(option, arg));
  if (option !== undefined) {
    const isFree = option.value !== undefined || isNegated(arg);
    return isFree ? arg : `--${option.name}=true`;
  }
  const [, letter, value] = /^(-[a-z])([^=].*)$/s.exec(arg) ?? [];
  return takesText(letter, specs) ? `${letter}=${value}` : arg;
}

/** The switches whose names the parser takes for the opposite of another's. */
function isNegated(arg: string | undefined): boolean {
  return arg?.startsWith("--no-") === true;
}

function takesText(arg: string | undefined, specs: readonly OptionSpec[]): boolean {
  return specs.some((option) => option.value !== undefined && isNamed(option, arg));
}

function isNamed({ name, short }: OptionSpec, arg: string | undefined): boolean {
  return arg === `--${name}` || short !== undefined && arg === `-${short}`;
}
