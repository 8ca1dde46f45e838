/**
 * The texts that tell what was written or forgotten, and what a run came to. Pure: plain data and
 * a style in, a line out. Text from outside comes out printable.
 *
 * @module
 */

import { formatBytes } from "../../deps/std_fmt.ts";
import type { Summary } from "../../../mod.ts";
import type { WrittenBars } from "../../output/write_bars.ts";
import type { ForgottenFile } from "../../read/clear_cache.ts";
import { printable, signed, type Style } from "./style.ts";
import { renderNotice } from "./warning.ts";
import { countText, downloadText, durationText, filesText } from "./wording.ts";

/** What a file holds; of a directory how many files were written, and what they hold together. */
export function renderWritten(
  path: string,
  written: WrittenBars | readonly WrittenBars[],
  style: Style,
): string {
  const place = printable(path);
  const files = [written].flat();
  const what = Array.isArray(written) ? `${countText(files.length, "file")} to ${place}` : place;
  return signed("💾", `Wrote ${what}: ${contentText(files)}`, style);
}

/** What a page is made of. */
export function renderPage(path: string, page: WrittenBars, style: Style): string {
  const text = `Wrote ${printable(path)}: ${contentText([page])}; open it in a browser`;
  return signed("📈", text, style);
}

/** That there is nothing to write: a file that is there stays what it was. */
export function renderUnwritten(path: string, style: Style): string {
  return signed("📌", `Wrote nothing to ${printable(path)}: there are no bars`, style);
}

/** The end of a run: `Done: 1255 files (753 cached), 101.4 MB downloaded in 7.5s`. */
export function renderDone(
  { files, bytesDownloaded, complete }: Pick<Summary, "files" | "bytesDownloaded" | "complete">,
  elapsedMs: number,
  style: Style,
): string {
  const { listed, recorded, fromStore, fromLake, failed, refused } = files;
  const missing = failed + refused;
  const parts = [
    recorded > 0 && (recorded === listed ? "all cached" : `${recorded} cached`),
    fromStore > 0 && (fromStore === listed ? "all kept" : `${fromStore} kept`),
    fromLake > 0 && `${fromLake === listed ? "all" : fromLake} from the lake`,
    missing > 0 && `${missing} missing`,
  ].filter((part) => part);
  const which = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  const bytes = `${formatBytes(bytesDownloaded)} downloaded`;
  const word = complete ? "Done" : "Ended";
  // What takes no time takes some all the same.
  const took = durationText(Math.max(elapsedMs, 100));
  const text = `${word}: ${countText(listed, "file")}${which}, ${bytes} in ${took}`;
  return signed("🏁", text, style);
}

function contentText(files: readonly WrittenBars[]): string {
  const rows = files.reduce((sum, { rows }) => sum + rows, 0);
  const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return `${countText(rows, "row")}, ${formatBytes(bytes)}`;
}

/** How many files, and their bytes. */
export function forgottenTotal(files: readonly ForgottenFile[]): { files: number; bytes: number } {
  return { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** `Forgot TSLA: 12.3 MB in 440 files of /cache.` */
export function renderForgotten(
  what: string,
  files: readonly ForgottenFile[],
  directory: string,
): string {
  return `Forgot ${what}: ${downloadText(forgottenTotal(files))} of ${printable(directory)}.`;
}

/** A notice: what other symbols have lost with it; `undefined` where that is nothing. */
export function renderShared(files: readonly ForgottenFile[], style: Style): string | undefined {
  const shared = files.filter(({ isShared }) => isShared);
  if (shared.length === 0) return undefined;
  const what = `${filesText(shared.length)} of them are listings and downloads that other symbols`;
  return renderNotice(`${what} use too; they will be fetched again`, style);
}
