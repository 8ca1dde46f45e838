/**
 * What was likely meant by a command or an option that does not exist.
 *
 * @module
 */

import { closestString, levenshteinDistance } from "../../deps/deno_std.ts";
import { quote, UsageError } from "../../errors.ts";
import { datasetNames } from "../../market/dataset.ts";
import { meantText } from "../render/wording.ts";

/** @throws {UsageError} naming the option that is near, if one is. */
export function refuseOption(arg: string, names: readonly string[]): never {
  const name = arg.replace(/=.*$/s, "");
  const bare = name.replace(/^-+/, "").toLowerCase();
  const jumbled = names.find((name) => sorted(name) === sorted(bare));
  const nearest = jumbled ?? closestString(bare, names);
  const isNear = nearest === jumbled ||
    levenshteinDistance(bare, nearest) <= Math.max(1, bare.length / 3);
  const hint = isNear ? `did you mean --${nearest}?` : "see --help";
  throw new UsageError(`Unknown option ${quote(name)}: ${hint}`);
}

/** The letters of a word, which are the same where some have changed places. */
function sorted(word: string): string {
  return word.split("").sort().join("");
}

/** The command that a word is near to, when it is too long to be a short ticker. */
export function nearestCommand(word: string, names: readonly string[]): string | undefined {
  if (!/^[a-z]{5,}$/.test(word)) return undefined;
  const nearest = closestString(word, names);
  return levenshteinDistance(word, nearest) <= 2 ? nearest : undefined;
}

/**
 * That the bucket has nothing of a dataset, and which one was likely meant.
 *
 * @param when Follows the name, where not all times were asked for.
 */
export function noFilesText(dataset: string, when = ""): string {
  const nearest = closestString(dataset, datasetNames());
  const isNear = nearest !== dataset && levenshteinDistance(dataset, nearest) <= 4;
  const meant = meantText(dataset, isNear ? [nearest] : []);
  return `The bucket lists no file of ${dataset}${when}${meant}`;
}

/** @throws {UsageError} naming the command that is near. */
export function refuseCommand(word: string, nearest: string | undefined): never {
  const hint = nearest === undefined ? "see --help" : `did you mean ${nearest}?`;
  throw new UsageError(`Unknown command ${quote(word)}: ${hint}`);
}
