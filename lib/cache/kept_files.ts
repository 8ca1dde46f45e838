/**
 * Files that may be removed at any time, also while they are written: whoever reads one
 * checks it, so nothing here is synced.
 *
 * @module
 */

import { StorageError } from "../errors.ts";
import { parentOf, writeAtomically } from "./atomic_file.ts";
import type { CacheDirectory } from "./directory.ts";
import { type FileFormat, formatLine, readOnlyLine } from "./file_format.ts";
import { removeFile, sweepOrphans } from "./removal.ts";
import { openRegular, readWhole } from "./regular_file.ts";

/** How often a file is written whose folder another process removes meanwhile. */
const MAX_WRITES = 3;

/** Such files of a cache directory, by path. */
export class KeptFiles {
  readonly #directory: CacheDirectory;
  /** Folders whose leftovers are gone. */
  readonly #swept = new Set<string>();
  readonly #found = new Map<string, Promise<boolean>>();
  readonly #made = new Map<string, Promise<void>>();

  constructor(directory: CacheDirectory) {
    this.#directory = directory;
  }

  /** All of the bytes, or `undefined` when there are none that can be read. */
  async read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (!await this.#hasFolder(path)) return undefined;
    try {
      using file = openRegular(path);
      return file && readWhole(file);
    } catch {
      return undefined;
    }
  }

  /** What a file says that is one line of a format; `undefined` when there is none. */
  async readLine(path: string, format: FileFormat): Promise<Record<string, unknown> | undefined> {
    const bytes = await this.read(path);
    return bytes && readOnlyLine(bytes, format);
  }

  /** Writes such a file. @throws {StorageError} when the disk does not take it. */
  async writeLine(
    path: string,
    format: FileFormat,
    content: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.write(path, new TextEncoder().encode(formatLine(format, content)));
  }

  /** How many bytes there are, or `undefined` when there are none that can be read. */
  async sizeOf(path: string): Promise<number | undefined> {
    if (!await this.#hasFolder(path)) return undefined;
    const info = await Deno.lstat(path).catch(() => undefined);
    return info?.isFile ? info.size : undefined;
  }

  /** @throws {StorageError} when the disk does not take it. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    for (let writes = 1;; writes++) {
      await this.#makeFolder(path);
      await this.#sweep(parentOf(path));
      try {
        return await writeAtomically(path, [bytes], { sync: false });
      } catch (error) {
        if (!isFolderGone(error) || writes === MAX_WRITES) throw error;
        this.#made.delete(parentOf(path));
      }
    }
  }

  /** It is no error when there is none. */
  async remove(path: string): Promise<void> {
    if (await this.#directory.hasParent(path)) await removeFile(path);
  }

  /** A run reads many files in each folder: whether it is there is looked up once. */
  #hasFolder(path: string): Promise<boolean> {
    return this.#found.getOrInsertComputed(parentOf(path), () => this.#directory.hasParent(path));
  }

  async #makeFolder(path: string): Promise<void> {
    const folder = parentOf(path);
    try {
      await this.#made.getOrInsertComputed(folder, () => this.#directory.makeParent(path));
      this.#found.set(folder, Promise.resolve(true));
    } catch (error) {
      this.#made.delete(folder);
      throw error;
    }
  }

  async #sweep(folder: string): Promise<void> {
    if (this.#swept.has(folder)) return;
    this.#swept.add(folder);
    await sweepOrphans(folder);
  }
}

function isFolderGone(error: unknown): boolean {
  return error instanceof StorageError && error.code === "ENOENT";
}
