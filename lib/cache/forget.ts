/**
 * Forgets what a cache directory holds; a ticker's files only under the ticker's lock.
 *
 * @module
 */

import type { CacheDirectory } from "./directory.ts";
import { readEntry } from "./entry.ts";
import { listStrays, type Stored } from "./inventory.ts";
import type { JournalContent } from "./journal.ts";
import { Lock } from "./lock.ts";
import { removeFile, removeTree } from "./removal.ts";

/** @throws {LockedError} when another process works on the ticker. */
export async function forgetJournal(
  directory: CacheDirectory,
  { path, content: { of } }: Stored<JournalContent>,
): Promise<void> {
  const lockPath = directory.lockPath(of.dataset, of.ticker);
  await directory.makeParent(lockPath);
  await removeLocked(path, lockPath);
}

/**
 * Forgets the entry at a path, readable or not.
 *
 * @throws {JournalError} when it is of a newer format.
 * @throws {LockedError} when another process works on the ticker.
 */
export async function forgetEntry(path: string): Promise<void> {
  await readEntry(path);
  await removeLocked(path, path.replace(/\.ndjson$/, ".lock"));
}

/** Forgets the listings and kept objects of a dataset, or of all; then the splits too. */
export async function forgetKept(directory: CacheDirectory, dataset?: string): Promise<void> {
  if (dataset === undefined) await removeTree(directory.folderPath("splits"));
  await removeTree(directory.folderPath("listings", dataset));
  await removeTree(directory.folderPath("objects", dataset));
}

/** Forgets journals that were moved aside or cannot be read. */
export async function forgetStrays(directory: CacheDirectory): Promise<void> {
  for (const path of await listStrays(directory)) await removeFile(path);
}

async function removeLocked(path: string, lockPath: string): Promise<void> {
  using _lock = await Lock.take(lockPath);
  await removeFile(path);
}
