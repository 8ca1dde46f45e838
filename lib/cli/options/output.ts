/**
 * Where the bars are written, and how.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import type { OutputFormat } from "../../../mod.ts";
import type { SharedGroup } from "../command_spec.ts";

/** Where bars are written, and in which format. */
export type Output =
  & { readonly format: OutputFormat }
  & (
    | { readonly kind: "stdout" }
    | { readonly kind: "file"; readonly path: string }
    /** A file for each symbol. */
    | { readonly kind: "split"; readonly directory: string }
  );

/** What the command line says of the output. */
export interface OutputArgs {
  /** Nothing is written when it is `undefined`. */
  readonly output: Output | undefined;
}

/** Each format by the extensions of its files, its own name first. */
const EXTENSIONS: Readonly<Record<OutputFormat, readonly string[]>> = {
  csv: ["csv"],
  ndjson: ["ndjson", "jsonl"],
  json: ["json"],
  parquet: ["parquet", "pq"],
};

const FORMATS = Object.keys(EXTENSIONS) as OutputFormat[];

/** Options of every command that writes bars. */
export const OUTPUT: SharedGroup<OutputArgs> = {
  title: "Output",
  options: [
    {
      name: "output",
      short: "o",
      value: { name: "FILE", example: "tsla.csv", completion: "file" },
      help: "write the bars to FILE, or to standard output for -",
    },
    {
      name: "split",
      value: { name: "DIR", example: "bars", completion: "directory" },
      help: "write the bars of each symbol to a file of its own in DIR",
    },
    {
      name: "format",
      short: "f",
      value: { name: "FORMAT", example: "csv", completion: FORMATS },
      help: `${alternatives(FORMATS)} (default by FILE's extension, else csv)`,
    },
  ],
  read: ({ text }) => ({
    output: outputOf({ path: text("output"), directory: text("split") }, text("format")),
  }),
};

interface Place {
  readonly path: string | undefined;
  readonly directory: string | undefined;
}

function outputOf({ path, directory }: Place, name: string | undefined): Output | undefined {
  const format = name === undefined ? undefined : formatOf(name);
  if (path !== undefined && directory !== undefined) {
    throw new UsageError("Cannot use --output together with --split: give one of them");
  }
  if (path === "-") return { kind: "stdout", format: format ?? "csv" };
  if (path !== undefined) return { kind: "file", path, format: format ?? usualFormat(path) };
  if (directory !== undefined) return { kind: "split", directory, format: format ?? "csv" };
  if (format === undefined) return undefined;
  throw new UsageError(
    "Cannot use --format alone: say where to write with -o FILE, -o - or --split DIR",
  );
}

function formatOf(name: string): OutputFormat {
  const format = FORMATS.find((format) => format === name);
  if (format !== undefined) return format;
  throw new UsageError(`Cannot write format ${quote(name)}: want ${alternatives(FORMATS)}`);
}

function usualFormat(path: string): OutputFormat {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "csv";
  return FORMATS.find((format) => EXTENSIONS[format].includes(extension)) ?? "csv";
}

/** `a, b or c`. */
function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
