/**
 * Opens the place that the command line names for an output.
 *
 * @module
 */

import { OutputFile } from "../../cache/output_file.ts";
import type { Context } from "../context.ts";
import { onOutput } from "../explain/explain.ts";
import { requestFolderOf } from "./permissions.ts";
import { printable, signed } from "../render/style.ts";

/**
 * Opens it before anything is fetched; that a pipe's reader is waited for is said.
 *
 * @throws {PlaceError} when it cannot be written.
 */
export async function openPlace(
  path: string,
  { terminal, style }: Pick<Context, "terminal" | "style">,
): Promise<OutputFile> {
  const text = `Waiting for a reader of ${printable(path)}`;
  const onWait = () => terminal.line(signed("⏳", text, style));
  requestFolderOf(path);
  return await onOutput(OutputFile.open(path, { onWait }));
}
