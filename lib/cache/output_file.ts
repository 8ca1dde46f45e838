/**
 * Writes what the user asked for to the place that the user names, as a shell would: a device
 * or a pipe takes what comes, a symbolic link stays. A regular file is replaced as a whole
 * where nobody could tell the new one from it, else filled with what has been written beside it.
 *
 * @module
 */

import {
  finishedName,
  isTemporaryName,
  nameOf,
  parentOf,
  syncDirectory,
  temporaryPath,
} from "./atomic_file.ts";
import { codeOf, diskError, onDisk } from "./disk_error.ts";
import { makeDirectory } from "./folders.ts";
import { findTarget } from "./output_target.ts";
import { openRegular } from "./regular_file.ts";

/** Bytes as they come, or as they are there. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** How an output is opened. */
export interface OutputOptions {
  /**
   * The unfinished files in its folder, where many outputs are written to one.
   *
   * @default {those that are there}
   */
  readonly unfinished?: readonly string[];
  /** Is told when a pipe has had no reader for a second. @default {a function that ignores it} */
  readonly onWait?: () => void;
}

const SOON_MS = 1_000;

/** For whoever the user's own settings (umask) let read and write. */
const FILE_MODE = 0o666;
const FOLDER_MODE = 0o777;

/** An output that can be written, once. */
export class OutputFile implements Disposable {
  readonly #name: string;
  readonly #stream: Deno.FsFile | undefined;
  readonly #unfinished: readonly string[] | undefined;

  private constructor(name: string, stream: Deno.FsFile | undefined, options: OutputOptions) {
    this.#name = name;
    this.#stream = stream;
    this.#unfinished = options.unfinished;
  }

  /**
   * Finds out whether the place can be written. A device or a pipe is opened, and the end of
   * this is its end; a pipe that nobody reads is waited for.
   *
   * @throws {StorageError} naming the path, when it cannot.
   */
  static async open(name: string, options: OutputOptions = {}): Promise<OutputFile> {
    const { kind, file } = await findTarget(name);
    if (kind !== "stream") return new OutputFile(name, undefined, options);
    const access = file?.isFile ? { append: true } : { write: true };
    const timer = setTimeout(() => options.onWait?.(), SOON_MS);
    try {
      const stream = await onDisk("write", name, () => Deno.open(name, access));
      return new OutputFile(name, stream, options);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether it is a device or a pipe, whose reader waits for an end though nothing comes. */
  get isStream(): boolean {
    return this.#stream !== undefined;
  }

  /**
   * Writes all of the bytes. After a failure a file that is replaced is as it was before. The
   * folder of a file is made when it is missing. A pipe whose reader has gone takes no more,
   * which is no error.
   *
   * @throws {StorageError} when the disk does not take it; what `chunks` throws is passed on.
   */
  async write(chunks: Chunks): Promise<void> {
    if (this.#stream === undefined) return await this.#writeFile(chunks);
    try {
      await fill(this.#stream, chunks, this.#name);
    } catch (error) {
      if (!((error as Error).cause instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }

  /** Ends a device or a pipe. */
  [Symbol.dispose](): void {
    this.#stream?.close();
  }

  async #writeFile(chunks: Chunks): Promise<void> {
    const name = this.#name;
    const { path, kind, file: old } = await findTarget(name);
    if (kind === "filled") return await refill(path, chunks, name);
    if (kind === "stream") throw diskError("write", name, new Error("it is no file any more"));
    const folder = parentOf(path);
    await makeDirectory(folder, { mode: FOLDER_MODE });
    const unfinished = this.#unfinished ?? await unfinishedIn(folder);
    using beside = await onDisk("write", name, () => new Beside(path, old));
    await fill(beside.file, sweepingFirst(chunks, path, unfinished), name);
    await onDisk("sync", name, () => beside.file.sync());
    const isDone = await onDisk("write", name, () => beside.takePlace());
    if (isDone) await syncDirectory(folder);
    else await refill(path, contentOf(beside.file), name);
  }
}

/** The new file, under a name of its own until it takes the old one's place. */
class Beside implements Disposable {
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
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (isTemporaryName(name)) names.push(name);
  } catch {
    // Whoever writes into it will see why.
  }
  return names;
}

/** In these bytes every format begins as it always does, and as no other. */
const BEGINNING = 7;

/** The chunks; before the first one is passed on, what killed writers of the file left is removed. */
async function* sweepingFirst(
  chunks: Chunks,
  path: string,
  unfinished: readonly string[],
): AsyncGenerator<Uint8Array> {
  let left = unfinished.filter((name) => finishedName(name) === nameOf(path));
  for await (const chunk of chunks) {
    for (const name of left) sweep(`${parentOf(path)}/${name}`, chunk.subarray(0, BEGINNING));
    left = [];
    yield chunk;
  }
}

/** Removes a file that has no living writer and begins as this one, or has not begun. */
function sweep(path: string, beginning: Uint8Array): void {
  try {
    using file = openRegular(path, { read: true, write: true });
    if (file === undefined || !file.tryLockSync(true)) return;
    const bytes = new Uint8Array(beginning.length);
    const length = file.readSync(bytes) ?? 0;
    if (bytes.subarray(0, length).every((byte, i) => byte === beginning[i])) Deno.removeSync(path);
  } catch {
    // It does no harm and stays.
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The next run to the same output sweeps it.
  }
}

/** Puts the bytes into a file that is there, in the place of its own. */
async function refill(path: string, chunks: Chunks, name: string): Promise<void> {
  const access = { write: true, truncate: true };
  using file = await onDisk("write", name, () => Deno.open(path, access));
  await fill(file, chunks, name);
  await onDisk("sync", name, () => file.sync());
}

async function* contentOf(file: Deno.FsFile): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(1 << 20);
  await file.seek(0, Deno.SeekMode.Start);
  for (let length; (length = await file.read(buffer)) !== null;) yield buffer.subarray(0, length);
}

/** Writes all of the bytes; signals come through meanwhile. */
async function fill(file: Deno.FsFile, chunks: Chunks, name: string): Promise<void> {
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0;) {
      const taken = await onDisk("write", name, () => file.write(rest));
      if (taken === 0) throw diskError("write", name, new Error("it takes no more bytes"));
      rest = rest.subarray(taken);
    }
  }
}
