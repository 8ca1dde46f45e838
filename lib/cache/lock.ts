/**
 * A lock on a file: one process at a time, freed by the system however it ends.
 *
 * The file is never removed: whoever held the removed one would not see the holder of
 * its successor.
 *
 * @module
 */

import { LockedError, quote } from "../errors.ts";
import { onDisk } from "./disk_error.ts";

/** A lock that is held until it is disposed of. */
export class Lock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock at once, or says who has it.
   *
   * @throws {LockedError} when another process, or another part of this one, holds it.
   * @throws {StorageError} when the file cannot be opened.
   */
  static async take(path: string): Promise<Lock> {
    const file = await onDisk("lock", path, () => openLockFile(path));
    try {
      if (!await onDisk("lock", path, () => file.tryLock(true))) {
        const holder = await readHolder(path);
        throw new LockedError(
          `Cannot lock ${quote(path)}: ${holder} holds it`,
          { path, holder },
        );
      }
      await onDisk("write", path, () => writeHolder(file));
      return new Lock(file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  [Symbol.dispose]() {
    this.#file.close();
  }
}

/** Opens a regular file, made when it is missing; a symlink or a FIFO is refused. */
async function openLockFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, {
      read: true,
      write: true,
      createNew: true,
      mode: 0o600,
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    if (!(await Deno.lstat(path)).isFile) {
      throw new Error("it is not a regular file");
    }
    return await Deno.open(path, { read: true, write: true });
  }
}

async function writeHolder(file: Deno.FsFile) {
  await file.truncate(0);
  file.writeSync(new TextEncoder().encode(`process ${Deno.pid}\n`));
}

async function readHolder(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return /^process \d{1,10}\n$/.test(text) ? text.trim() : "another process";
}
