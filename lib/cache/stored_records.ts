/**
 * Reads what is recorded of a ticker record by record, without the ticker's lock.
 *
 * An entry is replaced as a whole, and a journal is removed only when the entry has its
 * records. So whoever looks for journals first and reads the entry then misses nothing that
 * was there when it began, whatever other processes do meanwhile.
 *
 * @module
 */

import type { CacheDirectory } from "./directory.ts";
import { readEntryIdentity, readEntryRecords } from "./entry.ts";
import { journalPaths } from "./inventory.ts";
import { type JournalIdentity, readJournal, readJournalIdentity } from "./journal.ts";
import type { KeptRecord } from "./record.ts";
import { JournalError } from "../errors.ts";

/** A ticker of a dataset. */
export interface TickerName {
  readonly dataset: string;
  readonly ticker: string;
}

/** A journal that was seen, and what it is of. */
interface SeenJournal {
  readonly path: string;
  readonly of: JournalIdentity;
}

/** The records of a cache directory, to be read one at a time. */
export class StoredRecords {
  readonly #directory: CacheDirectory;
  readonly #journals: readonly SeenJournal[];

  private constructor(directory: CacheDirectory, journals: readonly SeenJournal[]) {
    this.#directory = directory;
    this.#journals = journals;
  }

  /**
   * Looks for journals. One of a newer format is passed over: it belongs to a run that has not
   * ended.
   *
   * @throws {StorageError} when the disk fails.
   */
  static async open(directory: CacheDirectory): Promise<StoredRecords> {
    const journals: SeenJournal[] = [];
    for (const path of (await journalPaths(directory)).toSorted()) {
      const of = await readJournalIdentity(path).catch(passOverNewer);
      if (of !== undefined) journals.push({ path, of });
    }
    return new StoredRecords(directory, journals);
  }

  /** Whether anything is stored of a ticker. */
  async has(name: TickerName): Promise<boolean> {
    return this.#journalsOf(name).length > 0 ||
      await readEntryIdentity(this.#entryPath(name)) !== undefined;
  }

  /**
   * Every valid record of a ticker, in the order of the keys. Those of the entry are read one
   * at a time; those of journals are held in memory. Where several have a key, the record of
   * the file that was written last counts.
   *
   * @throws {JournalError} when the entry's format is newer than this program.
   * @throws {StorageError} when the disk fails; also, but behind what could be read, when the
   * entry is damaged.
   */
  async *read(name: TickerName): AsyncGenerator<KeptRecord> {
    const path = this.#entryPath(name);
    const writtenAtMs = await writtenAt(path) ?? 0;
    const pending = await this.#readJournals(name);
    for await (const record of readEntryRecords(path)) {
      while (pending.length > 0 && pending.at(-1)!.key < record.key) yield pending.pop()!.record;
      const other = pending.at(-1)?.key === record.key ? pending.pop() : undefined;
      yield other && other.writtenAtMs > writtenAtMs ? other.record : record;
    }
    for (const { record } of pending.reverse()) yield record;
  }

  /** The records of a ticker's journals, the last key first. */
  async #readJournals(name: TickerName): Promise<JournalRecord[]> {
    const found = new Map<string, JournalRecord>();
    for (const { path } of this.#journalsOf(name)) {
      const writtenAtMs = await writtenAt(path) ?? 0;
      const content = await readJournal(path);
      if (content === undefined || content === "foreign") continue;
      for (const [key, record] of content.records) {
        const other = found.get(key);
        if (other && other.writtenAtMs > writtenAtMs) continue;
        found.set(key, { key, record, writtenAtMs });
      }
    }
    return [...found.values()].sort((a, b) => a.key < b.key ? 1 : -1);
  }

  #journalsOf({ dataset, ticker }: TickerName): SeenJournal[] {
    return this.#journals.filter(({ of }) => of.dataset === dataset && of.ticker === ticker);
  }

  #entryPath({ dataset, ticker }: TickerName): string {
    return this.#directory.entryPath(dataset, ticker);
  }
}

/** A record, and when the journal that has it was written. */
interface JournalRecord {
  readonly key: string;
  readonly record: KeptRecord;
  readonly writtenAtMs: number;
}

function passOverNewer(error: unknown): undefined {
  if (!(error instanceof JournalError)) throw error;
}

/** When a file was last written; `undefined` when there is none. */
async function writtenAt(path: string): Promise<number | undefined> {
  const info = await Deno.lstat(path).catch(() => undefined);
  return info?.mtime?.getTime();
}
