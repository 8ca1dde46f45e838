/**
 * Where the bars are written, and how.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import type { OutputFormat } from "../../../mod.ts";
import type { SharedGroup } from "../command_spec.ts";

/** Where the bars are written. */
export interface OutputArgs {
  /** Nowhere when it is `undefined`; the path `-` is standard output. */
  readonly output: { readonly path: string; readonly format: OutputFormat } | undefined;
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
      name: "format",
      short: "f",
      value: { name: "FORMAT", example: "csv", completion: FORMATS },
      help: `${alternatives(FORMATS)} (default by FILE's extension, else csv)`,
    },
  ],
  read: ({ text }) => ({ output: outputOf(text("output"), text("format")) }),
};

function outputOf(path: string | undefined, name: string | undefined): OutputArgs["output"] {
  const format = FORMATS.find((format) => format === name);
  if (name !== undefined && format === undefined) {
    throw new UsageError(`Cannot write format ${quote(name)}: want ${alternatives(FORMATS)}`);
  }
  if (path !== undefined) return { path, format: format ?? usualFormat(path) };
  if (format === undefined) return undefined;
  throw new UsageError("Cannot use --format alone: say where to write with -o FILE, or -o -");
}

function usualFormat(path: string): OutputFormat {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase() ?? "csv";
  return FORMATS.find((format) => EXTENSIONS[format].includes(extension)) ?? "csv";
}

/** `a, b or c`. */
function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
