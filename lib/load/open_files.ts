/**
 * Fits a run into the number of files that the system lets a process have open at once.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { countFreeFiles } from "../cache/free_files.ts";
import { StorageError } from "../errors.ts";
import { MOST_THREADS } from "../flatfile/extractor.ts";
import { initialConcurrency, MAX_CONCURRENCY, type Settings } from "../settings.ts";

/** A lock and a journal. */
const A_SYMBOL = 2;
/** A connection, and the file that is kept of what it brought. */
const A_TASK = 2;
/** What Deno opens for a worker of its own. */
const A_THREAD = 6;
/** Entries that are folded in at once, each beside its name. */
const FOLDED = 32;
/** Listings, directories that are synced, the system's own for looking up a host. */
const OTHERS = 12;

/**
 * The settings, with fewer files at once where the system does not give enough, which is said.
 *
 * @throws {StorageError} with the code `"EMFILE"` when it does not give enough for the symbols.
 */
export function fitOpenFiles(
  settings: Settings,
  directory: CacheDirectory,
  symbols: number,
): Settings {
  const { concurrency, reporter } = settings;
  const threads = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
  const fixed = A_SYMBOL * symbols + Math.min(FOLDED, symbols) + A_THREAD * threads + OTHERS;
  const wanted = fixed + A_TASK * (concurrency === "auto" ? MAX_CONCURRENCY : concurrency);
  const { path } = directory;
  const free = countFreeFiles(path, wanted);
  if (free === wanted) return settings;
  const fitting = Math.floor((free - fixed) / A_TASK);
  if (fitting < 1) {
    const message = `Cannot start: this run takes at least ${fixed + A_TASK} open files, and the ` +
      `system gives this process ${free} more`;
    throw new StorageError(message, { path, code: "EMFILE" });
  }
  const most = initialConcurrency(settings);
  if (fitting < most) {
    const message = `Works on ${fitting} files at once instead of ${most}: the system gives this ` +
      `process ${free} open files more`;
    reporter({ type: "notice", message });
  }
  return { ...settings, concurrency: Math.min(fitting, most) };
}
