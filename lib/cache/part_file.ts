/**
 * A large object that comes in parts, each at its place in one file, so that a later run fetches
 * only those that are not there.
 *
 *     bytes 0 to size          the object's bytes
 *     from size on, 8 a part   the CRC-32 of the part's bytes, and the CRC-32 of that number, which
 *                              begins with that of the text "KEY SIZE ETAG PART_SIZE"
 *
 * Numbers are big-endian. A part is there if and only if its second number is right, and its bytes
 * have the first; so a file of another version of the object has none, and nothing needs a sync. A
 * part is written before its numbers.
 *
 * One process works on a file at a time, by a lock on the file itself; another one takes the next
 * name.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import type { ObjectVersion } from "../dated_object.ts";
import { StorageError } from "../errors.ts";
import { writeAllSync } from "./atomic_file.ts";
import type { CacheDirectory } from "./directory.ts";
import { onDisk } from "./disk_error.ts";
import { fillFrom, openOrCreate, openRegular } from "./regular_file.ts";
import { removeFile } from "./removal.ts";

const ENTRY_BYTES = 8;
const CHUNK_BYTES = 2 ** 18;
/** So many processes may be at work on one object. */
const MAX_NAMES = 8;

/** The parts of an object on the disk. */
export class PartFile implements Disposable {
  readonly path: string;
  readonly #file: Deno.FsFile;
  readonly #object: ObjectVersion;
  readonly #partSize: number;
  readonly #seed: number;
  readonly #there = new Set<number>();
  #isOpen = true;

  private constructor(
    file: Deno.FsFile,
    path: string,
    { object, partSize }: { object: ObjectVersion; partSize: number },
  ) {
    this.#file = file;
    this.path = path;
    this.#object = object;
    this.#partSize = partSize;
    const { key, size, etag } = object;
    this.#seed = crc32(`${key} ${size} ${etag} ${partSize}`);
  }

  /**
   * Opens the file of an object, or makes it, and looks at which parts are there.
   *
   * @throws {StorageError} when the disk does not take it.
   */
  static async open(
    directory: CacheDirectory,
    object: ObjectVersion,
    partSize: number,
  ): Promise<PartFile> {
    const base = directory.objectPath(object.key);
    await directory.makeParent(base);
    for (let name = 1; name <= MAX_NAMES; name++) {
      const path = `${base}${name === 1 ? "" : `.${name}`}.part`;
      const access = { read: true, write: true };
      const file = await onDisk("open", path, () => openOrCreate(path, access));
      if (!file.tryLockSync(true)) {
        file.close();
        continue;
      }
      const parts = new PartFile(file, path, { object, partSize });
      try {
        parts.#look();
        return parts;
      } catch (error) {
        file.close();
        throw error;
      }
    }
    const message = `Cannot open ${JSON.stringify(base)}: ${MAX_NAMES} processes load it already`;
    throw new StorageError(message, { path: base });
  }

  /** Whether nothing of the object is there. */
  get isEmpty(): boolean {
    return this.#there.size === 0;
  }

  /** How many parts the object has. */
  get count(): number {
    return Math.ceil(this.#object.size / this.#partSize);
  }

  /** Whether a part is there; the first is 0. */
  has(part: number): boolean {
    return this.#there.has(part);
  }

  /** The first byte of a part, and the one after its last. */
  spanOf(part: number): { readonly start: number; readonly end: number } {
    const start = part * this.#partSize;
    return { start, end: Math.min(this.#object.size, start + this.#partSize) };
  }

  /** @throws {StorageError} when the disk does not take it. */
  async write(part: number, bytes: Uint8Array): Promise<void> {
    await onDisk("write", this.path, () => {
      this.#writeAt(this.spanOf(part).start, bytes);
      this.#writeAt(this.#entryAt(part), this.#entryOf(part, crc32(bytes)));
    });
    this.#there.add(part);
  }

  /** Lets go of the file, which stays. */
  [Symbol.dispose](): void {
    if (this.#isOpen) this.#file.close();
    this.#isOpen = false;
  }

  /**
   * Makes it the kept object, when all parts are there, and lets go of it.
   *
   * @throws {StorageError} when the disk does not take it.
   */
  async keep(): Promise<void> {
    await onDisk("keep", this.path, async () => {
      this.#file.truncateSync(this.#object.size);
      await Deno.rename(this.path, this.path.replace(/(\.\d)?\.part$/, ""));
    });
    this[Symbol.dispose]();
  }

  /** Lets go of the file and removes it. */
  async remove(): Promise<void> {
    this[Symbol.dispose]();
    await removeFile(this.path);
  }

  #look(): void {
    const { size } = this.#file.statSync();
    const buffer = new Uint8Array(Math.min(this.#partSize, this.#object.size));
    for (let part = 0; part < this.count; part++) {
      const { start, end } = this.spanOf(part);
      const entryAt = this.#entryAt(part);
      // Nothing behind the end of the file is there; parts come in any order.
      if (entryAt + ENTRY_BYTES > size) return;
      const entry = this.#readAt(entryAt, new Uint8Array(ENTRY_BYTES));
      const crc = new DataView(entry.buffer).getUint32(0);
      if (!isSame(entry, this.#entryOf(part, crc))) continue;
      const bytes = this.#readAt(start, buffer.subarray(0, end - start));
      if (crc32(bytes) === crc) this.#there.add(part);
    }
  }

  #entryAt(part: number): number {
    return this.#object.size + part * ENTRY_BYTES;
  }

  #entryOf(part: number, crc: number): Uint8Array {
    const entry = new DataView(new ArrayBuffer(ENTRY_BYTES));
    entry.setUint32(0, crc);
    const text = `${part} ${crc}`;
    entry.setUint32(4, crc32(text, this.#seed));
    return new Uint8Array(entry.buffer);
  }

  #writeAt(place: number, bytes: Uint8Array): void {
    this.#file.seekSync(place, Deno.SeekMode.Start);
    writeAllSync(this.#file, bytes);
  }

  #readAt<B extends Uint8Array>(place: number, bytes: B): B {
    this.#file.seekSync(place, Deno.SeekMode.Start);
    fillFrom(this.#file, bytes);
    return bytes;
  }
}

/** The first bytes of a file, in chunks, from the beginning each time that it is called. */
export async function* chunksOf(path: string, size: number): AsyncIterable<Uint8Array> {
  const file = await onDisk("read", path, () => {
    const opened = openRegular(path);
    if (opened === undefined) throw new Deno.errors.NotFound("it is not there");
    return opened;
  });
  using _file = file;
  for (let left = size; left > 0;) {
    const chunk = new Uint8Array(Math.min(left, CHUNK_BYTES));
    const read = await onDisk("read", path, () => file.read(chunk));
    if (read === null) return;
    left -= read;
    yield chunk.subarray(0, read);
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, i) => byte === b[i]);
}
