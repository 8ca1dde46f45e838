/**
 * Forgets what a cache directory holds; a ticker's files only under the ticker's lock.
 *
 * @module
 */

import { ANSWER_KINDS, type CacheDirectory } from "./directory.ts";
import { readEntry } from "./entry.ts";
import { isThere } from "./folders.ts";
import { listStrays, type Stored } from "./inventory.ts";
import type { JournalContent } from "./journal.ts";
import { Lock } from "./lock.ts";
import { isMarked, isOwn, mark, othersIn } from "./ownership.ts";
import { type RemovedFile, removeFile, removeFiles } from "./removal.ts";

/** Who hears what becomes of each file. */
export interface Witness {
  /** Of what stays because nothing proves it to be this program's. */
  readonly onLeft: (path: string) => void;
  readonly onRemoved: (file: RemovedFile) => void;
}

/** @throws {LockedError} when another process works on the ticker. */
export async function forgetJournal(
  directory: CacheDirectory,
  { path, content: { of } }: Stored<JournalContent>,
  witness: Pick<Witness, "onRemoved">,
): Promise<void> {
  const lockPath = directory.lockPath(of.dataset, of.ticker);
  await directory.makeParent(lockPath);
  await removeLocked(path, lockPath, witness);
}

/** Marks a directory of an older version, so that all is known that it has there. */
export async function markOlder(directory: CacheDirectory): Promise<void> {
  if (await directory.check() === "older") await mark(directory.path);
}

/**
 * Forgets the entry at a path, readable or not.
 *
 * @throws {JournalError} when it is of a newer format.
 * @throws {LockedError} when another process works on the ticker.
 */
export async function forgetEntry(
  directory: CacheDirectory,
  path: string,
  witness: Witness,
): Promise<void> {
  await readEntry(path);
  const isOurs = isOwn(path, { folder: "bars", marked: isMarked(directory.path) });
  if (isOurs) await removeLocked(path, path.replace(/\.ndjson$/, ".lock"), witness);
  else witness.onLeft(path);
}

/**
 * Forgets all that is kept of a family in its folder, readable or not.
 *
 * @returns whether anything was there.
 * @throws {LockedError} when another process works on the family.
 */
export async function forgetFamily(
  directory: CacheDirectory,
  folder: string,
  witness: Witness,
): Promise<boolean> {
  if (!await directory.hasParent(`${folder}/`)) return false;
  using _lock = await Lock.take(`${folder}.lock`);
  const marked = isMarked(directory.path);
  const isWanted = (path: string) => isOwn(path, { folder: "families", marked });
  return await removeFiles(folder, { isWanted, ...witness });
}

/** Forgets the listings and kept objects of a dataset, or of all; then the REST API's answers too. */
export async function forgetKept(
  directory: CacheDirectory,
  { dataset, ...witness }: Witness & { readonly dataset?: string },
): Promise<void> {
  const marked = isMarked(directory.path);
  const answers = dataset === undefined ? ANSWER_KINDS : [];
  for (const folder of [...answers, "listings", "objects"] as const) {
    const isWanted = (path: string) => isOwn(path, { folder, marked });
    await removeFiles(directory.folderPath(folder, dataset), { isWanted, ...witness });
  }
}

/** Forgets the REST API's answers on a ticker; it is no error when none are kept. */
export async function forgetAnswers(
  directory: CacheDirectory,
  ticker: string,
  { onLeft, onRemoved }: Witness,
): Promise<void> {
  const marked = isMarked(directory.path);
  for (const folder of ANSWER_KINDS) {
    const path = directory.answerPath(folder, ticker);
    if (!await directory.hasParent(path) || !isThere(path)) continue;
    if (isOwn(path, { folder, marked })) await removeFile(path, onRemoved);
    else onLeft(path);
  }
}

/** Forgets journals that were moved aside or cannot be read, and tells what else is there. */
export async function forgetStrays(
  directory: CacheDirectory,
  { onLeft, onRemoved }: Witness,
): Promise<void> {
  const marked = isMarked(directory.path);
  for (const path of await listStrays(directory)) {
    if (isOwn(path, { folder: "", marked })) await removeFile(path, onRemoved);
    else onLeft(path);
  }
  for (const path of othersIn(directory.path)) onLeft(path);
}

async function removeLocked(
  path: string,
  lockPath: string,
  { onRemoved }: Pick<Witness, "onRemoved">,
): Promise<void> {
  using _lock = await Lock.take(lockPath);
  await removeFile(path, onRemoved);
}
