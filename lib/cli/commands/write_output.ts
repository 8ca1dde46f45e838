/**
 * Writes bars where the command line says.
 *
 * @module
 */

import { givingWay } from "../../concurrency/give_way.ts";
import { checkOutputFolder, type OutputFile } from "../../cache/output_file.ts";
import { formatBars } from "../../output/format.ts";
import {
  outputName,
  writeBars,
  writeBarsBySymbol,
  type WrittenBars,
} from "../../output/write_bars.ts";
import type { BarBatch, PreloadResult } from "../../../mod.ts";
import type { Context } from "../context.ts";
import { onOutput } from "../explain/explain.ts";
import { requestFolder } from "../access/permissions.ts";
import type { Output } from "../options/output.ts";
import { openPlace } from "../access/output_place.ts";
import { renderUnwritten, renderWritten } from "../render/written.ts";

/** What else an output needs. */
export interface OutputContext extends Pick<Context, "terminal" | "style" | "signal"> {
  /** What a Parquet file says of itself, with some of the symbols or all in it. */
  readonly metadata: (symbols?: readonly string[]) => Readonly<Record<string, string>>;
  /** Whether there is a column with the ticker of each bar. */
  readonly tickers: boolean;
}

/**
 * Finds out whether the bars of the symbols will find their place, before anything is fetched.
 *
 * @returns the file for all of them, where it is one.
 * @throws {PlaceError} when they will not.
 */
export async function openOutput(
  output: Output,
  symbols: readonly string[],
  context: Pick<Context, "terminal" | "style">,
): Promise<OutputFile | undefined> {
  if (output.kind === "file") return await openPlace(output.path, context);
  if (output.kind === "stdout") return undefined;
  const names = symbols.map((symbol) => outputName(symbol, output.format));
  requestFolder(output.directory);
  await onOutput(checkOutputFolder(output.directory, names));
}

/**
 * Writes the bars, in the order in which the symbols were asked for, and says what is in the file
 * or the files then. Without any bar no file is written. Ends quietly when the reader of standard
 * output or of a pipe has gone.
 *
 * @param file the one that is open for them.
 * @throws {PlaceError} when the disk does not take it.
 * @throws the signal's reason when it aborts.
 */
export async function writeOutput(
  { batches: read, summary }: PreloadResult,
  { output, file }: { readonly output: Output; readonly file: OutputFile | undefined },
  { terminal, style, signal, metadata, tickers }: OutputContext,
): Promise<void> {
  const { format } = output;
  const all = { metadata: metadata(), tickers };
  const batches = untilAborted(read(), signal);
  if (output.kind === "stdout") {
    for await (const chunk of formatBars(batches, format, all)) {
      if (!await terminal.data(chunk)) return;
    }
    return;
  }
  const path = output.kind === "split" ? output.directory : output.path;
  const hasBars = Object.values(summary.symbols).some(({ bars }) => bars > 0);
  const isStream = file?.isStream ?? false;
  if (!hasBars && !isStream) return terminal.line(renderUnwritten(path, style));
  const written = file === undefined
    ? writeBarsBySymbol(path, batches, { ...all, format, metadata: (one) => metadata([one]) })
    : writeBars(file, batches, { ...all, format });
  const result = await onOutput<WrittenBars | WrittenBars[]>(written);
  if (!isStream) terminal.line(renderWritten(path, result, style));
}

async function* untilAborted(
  batches: Iterable<BarBatch>,
  signal: AbortSignal,
): AsyncGenerator<BarBatch> {
  const giveWay = givingWay();
  for (const batch of batches) {
    await giveWay();
    signal.throwIfAborted();
    yield batch;
  }
}
