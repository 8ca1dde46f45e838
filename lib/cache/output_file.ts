/**
 * Writes what the user asked for to the place that the user names, as a shell would: a device
 * or a pipe takes what comes, a symbolic link stays. A regular file is replaced as a whole
 * where nobody could tell the new one from it, else filled with what has been written beside it.
 * Where a name leads, and whether that can be written, is known before any work.
 *
 * @module
 */

import { lastPart, parentOf, syncDirectory, temporaryPath } from "./atomic_file.ts";
import { codeOf, diskError, onDisk } from "./disk_error.ts";
import { lstatIfThere, makeDirectory } from "./folders.ts";
import { type Chunks, Replacement, sweepingFirst, unfinishedIn } from "./replacement.ts";
import { quote } from "../errors.ts";
import { ifThere } from "./regular_file.ts";

/** How an output is opened. */
export interface OutputOptions {
  /**
   * The unfinished files in its folder, where many outputs are written to one.
   *
   * @default {those that are there}
   */
  readonly unfinished?: readonly string[];
  /** Is called when a pipe has had no reader for a second. @default {a function that ignores it} */
  readonly onWait?: () => void;
}

const SOON_MS = 1_000;

/** For whoever the user's own settings (umask) let read and write. */
const FOLDER_MODE = 0o777;

/** An output that can be written, once. */
export class OutputFile implements Disposable {
  /** As the user gave it. */
  readonly name: string;
  readonly #stream: Deno.FsFile | undefined;
  readonly #unfinished: readonly string[] | undefined;

  private constructor(name: string, stream: Deno.FsFile | undefined, options: OutputOptions) {
    this.name = name;
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
      await fill(this.#stream, chunks, this.name);
    } catch (error) {
      if (!((error as Error).cause instanceof Deno.errors.BrokenPipe)) throw error;
    }
  }

  /** Ends a device or a pipe. */
  [Symbol.dispose](): void {
    this.#stream?.close();
  }

  async #writeFile(chunks: Chunks): Promise<void> {
    const { name } = this;
    const { path, kind, file: old } = await findTarget(name);
    if (kind === "filled") return await refill(path, chunks, name);
    if (kind === "stream") throw diskError("write", name, new Error("it is no file any more"));
    const folder = parentOf(path);
    await makeDirectory(folder, { mode: FOLDER_MODE });
    const unfinished = this.#unfinished ?? await unfinishedIn(folder);
    using beside = await onDisk("write", name, () => new Replacement(path, old));
    await fill(beside.file, sweepingFirst(chunks, path, unfinished), name);
    await onDisk("sync", name, () => beside.file.sync());
    const isDone = await onDisk("write", name, () => beside.takePlace());
    if (isDone) await syncDirectory(folder);
    else await refill(path, contentOf(beside.file), name);
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
export async function fill(file: Deno.FsFile, chunks: Chunks, name: string): Promise<void> {
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0;) {
      const taken = await onDisk("write", name, () => file.write(rest));
      if (taken === 0) throw diskError("write", name, new Error("it takes no more bytes"));
      rest = rest.subarray(taken);
    }
  }
}

/** What an output is written to. */
interface OutputTarget {
  /** As the user names it. */
  readonly name: string;
  /** The same behind all symbolic links. */
  readonly path: string;
  /** The file that is there. */
  readonly file: Deno.FileInfo | undefined;
  /**
   * How it is written: what is no regular file, or is only known by a process that has it open,
   * takes what comes; a file is replaced as a whole, or filled where its folder takes no other.
   */
  readonly kind: "stream" | "replaced" | "filled";
}

/**
 * Follows the name, and tries what writing will need; nothing that is there changes.
 *
 * @throws {StorageError} naming it, when it cannot be written.
 */
async function findTarget(name: string): Promise<OutputTarget> {
  return await onDisk("write", name, () => {
    const file = withFolder(name, () => statIfThere(name));
    if (file?.isDirectory) throw new Error("it is a directory");
    if (file !== undefined && !file.isFile) return { name, path: name, file, kind: "stream" };
    const path = followLinks(name);
    if (path === undefined) return { name, path: name, file, kind: "stream" };
    if (path.endsWith("/")) throw new Error("it names no file");
    if (file === undefined) {
      const folder = path === name ? existing(parentOf(path)) : parentOf(path);
      tryFolder(folder, lastPart(path));
      return { name, path, file, kind: "replaced" };
    }
    Deno.openSync(path, { write: true }).close();
    return { name, path, file, kind: takesFileBeside(path) ? "replaced" : "filled" };
  });
}

/**
 * Makes sure that a folder, which may still have to be made, can have outputs of these names.
 *
 * @throws {StorageError} naming what cannot be written.
 */
export async function checkOutputFolder(folder: string, names: readonly string[]): Promise<void> {
  const path = folder.replace(/(?<=.)\/+$/, "");
  await onDisk("write to", folder, () => tryFolder(existing(path), "output"));
  if (statIfThere(path) === undefined) return;
  for (const name of names) await findTarget(`${path}/${name}`);
}

/** The folder, or the nearest above it that is there. */
function existing(folder: string): string {
  const info = statIfThere(folder);
  if (info?.isDirectory) return folder;
  if (info !== undefined) throw new Error(`${quote(folder)} is not a directory`);
  if (isLink(folder)) throw new Error(`${quote(folder)} is a symbolic link to nothing`);
  return existing(parentOf(folder));
}

function takesFileBeside(path: string): boolean {
  try {
    tryFolder(parentOf(path), lastPart(path));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied || codeOf(error) === "EROFS") return false;
    throw error;
  }
}

/** Makes an unfinished file of this name, and removes it. */
function tryFolder(folder: string, name: string): void {
  const path = temporaryPath(`${folder}/${name}`);
  withFolder(path, () => {
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
  });
  Deno.removeSync(path);
}

/** A permission for the file alone would not help: it is written beside its name first. */
function withFolder<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Deno.errors.NotCapable(error.message.replace(`"${path}"`, `"${parentOf(path)}"`));
  }
}

/** More than the system follows: it has said so before. */
const MAX_LINKS = 64;

/**
 * The path at the end of all symbolic links, there or not; `undefined` for a link to what a
 * process has open, such as `/dev/fd/3`, whose text is no path.
 */
function followLinks(name: string): string | undefined {
  let path = name;
  for (let links = 0; links < MAX_LINKS && isLink(path); links++) {
    const folder = parentOf(path);
    if (Deno.realPathSync(folder).startsWith("/proc/")) return undefined;
    const target = Deno.readLinkSync(path);
    path = target.startsWith("/") ? target : `${folder}/${target}`;
  }
  return path;
}

function isLink(path: string): boolean {
  return lstatIfThere(path)?.isSymlink === true;
}

function statIfThere(path: string): Deno.FileInfo | undefined {
  return ifThere(() => Deno.statSync(path));
}
