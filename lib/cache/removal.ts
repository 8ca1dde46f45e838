/**
 * Removes files of the cache; that there is none is no error.
 *
 * @module
 */

import { onDisk } from "./disk_error.ts";
import { entriesIn } from "./folders.ts";

/** A file that was removed, and how long it was. */
export interface RemovedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * @param onRemoved is called with it, where it was there.
 * @throws {StorageError} when the file is there and stays.
 */
export async function removeFile(
  path: string,
  onRemoved?: (file: RemovedFile) => void,
): Promise<void> {
  await onDisk("remove", path, async () => {
    try {
      const bytes = onRemoved === undefined ? 0 : (await Deno.lstat(path)).size;
      await Deno.remove(path);
      onRemoved?.({ path, bytes });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  });
}

/** What becomes of the files of a folder. */
export interface FolderRemoval {
  readonly isWanted: (path: string) => boolean;
  /** Is called with each file, link and other thing that stays. */
  readonly onLeft: (path: string) => void;
  readonly onRemoved: (file: RemovedFile) => void;
}

/**
 * Removes the wanted files of a folder and of those below it, and each folder that is empty
 * then. Another process may add to them and remove from them meanwhile.
 *
 * @returns whether anything was removed.
 * @throws {StorageError} when the disk fails.
 */
export async function removeFiles(folder: string, removal: FolderRemoval): Promise<boolean> {
  let isAnyRemoved = false;
  for (const { name, isDirectory, isFile } of await entriesIn(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) {
      if (await removeFiles(path, removal)) isAnyRemoved = true;
    } else if (isFile && removal.isWanted(path)) {
      await removeFile(path, removal.onRemoved);
      isAnyRemoved = true;
    } else removal.onLeft(path);
  }
  if (isAnyRemoved) await removeEmpty(folder);
  return isAnyRemoved;
}

async function removeEmpty(folder: string): Promise<void> {
  try {
    await Deno.remove(folder);
  } catch {
    // There is something in it that stays, or has just come; or it is gone already.
  }
}
