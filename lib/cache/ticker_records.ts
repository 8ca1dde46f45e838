/**
 * All that is recorded of one ticker: its cache entry, and the journal that grows beside
 * it until it is folded in.
 *
 * @module
 */

import { lastPart, parentOf, syncDirectory } from "./atomic_file.ts";
import type { CacheDirectory } from "./directory.ts";
import { writeEntry } from "./entry.ts";
import type { JournalIdentity } from "./journal.ts";
import { Semaphore } from "../concurrency/semaphore.ts";
import { JournalWriter } from "./journal_writer.ts";
import { sweepOrphans } from "./removal.ts";
import { Lock, type LockOptions } from "./lock.ts";
import type { KeptRecord } from "./record.ts";
import { StoredRecords } from "./stored_records.ts";
import type { TickerContent } from "./ticker_reading.ts";

/** How a ticker's records are opened. */
export interface TickerOptions extends LockOptions {
  /** What is recorded of all tickers. @default {what is found in the directory} */
  readonly stored?: StoredRecords | undefined;
}

/** Entries that are written at once. */
const FOLDED_AT_ONCE = 32;

/** The records of one ticker, held by this process alone until it is disposed of. */
export class TickerRecords implements AsyncDisposable {
  /** All that is recorded, by key. */
  readonly records: Map<string, KeptRecord>;
  /** What a user should know about what was found, in sentences. */
  readonly notices: readonly string[];
  readonly #directory: CacheDirectory;
  readonly #of: JournalIdentity;
  readonly #lock: Lock;
  readonly #journal: JournalWriter;
  /** Whether the entry is whole and has every record. */
  #isFolded: boolean;
  /** Whether an interrupted run has left records. */
  readonly isResumed: boolean;
  /** Whether a caller knows already that the disk has failed. */
  #isFailureReported = false;

  private constructor(
    directory: CacheDirectory,
    of: JournalIdentity,
    lock: Lock,
    journal: JournalWriter,
    { records, entry, unfolded }: TickerContent,
  ) {
    this.#directory = directory;
    this.#of = of;
    this.#lock = lock;
    this.#journal = journal;
    this.records = records;
    this.notices = entry === "damaged" ? [...journal.notices, damageNotice(of)] : journal.notices;
    this.isResumed = journal.records.size > 0;
    this.#isFolded = entry !== "damaged" && unfolded.size === 0;
  }

  /**
   * Takes the ticker's lock and reads what is there.
   *
   * @throws {LockedError} when another process works on the ticker, unless it is waited for.
   * @throws {JournalError} when a file is of a newer format.
   * @throws {StorageError} when the disk fails.
   */
  static async open(
    directory: CacheDirectory,
    of: JournalIdentity,
    { stored, ...options }: TickerOptions = {},
  ): Promise<TickerRecords> {
    const lockPath = directory.lockPath(of.dataset, of.ticker);
    await directory.makeParent(lockPath);
    const lock = await Lock.take(lockPath, options);
    try {
      return await TickerRecords.#read(directory, of, lock, stored);
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  static async #read(
    directory: CacheDirectory,
    of: JournalIdentity,
    lock: Lock,
    stored?: StoredRecords,
  ): Promise<TickerRecords> {
    const path = directory.journalPath(of);
    const journal = await JournalWriter.open(path, of);
    stored ??= await StoredRecords.open(directory, of);
    const content = await stored.readAll(of, { path, records: journal.records });
    return new TickerRecords(directory, of, lock, journal, content);
  }

  /** Records an object. When this returns, the record survives the end of the process. */
  add(record: KeptRecord): void {
    this.addAll([record]);
  }

  /** Records objects with one append. */
  addAll(records: readonly KeptRecord[]): void {
    this.#journal.append(records);
    this.defer(records);
  }

  /** Takes records for the fold that comes next; until then no journal has them. */
  defer(records: readonly KeptRecord[]): void {
    this.#isFolded &&= records.length === 0;
    for (const record of records) this.records.set(record.key, record);
  }

  /**
   * Writes all records of each ticker as its cache entry, then removes its journal. Interrupted
   * between the two, it leaves a journal whose records the entry has as well. Nothing can be added
   * afterwards. Several are folded at a time: the disk takes many syncs at once in little more
   * time than one.
   *
   * @throws {StorageError} the first one, when all have ended; what was recorded stays so.
   */
  static async foldAll(stores: readonly TickerRecords[]): Promise<void> {
    try {
      const written = await forEach(stores, (store) => store.#writeEntry());
      for (const folder of new Set(written)) if (folder !== undefined) await syncDirectory(folder);
      await forEach(stores, (store) => store.#journal.remove());
    } catch (error) {
      for (const store of stores) store.#isFailureReported = true;
      throw error;
    }
  }

  /** Writes the entry where there is something new, and returns the folder to sync. */
  async #writeEntry(): Promise<string | undefined> {
    if (this.#isFolded) return undefined;
    const { dataset, ticker } = this.#of;
    const path = this.#directory.entryPath(dataset, ticker);
    await writeEntry(path, this.#of, this.records.values());
    return parentOf(path);
  }

  /** @throws {StorageError} when a sync has failed and nothing has told so. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#journal[Symbol.asyncDispose]();
    } catch (error) {
      if (!this.#isFailureReported) throw error;
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }
}

/** Acts on several at a time, and throws the first failure when all acts have ended. */
async function forEach<S, T>(stores: readonly S[], act: (store: S) => Promise<T>): Promise<T[]> {
  const semaphore = new Semaphore(FOLDED_AT_ONCE);
  const acts = stores.map((store) => semaphore.run(() => act(store)));
  await Promise.allSettled(acts);
  return await Promise.all(acts);
}

function damageNotice({ ticker }: JournalIdentity): string {
  return `The cache entry of ${ticker} is damaged; what is lost is fetched again`;
}

/** Removes what killed writers left beside the files of tickers whose locks are held. */
export async function sweepTickers(
  directory: CacheDirectory,
  held: readonly Pick<JournalIdentity, "dataset" | "ticker">[],
): Promise<void> {
  await sweepOrphans(directory.path);
  const paths = held.map(({ dataset, ticker }) => directory.entryPath(dataset, ticker));
  for (const [folder, ofFolder] of Map.groupBy(paths, parentOf)) {
    await sweepOrphans(folder, { held: ofFolder.map(lastPart) });
  }
}
