/**
 * Where the bars are written, and how.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { formatOfPath, FORMATS_PHRASE, OUTPUT_FORMATS, parseFormat } from "../../output/format.ts";
import type { OutputFormat } from "../../../mod.ts";
import type { SharedGroup } from "../arguments/command_spec.ts";

/** Where bars are written, and in which format. */
export type Output =
  & { readonly format: OutputFormat }
  & (
    | { readonly kind: "stdout" }
    | { readonly kind: "file"; readonly path: string }
    /** A file for each symbol. */
    | { readonly kind: "split"; readonly directory: string }
  );

/** Options of every command that writes bars. */
export const OUTPUT = {
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
      value: { name: "FORMAT", example: "csv", completion: OUTPUT_FORMATS },
      help: `${FORMATS_PHRASE} (default by FILE's extension, else csv)`,
    },
  ],
  read: ({ text }) => ({
    output: outputOf({ path: text("output"), directory: text("split") }, text("format")),
  }),
} satisfies SharedGroup;

interface Place {
  readonly path: string | undefined;
  readonly directory: string | undefined;
}

function outputOf({ path, directory }: Place, name: string | undefined): Output | undefined {
  const format = name === undefined ? undefined : parseFormat(name);
  if (path !== undefined && directory !== undefined) {
    throw new UsageError("Cannot use --output together with --split: give one of them");
  }
  if (path !== undefined && isStdout(path)) return { kind: "stdout", format: format ?? "csv" };
  if (path !== undefined) return { kind: "file", path, format: formatOfPath(path, format) };
  if (directory !== undefined) return { kind: "split", directory, format: format ?? "csv" };
  if (format === undefined) return undefined;
  throw new UsageError(
    "Cannot use --format alone: say where to write with -o FILE, -o - or --split DIR",
  );
}

/** Whether a path is one of the names that standard output has. */
export function isStdout(path: string): boolean {
  return path === "-" || /^\/(dev\/(stdout|fd\/1)|proc\/self\/fd\/1)$/.test(path);
}
