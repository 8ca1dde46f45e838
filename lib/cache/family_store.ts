/**
 * All that is kept of one family: a file for each object of the bucket, without a journal, since
 * each is whole or not there.
 *
 * @module
 */

import { lastPart, syncDirectory } from "./atomic_file.ts";
import type { CacheDirectory } from "./directory.ts";
import { FamilyFile, type FamilyIdentity, writeFamilyFile } from "./family_file.ts";
import {
  directoriesIn,
  filesBelow,
  inDatasets,
  type OnNewer,
  passOver,
  refuseNewer,
} from "./inventory.ts";
import { isThere } from "./folders.ts";
import { sweepOrphans } from "./removal.ts";
import { Lock, type LockOptions } from "./lock.ts";
import { givingWay } from "../concurrency/give_way.ts";
import type { ObjectVersion } from "../dated_object.ts";

/** What was found of a family. */
export interface KeptFamilyFiles {
  /** The whole files, by the key of their object. */
  readonly files: Map<string, FamilyFile>;
  /** How many others there are in their places. */
  readonly damaged: number;
}

/**
 * Reads all that is kept of a family, to its last byte; the network and its lock are not needed.
 *
 * @param keys those of the objects that matter. @default {all of which something is kept}
 * @throws {JournalError} when a file is of a newer format.
 * @throws {StorageError} when the disk fails, or something is no regular file.
 */
export async function readFamily(
  directory: CacheDirectory,
  of: FamilyIdentity,
  keys?: Iterable<string>,
): Promise<KeptFamilyFiles> {
  const files = new Map<string, FamilyFile>();
  const names = new Set((await filesBelow(directory.familyPath(of))).map(lastPart));
  const giveWay = givingWay();
  let damaged = 0;
  for (const key of keys ?? await keysOfFamily(directory, of)) {
    const path = directory.familyFilePath(of, key);
    if (!names.has(lastPart(path))) continue;
    await giveWay();
    const file = FamilyFile.open(path);
    if (file?.key === key && isOf(file, of) && file.isWhole()) files.set(key, file);
    else if (isThere(path)) damaged++;
  }
  return { files, damaged };
}

/**
 * Each family of which something is kept.
 *
 * @throws {JournalError} when a file is of a newer format and there is no `onNewer`.
 */
export async function listFamilies(
  directory: CacheDirectory,
  onNewer: OnNewer = refuseNewer,
): Promise<FamilyIdentity[]> {
  const found: FamilyIdentity[] = [];
  for (const folder of await familyFolders(directory)) {
    const of = await identityIn(folder).catch(passOver(onNewer));
    if (of && directory.familyPath(of) === folder) found.push(of);
  }
  return found;
}

/** The folders of families, whatever is in them. */
export async function familyFolders(directory: CacheDirectory): Promise<string[]> {
  return (await inDatasets(directory, "families", directoriesIn)).sort();
}

/** The keys of the objects of which something of a family is kept, readable or not. */
export async function keysOfFamily(
  directory: CacheDirectory,
  of: FamilyIdentity,
): Promise<string[]> {
  const dates = (await filesBelow(directory.familyPath(of)))
    .flatMap((path) => /^\d{4}-\d{2}-\d{2}(?=\.ndjson\.gz$)/.exec(lastPart(path)) ?? []);
  return dates.sort().map((date) =>
    `${of.dataset}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`
  );
}

/** What is kept of a family, held by this process alone until it is disposed of. */
export class FamilyStore implements AsyncDisposable {
  /** By the key of their object. */
  readonly files: Map<string, FamilyFile>;
  /** What a user should know about what was found, in sentences. */
  readonly notices: readonly string[];
  readonly #directory: CacheDirectory;
  readonly #of: FamilyIdentity;
  readonly #lock: Lock;
  /** Whether names of files have still to be made durable. */
  #isUnsynced = false;

  private constructor(
    directory: CacheDirectory,
    of: FamilyIdentity,
    { lock, found }: { readonly lock: Lock; readonly found: KeptFamilyFiles },
  ) {
    this.#directory = directory;
    this.#of = of;
    this.#lock = lock;
    this.files = found.files;
    this.notices = found.damaged === 0 ? [] : [damageNotice(of, found)];
  }

  /**
   * Takes the family's lock and reads what is there.
   *
   * @throws {LockedError} when another process works on the family, unless it is waited for.
   * @throws as {@linkcode readFamily} does.
   */
  static async open(
    directory: CacheDirectory,
    of: FamilyIdentity,
    { keys, ...options }: LockOptions & { readonly keys: Iterable<string> },
  ): Promise<FamilyStore> {
    const folder = directory.familyPath(of);
    await directory.makeParent(`${folder}/`);
    const lock = await Lock.take(`${folder}.lock`, options);
    try {
      const all = [...keys];
      const held = all.map((key) => lastPart(directory.familyFilePath(of, key)));
      await sweepOrphans(folder, { held });
      const found = await readFamily(directory, of, all);
      return new FamilyStore(directory, of, { lock, found });
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Keeps what the family has in an object. When this resolves, it survives the end of the process.
   *
   * @param body as `FamilyBody` makes it.
   * @throws {StorageError} when the disk does not take it.
   */
  async write(object: ObjectVersion, body: Uint8Array): Promise<void> {
    const path = this.#directory.familyFilePath(this.#of, object.key);
    this.#isUnsynced = true;
    await writeFamilyFile(path, { of: this.#of, object, body });
    this.files.set(object.key, FamilyFile.open(path)!);
  }

  /** When this resolves, all that was kept survives the end of the machine. */
  async sync(): Promise<void> {
    if (!this.#isUnsynced) return;
    await syncDirectory(this.#directory.familyPath(this.#of));
    this.#isUnsynced = false;
  }

  /** Syncs what {@linkcode sync} has not, as far as the disk does it; that reports what fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    using _lock = this.#lock;
    await this.sync().catch(() => {});
  }
}

function isOf(file: FamilyFile, { dataset, family }: FamilyIdentity): boolean {
  return file.of.dataset === dataset && file.of.family === family;
}

/** What a folder's files are of, by the first one that can be read. */
async function identityIn(folder: string): Promise<FamilyIdentity | undefined> {
  for (const path of (await filesBelow(folder)).toSorted()) {
    const file = FamilyFile.open(path);
    if (file !== undefined) return file.of;
  }
}

function damageNotice({ family }: FamilyIdentity, { damaged }: KeptFamilyFiles): string {
  return damaged === 1
    ? `1 cached file of ${family} is damaged; it is fetched again`
    : `${damaged} cached files of ${family} are damaged; they are fetched again`;
}
