/**
 * Reads what is recorded of a ticker: its cache entry, and the journals of whatever period.
 *
 * One rule holds for everybody who reads: of several records of one key, that of the file which was
 * written last counts; of files of one time a journal's, and of journals that whose name comes
 * last. Whether it is current is for the listing to say.
 *
 * No lock is needed. An entry is replaced as a whole, and a journal is removed only when the entry
 * has its records. So whoever looks for journals first and reads the entry then misses nothing that
 * was there when it began, whatever other processes do meanwhile.
 *
 * @module
 */

import { JournalError, StorageError } from "../errors.ts";
import { lastPart, parentOf } from "./atomic_file.ts";
import type { CacheDirectory } from "./directory.ts";
import { type EntryContent, readEntry, readEntryIdentity, readEntryRecords } from "./entry.ts";
import type { EntryIdentity } from "./entry_lines.ts";
import { journalPaths, listEntryPaths } from "./inventory.ts";
import { type JournalIdentity, readJournal, readJournalIdentity } from "./journal.ts";
import type { KeptRecord } from "./record.ts";

/** A ticker of a dataset. */
export interface TickerName {
  readonly dataset: string;
  readonly ticker: string;
}

/** A bucket, as journals name it. */
export type JournalSource = Pick<JournalIdentity, "host" | "bucket">;

/** All that is recorded of a ticker. */
export interface TickerContent {
  /** The records that count, by key. */
  readonly records: Map<string, KeptRecord>;
  /** The entry as it was read, but for its records. */
  readonly entry: Omit<EntryContent, "records"> | undefined;
  /** Whether the entry has each of the records. */
  readonly isFolded: boolean;
  /** Bytes of all files. */
  readonly bytes: number;
}

/** A journal that was read by its writer. */
export interface OwnJournal {
  readonly path: string;
  readonly records: ReadonlyMap<string, KeptRecord>;
}

/** A journal that was seen, and what it is of. */
interface SeenJournal {
  readonly path: string;
  readonly of: JournalIdentity;
}

/** The records of a cache directory. */
export class StoredRecords {
  readonly #directory: CacheDirectory;
  readonly #journals: ReadonlyMap<string, readonly SeenJournal[]>;
  /** The names in folders of entries, as they were when each was first asked for. */
  readonly #names = new Map<string, ReadonlySet<string>>();

  private constructor(directory: CacheDirectory, journals: readonly SeenJournal[]) {
    this.#directory = directory;
    this.#journals = Map.groupBy(journals, ({ of }) => idOf(of));
  }

  /**
   * Looks for journals. One of a newer format is passed over: it belongs to a run that has not
   * ended.
   *
   * @param source The bucket whose journals count; without it, those of every one.
   * @throws {StorageError} when the disk fails.
   */
  static async open(directory: CacheDirectory, source?: JournalSource): Promise<StoredRecords> {
    const journals: SeenJournal[] = [];
    for (const path of (await journalPaths(directory)).toSorted()) {
      const of = await readJournalIdentity(path).catch(passOverNewer);
      if (of !== undefined && (source === undefined || isSame(of, source))) {
        journals.push({ path, of });
      }
    }
    return new StoredRecords(directory, journals);
  }

  /**
   * Everything of which something is recorded, each with the symbol that it was loaded as, by
   * dataset and ticker.
   *
   * @param onNewer is called with the error of each entry that only a newer version can read.
   */
  async list(onNewer: (error: JournalError) => void): Promise<EntryIdentity[]> {
    const found = new Map(
      [...this.#journals].map(([id, [first]]) => [id, first!.of as EntryIdentity]),
    );
    for (const path of await listEntryPaths(this.#directory)) {
      const of = await readEntryIdentity(path).catch((error) => {
        onNewer(requireNewer(error));
      });
      if (of) found.set(idOf(of), of);
    }
    return [...found].sort(([a], [b]) => a < b ? -1 : 1).map(([, of]) => of);
  }

  /** Whether anything is recorded of a ticker. */
  async has(name: TickerName): Promise<boolean> {
    return this.#journalsOf(name).length > 0 ||
      await readEntryIdentity(this.#entryPath(name)) !== undefined;
  }

  /** Whether there is an entry of a ticker, by the names in its folder. */
  hasEntry(name: TickerName): boolean {
    const path = this.#entryPath(name);
    const folder = parentOf(path);
    return this.#names.getOrInsertComputed(folder, namesIn).has(lastPart(path));
  }

  /**
   * Whether an object is recorded that has the ticker. An entry that can only be read in part may
   * have one.
   *
   * @throws {JournalError} when the entry's format is newer than this program.
   */
  async hasTicker(name: TickerName): Promise<boolean> {
    if (this.#journalsOf(name).length === 0 && !this.hasEntry(name)) return false;
    try {
      for await (const { hasTicker } of this.read(name)) if (hasTicker) return true;
      return false;
    } catch (error) {
      if (error instanceof StorageError) return true;
      throw error;
    }
  }

  /**
   * Every valid record of a ticker, in the order of the keys. Those of the entry are read one
   * at a time; those of journals are held in memory.
   *
   * @throws {JournalError} when the entry's format is newer than this program.
   * @throws {StorageError} when the disk fails; also, but behind what could be read, when the
   * entry is damaged.
   */
  async *read(name: TickerName): AsyncGenerator<KeptRecord> {
    const path = this.#entryPath(name);
    const writtenAtMs = await writtenAt(path);
    const { records: pending } = await this.#readJournals(name);
    for await (const record of readEntryRecords(path)) {
      while (pending.length > 0 && pending.at(-1)!.key < record.key) yield pending.pop()!.record;
      const other = pending.at(-1)?.key === record.key ? pending.pop() : undefined;
      yield other && other.writtenAtMs >= writtenAtMs ? other.record : record;
    }
    for (const { record } of pending.reverse()) yield record;
  }

  /**
   * Every valid record of a ticker, also of an entry that is damaged.
   *
   * @param own The journal of the caller, which holds the ticker's lock.
   * @throws {JournalError} when the entry's format is newer than this program.
   * @throws {StorageError} when the disk fails.
   */
  async readAll(name: TickerName, own?: OwnJournal): Promise<TickerContent> {
    const path = this.#entryPath(name);
    const writtenAtMs = await writtenAt(path);
    const journals = await this.#readJournals(name, own);
    const { records = new Map<string, KeptRecord>(), ...entry } = await readEntry(path) ?? {};
    let isFolded = true;
    for (const { key, record, writtenAtMs: atMs } of journals.records.reverse()) {
      if (records.has(key) && atMs < writtenAtMs) continue;
      records.set(key, record);
      isFolded = false;
    }
    const isThere = "of" in entry;
    const bytes = journals.bytes + (isThere ? entry.bytes : 0);
    return { records, entry: isThere ? entry : undefined, isFolded, bytes };
  }

  /** The records of a ticker's journals, the last key first. */
  async #readJournals(name: TickerName, own?: OwnJournal) {
    const found = new Map<string, JournalRecord>();
    let bytes = 0;
    const add = async (path: string, records: ReadonlyMap<string, KeptRecord>) => {
      const writtenAtMs = await writtenAt(path);
      for (const [key, record] of records) {
        const other = found.get(key);
        if (other && other.writtenAtMs > writtenAtMs) continue;
        found.set(key, { key, record, writtenAtMs });
      }
    };
    for (const { path } of this.#journalsOf(name)) {
      const content = path === own?.path ? own : await readJournal(path).catch(passOverNewer);
      if (content === undefined || content === "foreign") continue;
      await add(path, content.records);
      bytes += "validBytes" in content ? content.validBytes : 0;
    }
    return { records: [...found.values()].sort((a, b) => a.key < b.key ? 1 : -1), bytes };
  }

  #journalsOf(name: TickerName): readonly SeenJournal[] {
    return this.#journals.get(idOf(name)) ?? [];
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

const idOf = ({ dataset, ticker }: TickerName) => `${dataset} ${ticker}`;

function isSame(a: JournalSource, b: JournalSource): boolean {
  return a.host === b.host && a.bucket === b.bucket;
}

function passOverNewer(error: unknown): undefined {
  requireNewer(error);
}

function requireNewer(error: unknown): JournalError {
  if (error instanceof JournalError) return error;
  throw error;
}

/** When a file was last written, in milliseconds since the epoch; 0 when there is none. */
async function writtenAt(path: string): Promise<number> {
  const info = await Deno.lstat(path).catch(() => undefined);
  return info?.mtime?.getTime() ?? 0;
}

/** A folder that cannot be read has none: whoever opens a file in it says why. */
function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(Array.from(Deno.readDirSync(folder), ({ name }) => name));
  } catch {
    return new Set();
  }
}
