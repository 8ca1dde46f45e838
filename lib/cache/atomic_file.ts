/**
 * Writes a file whole or not at all: beside its name first, then renamed over it.
 *
 * @module
 */

import { givingWay } from "../concurrency/give_way.ts";
import { diskError, onDisk } from "./disk_error.ts";

/** How an atomic file is written. */
export interface AtomicFileOptions {
  /**
   * Whether the bytes and the rename are on the disk before the promise resolves. Not needed
   * for what is checked whenever it is read. With `"bytes"` the rename is the caller's to sync.
   *
   * @default {true}
   */
  readonly sync?: boolean | "bytes";
}

/**
 * Replaces a file's content, for its owner alone. Whoever reads the path meanwhile sees the old content or
 * the new one; after a failure the old one is untouched. A symlink is replaced, not
 * followed.
 *
 * @throws {StorageError} naming the path, when the disk fails; what `chunks` throws is
 * passed on as it is.
 */
export async function writeAtomically(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { sync = true }: AtomicFileOptions = {},
): Promise<void> {
  const beside = temporaryPath(path);
  const file = await onDisk(
    "write",
    path,
    () => Deno.openSync(beside, { write: true, createNew: true, mode: 0o600 }),
  );
  try {
    await fill(path, file, chunks, { sync: sync !== false });
    await onDisk("write", path, () => Deno.renameSync(beside, path));
  } catch (error) {
    removeQuietly(beside);
    throw error;
  }
  if (sync === true) await syncDirectory(parentOf(path));
}

/** Replaces a file's content at once, as {@linkcode writeAtomically} does, and returns its size. */
export function replaceSync(path: string, chunks: Iterable<Uint8Array>): number {
  const beside = temporaryPath(path);
  using file = Deno.openSync(beside, { write: true, createNew: true, mode: 0o600 });
  let size = 0;
  try {
    for (const chunk of chunks) {
      writeAllSync(file, chunk);
      size += chunk.length;
    }
    file.syncDataSync();
    Deno.renameSync(beside, path);
  } catch (error) {
    removeQuietly(beside);
    throw error;
  }
  return size;
}

/** Removes an unfinished file; one that stays is swept by a later run. */
export function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It does no harm.
  }
}

/** Whether a name is that of an unfinished file, left behind when it is old. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.[0-9a-f]{8}\.tmp$/.test(name);
}

/** The name that an unfinished file was to get, as far as it fits; `undefined` of any other file. */
export function finishedName(name: string): string | undefined {
  return isTemporaryName(name) ? name.slice(1, -".01234567.tmp".length) : undefined;
}

/** As much of a name as fits into that of its unfinished file: 255 bytes are the most anywhere. */
export function fittingName(name: string): string {
  const bytes = new Uint8Array(255 - "..01234567.tmp".length);
  return name.slice(0, new TextEncoder().encodeInto(name, bytes).read);
}

/** The path of an unfinished file, beside the path that it is to become. */
export function temporaryPath(path: string): string {
  const [random] = crypto.getRandomValues(new Uint32Array(1));
  const suffix = random!.toString(16).padStart(8, "0");
  return `${parentOf(path)}/.${fittingName(lastPart(path))}.${suffix}.tmp`;
}

/** Makes a directory's entries durable, where the system can. */
export async function syncDirectory(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await onDisk("open", path, () => Deno.open(path));
  await onDisk("sync", path, () => directory.sync());
}

/** Writes all of the bytes: one write may take only a part of them. */
export function writeAllSync(file: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array) {
  for (let written = 0; written < bytes.length;) {
    const taken = file.writeSync(bytes.subarray(written));
    if (taken === 0) throw new Error(`only ${written} of ${bytes.length} bytes were taken`);
    written += taken;
  }
}

/** The directory that a path is in. */
export function parentOf(path: string): string {
  const end = lastSeparator(path);
  return end === -1 ? "." : path.slice(0, end) || "/";
}

/** The last part of a path. */
export function lastPart(path: string): string {
  return path.slice(lastSeparator(path) + 1);
}

function lastSeparator(path: string): number {
  const isWindows = Deno.build.os === "windows";
  return Math.max(path.lastIndexOf("/"), isWindows ? path.lastIndexOf("\\") : -1);
}

async function fill(
  path: string,
  file: Deno.FsFile,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { sync }: { sync: boolean },
): Promise<void> {
  using _closed = file;
  const giveWay = givingWay();
  for await (const chunk of chunks) {
    await giveWay();
    try {
      writeAllSync(file, chunk);
    } catch (error) {
      throw diskError("write", path, error);
    }
  }
  if (sync) await onDisk("sync", path, () => file.sync());
}
