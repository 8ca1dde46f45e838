/**
 * A lock on a file: one process at a time, freed by the system however it ends.
 *
 * The file is never removed: whoever held the removed one would not see the holder of
 * its successor.
 *
 * @module
 */

import { LockedError, quote } from "../errors.ts";
import { delay } from "../deps/std_async.ts";
import { onDisk } from "./disk_error.ts";
import { openOrCreate, openRegular, readWhole } from "./regular_file.ts";

/** How a lock is taken. */
export interface LockOptions {
  /**
   * Waits until the holder lets go, instead of throwing; the signal ends the wait. Whoever
   * waits for several locks takes them in an order that all processes share.
   *
   * @default {undefined}
   */
  readonly wait?: Wait | undefined;
}

/** A wait for whoever holds a lock. */
export interface Wait {
  readonly signal: AbortSignal;
  /** Is called at every look with who holds the lock. */
  readonly onLook?: (holder: string) => void;
}

/** How long a waiter pauses between two looks. */
const LOOK_EVERY_MS = 100;

/** What a holder is called whose name cannot be read. */
const UNNAMED = "another process";

/** How long its name may take to be there, and how often it is looked for. */
const NAMED_WITHIN_MS = 100;
const MAX_LOOKS = 5;

/** A lock that is held until it is disposed of. */
export class Lock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock at once, or says who has it; or waits for it. The folder has to be there.
   *
   * @throws {LockedError} when another process, or another part of this one, holds it.
   * @throws {StorageError} when the file cannot be opened or is no regular file.
   * @throws the signal's reason when it aborts the wait.
   */
  static async take(path: string, { wait }: LockOptions = {}): Promise<Lock> {
    const access = { read: true, write: true };
    const file = await onDisk("lock", path, () => openOrCreate(path, access));
    try {
      // At once: a run takes hundreds of locks, and each wait takes longer than the call.
      while (!await onDisk("lock", path, () => file.tryLockSync(true))) {
        if (wait === undefined) throw await lockedError(path);
        wait.onLook?.(readHolder(path));
        await delay(LOOK_EVERY_MS, wait);
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

async function lockedError(path: string): Promise<LockedError> {
  let holder = readHolder(path);
  // Whoever has just taken it may not have written its name yet.
  for (let look = 1; holder === UNNAMED && look < MAX_LOOKS; look++) {
    await delay(NAMED_WITHIN_MS / MAX_LOOKS);
    holder = readHolder(path);
  }
  return new LockedError(`Cannot lock ${quote(path)}: ${holder} holds it`, { path, holder });
}

function writeHolder(file: Deno.FsFile) {
  file.truncateSync(0);
  file.writeSync(new TextEncoder().encode(`process ${Deno.pid}\n`));
}

/** What the holder wrote, unless it is just writing it or the system keeps it from us. */
function readHolder(path: string): string {
  try {
    using file = openRegular(path);
    const text = new TextDecoder().decode(file && readWhole(file));
    if (/^process \d{1,10}\n$/.test(text)) return text.trim();
  } catch {
    // Windows keeps others from reading what is locked.
  }
  return UNNAMED;
}
