/**
 * The object store: objects kept as they came, so that another symbol needs no network.
 *
 * Nothing here is trusted: whoever reads an object checks it again, so a write needs no
 * sync and deleting any of it is always safe. An object whose ETag is no MD5 has a checksum
 * beside it, `….csv.gz.sum`: one sealed line (see `line.ts`)
 *
 *     {"format":"flatfetch-object","version":1,"size":…,"etag":"…","sha256":"…","crc":"…"}
 *
 * which tells the version that was proved when it came, and the SHA-256 of its bytes.
 *
 * @module
 */

import { isMd5, type ObjectVersion } from "../dated_object.ts";
import type { CacheDirectory } from "./directory.ts";
import { KeptFiles } from "./kept_files.ts";

const SUM = { format: "flatfetch-object", version: 1 };

/** The kept objects of a cache directory. */
export class ObjectStore {
  readonly #directory: CacheDirectory;
  readonly #files: KeptFiles;

  constructor(directory: CacheDirectory) {
    this.#directory = directory;
    this.#files = new KeptFiles(directory);
  }

  /**
   * The bytes kept under a key, unchecked, or `undefined` when there are none that can be
   * read.
   */
  async read(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return await this.#files.read(this.#directory.objectPath(key));
  }

  /**
   * The bytes of this version of an object, when they still are what the checksum beside them
   * was made of. Where they are not, both are forgotten.
   */
  async readChecked(object: ObjectVersion): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const sum = await this.#readSum(object.key);
    if (sum === undefined) return undefined;
    const bytes = isSumOf(sum, object) ? await this.read(object.key) : undefined;
    if (bytes !== undefined && sum.sha256 === await sha256Of(bytes)) return bytes;
    await this.remove(object.key);
  }

  /** Whether this version of an object is kept, by all that shows without reading its bytes. */
  async has(object: ObjectVersion): Promise<boolean> {
    const size = await this.#files.sizeOf(this.#directory.objectPath(object.key));
    if (size !== object.size) return false;
    return isMd5(object.etag) || isSumOf(await this.#readSum(object.key) ?? {}, object);
  }

  /** @throws {StorageError} when the disk does not take it. */
  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#files.write(this.#directory.objectPath(key), bytes);
  }

  /**
   * Writes an object with a checksum beside it.
   *
   * @throws {StorageError} when the disk does not take it.
   */
  async writeChecked(
    { key, size, etag }: ObjectVersion,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    await this.write(key, bytes);
    const sum = { size, etag, sha256: await sha256Of(bytes) };
    await this.#files.writeLine(this.#sumPath(key), SUM, sum);
  }

  /** Forgets an object and its checksum; it is no error when there is none. */
  async remove(key: string): Promise<void> {
    await this.#files.remove(this.#directory.objectPath(key));
    await this.#files.remove(this.#sumPath(key));
  }

  #sumPath(key: string): string {
    return `${this.#directory.objectPath(key)}.sum`;
  }

  #readSum(key: string): Promise<Record<string, unknown> | undefined> {
    return this.#files.readLine(this.#sumPath(key), SUM);
  }
}

function isSumOf(sum: Record<string, unknown>, { size, etag }: ObjectVersion): boolean {
  return sum.size === size && sum.etag === etag;
}

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
