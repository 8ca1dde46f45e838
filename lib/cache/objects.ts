/**
 * The object store: objects kept as they came, so that another symbol needs no network.
 *
 * Nothing here is trusted: whoever reads an object checks it again, so a write needs no
 * sync and deleting any of it is always safe.
 *
 * @module
 */

import type { CacheDirectory } from "./directory.ts";
import { KeptFiles } from "./kept_files.ts";

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

  /** Bytes of what is kept under a key, `undefined` when there is nothing to read. */
  async sizeOf(key: string): Promise<number | undefined> {
    return await this.#files.sizeOf(this.#directory.objectPath(key));
  }

  /** @throws {StorageError} when the disk does not take it. */
  async write(key: string, bytes: Uint8Array): Promise<void> {
    await this.#files.write(this.#directory.objectPath(key), bytes);
  }

  /** Forgets an object; it is no error when there is none. */
  async remove(key: string): Promise<void> {
    await this.#files.remove(this.#directory.objectPath(key));
  }
}
