/**
 * Writes files that a program names into a folder of the user's: whole or not at all, and over
 * nothing but files of these names, whose further names keep what they have.
 *
 * @module
 */

import { parentOf, syncDirectory } from "./atomic_file.ts";
import { onDisk } from "./disk_error.ts";
import { lstatIfThere } from "./folders.ts";
import { fill } from "./output_file.ts";
import { requireRegular } from "./regular_file.ts";
import { type Chunks, Replacement } from "./replacement.ts";

/**
 * Writes a file beside its name, synced; it is removed unless {@linkcode placeFiles} is called.
 *
 * @throws {StorageError} naming the path, when the disk does not take it, or what has the name is a
 * symbolic link, a directory, a device or a pipe; what `chunks` throws is passed on.
 */
export async function stageFile(path: string, chunks: Chunks): Promise<Replacement> {
  await onDisk("write", path, () => {
    const there = lstatIfThere(path);
    if (there !== undefined) requireRegular(there);
  });
  const beside = await onDisk("write", path, () => new Replacement(path, undefined));
  try {
    await fill(beside.file, chunks, path);
    await onDisk("sync", path, () => beside.file.sync());
    return beside;
  } catch (error) {
    beside[Symbol.dispose]();
    throw error;
  }
}

/**
 * Gives files of one folder their names, synced, unless a look at what has them says otherwise. No
 * other process gives names there in between, where the system has locks.
 *
 * @param files The first one tells for all.
 * @returns what the look has found; `undefined` once they have their names.
 * @throws {StorageError} naming the path.
 */
export async function placeFiles<T>(
  path: string,
  files: readonly Replacement[],
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const folder = parentOf(path);
  const found = await onDisk("write", path, async () => {
    using _lock = await lockFolder(folder);
    const found = await look();
    if (found === undefined) { for (const file of files) file.takePlace(); }
    return found;
  });
  if (found === undefined) await syncDirectory(folder);
  return found;
}

/** Is held for no longer than it takes to look and to rename. */
async function lockFolder(path: string): Promise<Disposable | undefined> {
  try {
    const folder = Deno.openSync(path);
    try {
      await folder.lock(true);
    } catch {
      // The file system has no locks.
    }
    return folder;
  } catch {
    // Not every system opens folders.
    return undefined;
  }
}
