/**
 * Writes a file that a program names into a folder of the user's: whole or not at all, and over
 * nothing but a file of that name, whose further names keep what they have.
 *
 * @module
 */

import { parentOf, syncDirectory } from "./atomic_file.ts";
import { onDisk } from "./disk_error.ts";
import { lstatIfThere } from "./folders.ts";
import { fill } from "./output_file.ts";
import { requireRegular } from "./regular_file.ts";
import { type Chunks, Replacement, sweepingFirst } from "./replacement.ts";

/**
 * Puts a file into a folder that is there, synced with its name.
 *
 * @param unfinished The unfinished files in the folder; those of this name are removed.
 * @throws {StorageError} naming the path, when the disk does not take it, or what has the name is a
 * symbolic link, a directory, a device or a pipe; what `chunks` throws is passed on.
 */
export async function placeFile(
  path: string,
  chunks: Chunks,
  { unfinished }: { readonly unfinished: readonly string[] },
): Promise<void> {
  await onDisk("write", path, () => {
    const there = lstatIfThere(path);
    if (there !== undefined) requireRegular(there);
  });
  using beside = await onDisk("write", path, () => new Replacement(path, undefined));
  await fill(beside.file, sweepingFirst(chunks, path, unfinished), path);
  await onDisk("sync", path, () => beside.file.sync());
  await onDisk("write", path, () => beside.takePlace());
  await syncDirectory(parentOf(path));
}
