/**
 * Forgets what a cache directory holds; a ticker's files only under the ticker's lock.
 *
 * @module
 */

import { ANSWER_KINDS, type CacheDirectory } from "./directory.ts";
import { readEntryIdentity } from "./entry.ts";
import { isThere } from "./folders.ts";
import { listStrays, type StoredJournal } from "./inventory.ts";
import { Lock } from "./lock.ts";
import { isMarked, isOwn, mark, othersIn, type OwnFolder } from "./ownership.ts";
import { type RemovedFile, removeFile, removeFiles } from "./removal.ts";

/** Who hears what becomes of each file. */
export interface Witness {
  /** Of what stays because nothing proves it to be this program's. */
  readonly onLeft: (path: string) => void;
  readonly onRemoved: (file: RemovedFile) => void;
}

/** Marks a directory of an older version, so that all is known that it has there. */
export async function markOlder(directory: CacheDirectory): Promise<void> {
  if (await directory.check() === "older") await mark(directory.path);
}

/** A cache directory of which things are forgotten. */
export class Forgetful {
  readonly #directory: CacheDirectory;
  readonly #marked: boolean;
  readonly #witness: Witness;

  constructor(directory: CacheDirectory, witness: Witness) {
    this.#directory = directory;
    this.#marked = isMarked(directory.path);
    this.#witness = witness;
  }

  /** @throws {LockedError} when another process works on the ticker. */
  async journal({ path, content: { of } }: StoredJournal): Promise<void> {
    const lockPath = this.#directory.lockPath(of.dataset, of.ticker);
    await this.#directory.makeParent(lockPath);
    using _lock = await Lock.take(lockPath);
    await removeFile(path, this.#witness.onRemoved);
  }

  /**
   * Forgets the entry at a path, readable or not.
   *
   * @throws {JournalError} when it is of a newer format.
   * @throws {LockedError} when another process works on the ticker.
   */
  async entry(path: string): Promise<void> {
    await readEntryIdentity(path);
    if (!isOwn(path, { folder: "bars", marked: this.#marked })) {
      return this.#witness.onLeft(path);
    }
    using _lock = await Lock.take(path.replace(/\.ndjson$/, ".lock"));
    await removeFile(path, this.#witness.onRemoved);
  }

  /**
   * Forgets all that is kept of a family in its folder, readable or not.
   *
   * @returns whether anything was there.
   * @throws {LockedError} when another process works on the family.
   */
  async family(path: string): Promise<boolean> {
    if (!await this.#directory.hasParent(`${path}/`)) return false;
    using _lock = await Lock.take(`${path}.lock`);
    return await this.#removeBelow(path, "families");
  }

  /** Forgets the listings and kept objects of a dataset, or of all; then the REST API's answers too. */
  async kept(dataset?: string): Promise<void> {
    const answers = dataset === undefined ? ANSWER_KINDS : [];
    for (const folder of [...answers, "listings", "objects"] as const) {
      await this.#removeBelow(this.#directory.folderPath(folder, dataset), folder);
    }
  }

  /** Forgets the REST API's answers on a ticker; it is no error when none are kept. */
  async answers(ticker: string): Promise<void> {
    for (const folder of ANSWER_KINDS) {
      const path = this.#directory.answerPath(folder, ticker);
      if (await this.#directory.hasParent(path) && isThere(path)) await this.#remove(path, folder);
    }
  }

  /** Forgets journals that were moved aside or cannot be read, and tells what else is there. */
  async strays(): Promise<void> {
    for (const path of await listStrays(this.#directory)) await this.#remove(path, "");
    for (const path of othersIn(this.#directory.path)) this.#witness.onLeft(path);
  }

  async #remove(path: string, folder: OwnFolder): Promise<void> {
    if (isOwn(path, { folder, marked: this.#marked })) {
      await removeFile(path, this.#witness.onRemoved);
    } else this.#witness.onLeft(path);
  }

  async #removeBelow(path: string, folder: OwnFolder): Promise<boolean> {
    const isWanted = (file: string) => isOwn(file, { folder, marked: this.#marked });
    return await removeFiles(path, { isWanted, ...this.#witness });
  }
}
