/**
 * Removes files of the cache, which need not be there, or moves them out of the way where this
 * program must neither use nor lose them.
 *
 * @module
 */

import { onDisk } from "./disk_error.ts";
import { entriesIn, lstatIfThere } from "./folders.ts";

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

/** Renames a file to `….aside`, or `….aside-2` and so on, whichever is free, and tells it. */
export async function quarantine(path: string): Promise<string> {
  return await onDisk("move aside", path, async () => {
    for (let n = 1;; n++) {
      const aside = n === 1 ? `${path}.aside` : `${path}.aside-${n}`;
      if (lstatIfThere(aside) !== undefined) continue;
      await Deno.rename(path, aside);
      return aside;
    }
  });
}

/** Whether a name is one that {@linkcode quarantine} gives. */
export function isAsideName(name: string): boolean {
  return /\.aside(-\d+)?$/.test(name);
}
