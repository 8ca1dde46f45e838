/**
 * The types of what this project uses of the Deno standard library, whose npm
 * package has none.
 */

/** What `parseArgs()` is told: which names take text, which are switches. */
export interface ParseArgsOptions {
  string?: readonly string[];
  boolean?: readonly string[];
  negatable?: readonly string[];
  collect?: readonly string[];
  alias?: Readonly<Record<string, string | readonly string[]>>;
  default?: Readonly<Record<string, unknown>>;
  stopEarly?: boolean;
  "--"?: boolean;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}
export function parseArgs(
  args: readonly string[],
  options?: ParseArgsOptions,
): { _: (string | number)[]; [name: string]: unknown };

/** All rows of a CSV text, quotes undone. Throws `SyntaxError`. */
export function parse(
  text: string,
  options?: { separator?: string },
): string[][];

export function format(bytes: number, options?: {
  binary?: boolean;
  minimumFractionDigits?: number;
  maximumFractionDigits?: number;
}): string;

export function closestString(given: string, words: readonly string[]): string;
export function levenshteinDistance(a: string, b: string): number;

/** Resolves after `ms`, or rejects with the signal's reason. */
export function delay(
  ms: number,
  options?: { signal?: AbortSignal; persistent?: boolean },
): Promise<void>;
