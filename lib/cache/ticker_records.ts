/**
 * All that is recorded of one ticker: its cache entry, and the journal that grows beside
 * it until it is folded in.
 *
 * @module
 */

import { type CacheDirectory, type JournalName, makeParent } from "./directory.ts";
import { readEntry, writeEntry } from "./entry.ts";
import type { JournalIdentity } from "./journal.ts";
import { JournalWriter } from "./journal_writer.ts";
import { Lock } from "./lock.ts";
import type { ObjectRecord } from "./record.ts";

/** The records of one ticker, held by this process alone until it is disposed of. */
export class TickerRecords implements AsyncDisposable {
  /** The entry's records and the journal's over them, by key. */
  readonly records: Map<string, ObjectRecord>;
  /** What a user should know about what was found, in sentences. */
  readonly notices: readonly string[];
  readonly #directory: CacheDirectory;
  readonly #of: JournalIdentity;
  readonly #lock: Lock;
  readonly #journal: JournalWriter;
  /** Whether the entry has to be written anew although nothing is added. */
  readonly #isDamaged: boolean;

  private constructor(
    directory: CacheDirectory,
    of: JournalIdentity,
    lock: Lock,
    journal: JournalWriter,
    records: Map<string, ObjectRecord>,
    notices: readonly string[],
    isDamaged: boolean,
  ) {
    this.#directory = directory;
    this.#of = of;
    this.#lock = lock;
    this.#journal = journal;
    this.records = records;
    this.notices = notices;
    this.#isDamaged = isDamaged;
  }

  /**
   * Takes the ticker's lock and reads what is there.
   *
   * @throws {LockedError} when another process works on the ticker.
   * @throws {JournalError} when a file is of a newer format.
   * @throws {StorageError} when the disk fails.
   */
  static async open(
    directory: CacheDirectory,
    of: JournalIdentity,
  ): Promise<TickerRecords> {
    const lockPath = directory.lockPath(of.dataset, of.ticker);
    await makeParent(lockPath);
    const lock = await Lock.take(lockPath);
    try {
      const entryPath = directory.entryPath(of.dataset, of.ticker);
      const entry = await readEntry(entryPath);
      const journal = await JournalWriter.open(directory.journalPath(of), of);
      const notices = [...journal.notices];
      const isDamaged = entry?.whole === false;
      if (isDamaged) {
        notices.push(
          `The cache entry of ${of.ticker} is damaged; what is lost is fetched again`,
        );
      }
      const records = new Map([...entry?.records ?? [], ...journal.records]);
      return new TickerRecords(
        directory,
        of,
        lock,
        journal,
        records,
        notices,
        isDamaged,
      );
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /** Records an object. When this returns, the record survives the end of the process. */
  add(record: ObjectRecord): void {
    this.#journal.append(record);
    this.records.set(record.key, record);
  }

  /** Writes all records as the cache entry, then removes the journal. */
  async fold(): Promise<void> {
    if (this.#journal.records.size === 0 && !this.#isDamaged) {
      return await this.#journal.remove();
    }
    const { dataset, ticker } = this.#of;
    await writeEntry(
      this.#directory.entryPath(dataset, ticker),
      this.#of,
      this.records.values(),
    );
    await this.#journal.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#journal[Symbol.asyncDispose]();
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }
}

/** Whether anything is recorded of a ticker. */
export async function isKnownTicker(
  directory: CacheDirectory,
  { dataset, ticker, ...name }: JournalName & {
    dataset: string;
    ticker: string;
  },
): Promise<boolean> {
  const paths = [
    directory.entryPath(dataset, ticker),
    directory.journalPath(name),
  ];
  const found = await Promise.all(
    paths.map((path) => Deno.lstat(path).catch(() => undefined)),
  );
  return found.some((info) => info?.isFile);
}
