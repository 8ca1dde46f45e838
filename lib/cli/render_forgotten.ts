/**
 * The texts of what `clear` has forgotten. Pure: plain data and a style in, lines out.
 *
 * @module
 */

import type { ForgottenFile } from "../read/clear_cache.ts";
import { renderNotice } from "./render_warning.ts";
import { printable, type Style } from "./style.ts";
import { downloadText, filesText } from "./wording.ts";

/** How many files, and their bytes. */
export function totalOf(files: readonly ForgottenFile[]): { files: number; bytes: number } {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** `Forgot TSLA: 12.3 MB in 440 files of /cache.` */
export function renderForgotten(
  what: string,
  files: readonly ForgottenFile[],
  directory: string,
): string {
  return `Forgot ${what}: ${downloadText(totalOf(files))} of ${printable(directory)}.`;
}

/** A notice: what other symbols have lost with it; `undefined` where that is nothing. */
export function renderShared(files: readonly ForgottenFile[], style: Style): string | undefined {
  const shared = files.filter(({ isShared }) => isShared);
  if (shared.length === 0) return undefined;
  const what = `${filesText(shared.length)} of them are listings and downloads that other symbols`;
  return renderNotice(`${what} use too; they will be fetched again`, style);
}
