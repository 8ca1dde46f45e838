/**
 * Writes bars where the command line says.
 *
 * @module
 */

import { formatBars } from "../output/format.ts";
import { writeBars, writeBarsBySymbol } from "../write_bars.ts";
import type { PreloadResult } from "../../mod.ts";
import type { Context } from "./context.ts";
import { onOutput } from "./explain.ts";
import type { Output } from "./options/output.ts";

/** What else an output needs. */
export interface OutputContext extends Pick<Context, "terminal"> {
  /** What a Parquet file says of itself. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes the bars, in the order in which the symbols were asked for, in every format. Without any bar no file is written. Ends quietly when the reader
 * of standard output has gone.
 *
 * @throws {OutputError} when the disk does not take it.
 */
export async function writeOutput(
  { batches: read, summary }: PreloadResult,
  output: Output,
  { terminal, metadata }: OutputContext,
): Promise<void> {
  const { format } = output;
  const batches = read();
  if (output.kind === "stdout") {
    for await (const chunk of formatBars(batches, format, { metadata })) {
      if (!await terminal.data(chunk)) return;
    }
  } else if (Object.values(summary.symbols).some(({ bars }) => bars > 0)) {
    await onOutput(
      output.kind === "file"
        ? writeBars(output.path, batches, { format, metadata })
        : writeBarsBySymbol(output.directory, batches, { format, metadata }),
    );
  }
}
