/**
 * The folders of a cache directory: real ones, for their owner alone, and no symlinks.
 *
 * @module
 */

import { quote, StorageError } from "../errors.ts";
import { temporaryPath } from "./atomic_file.ts";
import { onDisk } from "./disk_error.ts";
import { ifThere } from "./regular_file.ts";

/** Makes a directory and those above it, for their owner alone unless told otherwise. */
export async function makeDirectory(path: string, { mode = 0o700 } = {}): Promise<void> {
  await onDisk("make directory", path, async () => {
    try {
      await Deno.mkdir(path, { recursive: true, mode });
    } catch (error) {
      // A symlink, or a file: the caller's look at it tells which.
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  });
}

/**
 * Makes the folders between a directory and a path in it.
 *
 * @throws {StorageError} when one is a symlink or no directory.
 */
export async function makeFolders(root: string, path: string): Promise<void> {
  for (const folder of foldersBetween(root, path)) {
    if (await isFolder(folder)) continue;
    await makeDirectory(folder);
    await isFolder(folder);
  }
}

/** Whether the folders between a directory and a path in it are there and no symlinks. */
export async function arePlainFolders(root: string, path: string): Promise<boolean> {
  try {
    for (const folder of foldersBetween(root, path)) {
      if (!await isFolder(folder)) return false;
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a directory is there.
 *
 * @throws {StorageError} when something else is there, or it cannot be looked at.
 */
export async function isFolder(path: string, what = "folder"): Promise<boolean> {
  const info = await onDisk("open", path, () => lstatIfThere(path));
  if (info === undefined || info.isDirectory) return info !== undefined;
  const kind = info.isSymlink ? "a symbolic link" : "not a directory";
  throw new StorageError(`Cannot use ${what} ${quote(path)}: it is ${kind}`, { path });
}

/** What is in a folder; nothing when it is not there, or another process has just removed it. */
export async function entriesIn(folder: string, action = "list"): Promise<Deno.DirEntry[]> {
  return await onDisk(action, folder, async () => {
    try {
      return await Array.fromAsync(Deno.readDir(folder));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  });
}

/**
 * Refuses symlinks among the folders below a directory, down to a depth.
 *
 * @throws {StorageError} naming the first one.
 */
export async function refuseLinkedFolders(path: string, depth: number): Promise<void> {
  if (!await isFolder(path) || depth === 0) return;
  for (const { name, isFile } of await entriesIn(path)) {
    if (!isFile) await refuseLinkedFolders(`${path}/${name}`, depth - 1);
  }
}

/**
 * Makes sure that a directory belongs to the user who runs this: its owner has to be the
 * owner of a file that is made in it. That needs no permission to ask for the user's ID,
 * and is right on file systems that give every file one owner. There is no exception for
 * the superuser, who would leave files that the directory's owner cannot replace.
 *
 * @throws {StorageError} when it is another user's, or cannot be written.
 */
export async function requireOwn(path: string): Promise<void> {
  const { uid } = await onDisk("open", path, () => Deno.lstat(path));
  if (uid === null || Deno.build.os === "windows") return;
  const ownUid = await onDisk("write", path, () => ownerOfNewFile(temporaryPath(`${path}/owner`)));
  if (uid === ownUid) return;
  throw new StorageError(
    `Cannot use cache directory ${quote(path)}: it belongs to another user (${uid})`,
    { path },
  );
}

async function ownerOfNewFile(path: string): Promise<number | null> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  try {
    return (await file.stat()).uid;
  } finally {
    await Deno.remove(path);
  }
}

function foldersBetween(root: string, path: string): string[] {
  const names = path.slice(root.length + 1).split("/").slice(0, -1);
  return names.map((_, i) => [root, ...names.slice(0, i + 1)].join("/"));
}

/** Whether anything is at a path, as far as it can be looked at. */
export function isThere(path: string): boolean {
  try {
    return lstatIfThere(path) !== undefined;
  } catch {
    return false;
  }
}

/**
 * What is at a path, be it a link. At once: a run looks at hundreds of folders and files, and each
 * wait takes longer than the look.
 */
export function lstatIfThere(path: string): Deno.FileInfo | undefined {
  return ifThere(() => Deno.lstatSync(path));
}
