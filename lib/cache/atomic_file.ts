/**
 * Writes a file whole or not at all: beside its name first, then renamed over it.
 *
 * @module
 */

import { diskError, onDisk } from "./disk_error.ts";

/** How an atomic file is written. */
export interface AtomicFileOptions {
  /**
   * Whether the bytes and the rename are on the disk before the promise resolves.
   * Not needed for what is checked whenever it is read.
   *
   * @default {true}
   */
  readonly sync?: boolean;
  /** Permissions of a new file. @default {0o600} */
  readonly mode?: number;
}

/**
 * Replaces a file's content. Whoever reads the path meanwhile sees the old content or
 * the new one; after a failure the old one is untouched.
 *
 * @throws {StorageError} naming the path.
 */
export async function writeAtomically(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { sync = true, mode = 0o600 }: AtomicFileOptions = {},
): Promise<void> {
  const beside = temporaryPath(path);
  try {
    await writeNew(beside, chunks, { sync, mode });
    await Deno.rename(beside, path);
    if (sync) await syncDirectory(parentOf(path));
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    throw diskError("write", path, error);
  }
}

/** Whether a name is that of an unfinished file, left behind when it is old. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.[0-9a-f]{8}\.tmp$/.test(name);
}

/** Makes a directory's entries durable, where the system can. */
export async function syncDirectory(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await onDisk("open", path, () => Deno.open(path));
  await onDisk("sync", path, () => directory.sync());
}

/** Writes all of the bytes: one write may take only a part of them. */
export function writeAllSync(
  file: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
) {
  for (let written = 0; written < bytes.length;) {
    written += file.writeSync(bytes.subarray(written));
  }
}

/** The directory that a path is in. */
export function parentOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end === -1 ? "." : path.slice(0, end) || "/";
}

function temporaryPath(path: string): string {
  const directory = parentOf(path);
  const name = path.slice(
    Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1,
  );
  const random = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16)
    .padStart(8, "0");
  return `${directory}/.${name}.${random}.tmp`;
}

async function writeNew(
  path: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { sync, mode }: { sync: boolean; mode: number },
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode });
  for await (const chunk of chunks) writeAllSync(file, chunk);
  if (sync) await file.sync();
}
