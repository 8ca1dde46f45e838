/**
 * The new file that an output is written to, beside the old one whose place it takes; and what
 * killed writers have left of such files. A living writer holds a lock on its own.
 *
 * @module
 */

import {
  finishedName,
  fittingName,
  isTemporaryName,
  lastPart,
  parentOf,
  removeQuietly,
  temporaryPath,
} from "./atomic_file.ts";
import { codeOf } from "./disk_error.ts";
import { entriesIn } from "./folders.ts";
import { openRegular, readWhole } from "./regular_file.ts";

/** Bytes as they come, or as they are there. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** For whoever the user's own settings (umask) let read and write. */
const FILE_MODE = 0o666;

/** The new file, under a name of its own until it takes the old one's place. */
export class Replacement implements Disposable {
  readonly file: Deno.FsFile;
  readonly #path: string;
  readonly #place: string;
  readonly #old: Deno.FileInfo | undefined;
  #isMoved = false;

  constructor(place: string, old: Deno.FileInfo | undefined) {
    this.#place = place;
    this.#old = old;
    const access = { read: true, write: true, createNew: true, mode: old ? 0o600 : FILE_MODE };
    do {
      this.#path = temporaryPath(place);
      this.file = Deno.openSync(this.#path, access);
    } while (!isKept(this.#path, this.file));
  }

  /**
   * Renames it over the old file, unless that would be seen by other than its content: where
   * the old one has further names or another owner, or the system wants this very file.
   */
  takePlace(): boolean {
    const [old, own] = [this.#old, this.file.statSync()];
    if (old !== undefined) {
      if ((old.nlink ?? 1) > 1 || old.uid !== own.uid || old.gid !== own.gid) return false;
      if (old.mode !== own.mode) Deno.chmodSync(this.#path, old.mode! & 0o7777);
    }
    try {
      Deno.renameSync(this.#path, this.#place);
    } catch (error) {
      if (old !== undefined && isRefused(error)) return false;
      throw error;
    }
    return this.#isMoved = true;
  }

  [Symbol.dispose](): void {
    this.file.close();
    if (!this.#isMoved) removeQuietly(this.#path);
  }
}

/** As of a file that is a mount point, or another's in a folder where all may write. */
function isRefused(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied ||
    codeOf(error) === "EBUSY";
}

/** Locks a new file, so that whoever sweeps leaves it alone; false when it is swept already. */
function isKept(path: string, file: Deno.FsFile): boolean {
  try {
    if (file.tryLockSync(true)) return Deno.lstatSync(path).isFile;
  } catch (error) {
    // Where there are no locks nothing is swept.
    if (!(error instanceof Deno.errors.NotFound)) return true;
  }
  file.close();
  return false;
}

/** The names of a folder's unfinished files; none of a folder that cannot be read. */
export async function unfinishedIn(folder: string): Promise<string[]> {
  // Whoever writes into it will see why.
  const entries = await entriesIn(folder).catch(() => []);
  return entries.map(({ name }) => name).filter(isTemporaryName);
}

/** In these bytes every format begins as it always does, and as no other. */
const BEGINNING = 7;

/** The chunks; before the first one is passed on, what killed writers of the file left is removed. */
export async function* sweepingFirst(
  chunks: Chunks,
  path: string,
  unfinished: readonly string[],
): AsyncGenerator<Uint8Array> {
  const fitting = fittingName(lastPart(path));
  let left = unfinished.filter((name) => finishedName(name) === fitting);
  for await (const chunk of chunks) {
    for (const name of left) sweep(`${parentOf(path)}/${name}`, chunk.subarray(0, BEGINNING));
    left = [];
    yield chunk;
  }
}

/** Removes an unfinished file that has no living writer and begins so, or has not begun. */
export function sweep(path: string, beginning: Uint8Array): void {
  try {
    using file = openRegular(path, { read: true, write: true });
    if (file === undefined || !file.tryLockSync(true)) return;
    const bytes = readWhole(file, beginning.length);
    if (bytes.every((byte, i) => byte === beginning[i])) Deno.removeSync(path);
  } catch {
    // It does no harm and stays.
  }
}
