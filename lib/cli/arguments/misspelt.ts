/**
 * What was likely meant by a command or an option that does not exist.
 *
 * @module
 */

import { closestString, levenshteinDistance } from "../../deps/std_text.ts";
import { quote, UsageError } from "../../errors.ts";

/** What other programs call an option. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  concurrency: ["jobs", "parallel", "threads", "workers"],
  debug: ["verbose"],
  from: ["begin", "since", "start"],
  interval: ["frequency", "resolution", "timeframe"],
  quiet: ["silent"],
  to: ["end", "until"],
};

/** @throws {UsageError} naming the option that was likely meant, if one was. */
export function refuseOption(arg: string, names: readonly string[]): never {
  const name = arg.replace(/=.*$/s, "");
  const meant = meantOption(name.replace(/^-+/, "").toLowerCase(), names);
  const hint = meant === undefined ? "see --help" : `did you mean --${meant}?`;
  throw new UsageError(`Unknown option ${quote(name)}: ${hint}`);
}

function meantOption(word: string, names: readonly string[]): string | undefined {
  const nearest = closestString(word, names);
  const isNear = levenshteinDistance(word, nearest) <= Math.max(1, word.length / 3);
  return names.find((name) => sorted(name) === sorted(word) || ELSEWHERE[name]?.includes(word)) ??
    (isNear ? nearest : names.find((name) => word.length > 2 && name.startsWith(word)));
}

/** The letters of a word, which are the same where some have changed places. */
function sorted(word: string): string {
  return word.split("").sort().join("");
}

/** The command that a word is near to, when it is too long to be a short ticker. */
export function meantCommand(word: string, names: readonly string[]): string | undefined {
  return /^[a-z]{5,}$/.test(word) ? nearestCommand(word, names) : undefined;
}

/** The command that a word is near to. */
export function nearestCommand(word: string, names: readonly string[]): string | undefined {
  const nearest = closestString(word, names);
  const most = Math.min(2, word.length / 2);
  return levenshteinDistance(word, nearest) <= most ? nearest : undefined;
}

/** @throws {UsageError} naming the command that is near. */
export function refuseCommand(word: string, nearest: string | undefined): never {
  const hint = nearest === undefined ? "see --help" : `did you mean ${nearest}?`;
  throw new UsageError(`Unknown command ${quote(word)}: ${hint}`);
}
