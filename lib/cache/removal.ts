/**
 * Removes files of the cache, which need not be there, or moves them out of the way where this
 * program must neither use nor lose them; and sweeps what a killed writer left beside a name.
 *
 * @module
 */

import { onDisk } from "./disk_error.ts";
import { entriesIn, lstatIfThere } from "./folders.ts";
import { DAY_MS } from "../dated_object.ts";
import { finishedName } from "./atomic_file.ts";
import { isOwnTemporary } from "./ownership.ts";

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

/** Which orphaned temporaries go although they are young. */
export interface SweepOptions {
  /** Names of files that nobody else can be writing now. @default {[]} */
  readonly held?: readonly string[];
}

/**
 * Removes what a killed writer of an atomic file left beside its name. Whoever writes atomically
 * into a folder of the cache sweeps it first, once a run.
 *
 * A file that nobody has written to for a day has no living writer; one that belongs to a path
 * whose lock is held has none either, whatever its age. What cannot be removed does no harm and
 * stays.
 */
export async function sweepOrphans(
  folder: string,
  { held = [] }: SweepOptions = {},
): Promise<void> {
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !isOwnTemporary(name)) continue;
      const path = `${folder}/${name}`;
      const isLeft = held.includes(finishedName(name)!) || await isOld(path);
      if (isLeft) await Deno.remove(path);
    }
  } catch {
    // No folder, or somebody else's: then there is nothing to tidy up here.
  }
}

async function isOld(path: string): Promise<boolean> {
  const { mtime } = await Deno.lstat(path);
  return mtime !== null && Date.now() - mtime.getTime() > DAY_MS;
}
