/**
 * The object store: objects kept as they came, so that another symbol needs no network.
 *
 * Nothing here is trusted: whoever reads an object checks it again, so a write needs no
 * sync and deleting any of it is always safe.
 *
 * @module
 */

import { writeAtomically } from "./atomic_file.ts";
import { type CacheDirectory, makeParent } from "./directory.ts";
import { removeFile } from "./removal.ts";

/** The kept objects of a cache directory. */
export class ObjectStore {
  readonly #directory: CacheDirectory;

  constructor(directory: CacheDirectory) {
    this.#directory = directory;
  }

  /** The bytes kept under a key, unchecked, or `undefined` when there are none. */
  async read(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const path = this.#directory.objectPath(key);
    try {
      if (!(await Deno.lstat(path)).isFile) return undefined;
      return await Deno.readFile(path);
    } catch {
      return undefined;
    }
  }

  /** @throws {StorageError} when the disk does not take it. */
  async write(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#directory.objectPath(key);
    await makeParent(path);
    await writeAtomically(path, [bytes], { sync: false });
  }

  /** Forgets an object; it is no error when there is none. */
  async remove(key: string): Promise<void> {
    await removeFile(this.#directory.objectPath(key));
  }
}
