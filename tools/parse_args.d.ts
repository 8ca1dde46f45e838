/** The types of what this project uses of the parser, whose npm package has none. */

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
