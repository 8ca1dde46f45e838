/**
 * Finds what is recorded of each ticker of a cache directory; `ticker_reading.ts` reads it.
 *
 * @module
 */

import { JournalError, StorageError } from "../errors.ts";
import { lastPart, parentOf } from "./atomic_file.ts";
import type { CacheDirectory } from "./directory.ts";
import { damageError, type EntryIdentity, readEntryIdentity } from "./entry.ts";
import { journalPaths, listEntryPlaces, passOver } from "./inventory.ts";
import { type JournalIdentity, readJournalIdentity } from "./journal.ts";
import { isThere } from "./folders.ts";
import { type OwnJournal, type TickerContent, TickerReading } from "./ticker_reading.ts";

/** A ticker of a dataset. */
export interface TickerName {
  readonly dataset: string;
  readonly ticker: string;
}

/** A bucket, as journals name it. */
export type JournalSource = Pick<JournalIdentity, "host" | "bucket">;

/** Is called with why a file of the cache is passed over, or read in part. */
export type OnUnread = (error: JournalError | StorageError) => void;

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
   * @param source The bucket that the directory is of, whose journals alone count; without it,
   * as where nobody has said it yet, those of every one.
   * @throws {StorageError} when the disk fails.
   */
  static async open(directory: CacheDirectory, source?: JournalSource): Promise<StoredRecords> {
    const journals: SeenJournal[] = [];
    for (const path of await journalPaths(directory)) {
      const of = await readJournalIdentity(path).catch(passOver());
      if (of && (source === undefined || isSame(of, source))) journals.push({ path, of });
    }
    return new StoredRecords(directory, journals);
  }

  /**
   * Everything of which something is recorded, each with the symbol that it was loaded as, by
   * dataset and ticker.
   *
   * @param onUnread is called for each file in the place of an entry that does not say what it is
   * of, unless a journal does.
   */
  async list(onUnread: OnUnread): Promise<EntryIdentity[]> {
    const found = new Map<string, EntryIdentity>(
      this.#journals.values().map(([first]) => [this.#entryPath(first!.of), first!.of]),
    );
    for (const path of await listEntryPlaces(this.#directory)) {
      const read = await readEntryIdentity(path).catch(unreadError);
      if (read !== undefined && !(read instanceof Error)) found.set(path, read);
      else if (!found.has(path) && (read || isThere(path))) onUnread(read ?? damageError(path));
    }
    return [...found.values()].sort((a, b) => idOf(a) < idOf(b) ? -1 : 1);
  }

  /** Whether anything is recorded of a ticker, readable or not. */
  has(name: TickerName): boolean {
    return this.#journals.has(idOf(name)) || this.hasEntry(name);
  }

  /** Whether there is an entry of a ticker, by the names in its folder. */
  hasEntry(name: TickerName): boolean {
    const path = this.#entryPath(name);
    const folder = parentOf(path);
    return this.#names.getOrInsertComputed(folder, namesIn).has(lastPart(path));
  }

  /**
   * The first of some spellings that a recorded object has. An entry that can only be read in part
   * may have one.
   *
   * @throws {JournalError} when an entry's format is newer than this program.
   */
  async findTicker(dataset: string, tickers: readonly string[]): Promise<string | undefined> {
    for (const ticker of tickers) if (await this.#hasTicker({ dataset, ticker })) return ticker;
  }

  /** The same; where no object has one, the first of which anything is recorded. */
  async findRecorded(dataset: string, tickers: readonly string[]): Promise<string | undefined> {
    const recorded = tickers.filter((ticker) => this.has({ dataset, ticker }));
    if (tickers.length === 1) return recorded[0];
    return await this.findTicker(dataset, recorded) ?? recorded[0];
  }

  async #hasTicker(name: TickerName): Promise<boolean> {
    if (!this.has(name)) return false;
    const reading = this.read(name);
    try {
      for await (const records of reading.records()) {
        if (records.some(({ hasTicker }) => hasTicker)) return true;
      }
      return reading.entry === "damaged";
    } catch (error) {
      if (error instanceof StorageError) return true;
      throw error;
    }
  }

  /**
   * What is recorded of a ticker, as it is read.
   *
   * @param own The journal of the caller, which holds the ticker's lock.
   */
  read(name: TickerName, own?: OwnJournal): TickerReading {
    const entry = this.#entryPath(name);
    const journals = (this.#journals.get(idOf(name)) ?? []).map(({ path }) => path);
    return new TickerReading({ entry, journals, own });
  }

  /**
   * All that is recorded of a ticker, also of an entry that is damaged.
   *
   * @throws {JournalError} when the entry's format is newer than this program.
   * @throws {StorageError} when the disk fails, or the entry is no regular file.
   */
  async readAll(name: TickerName, own?: OwnJournal): Promise<TickerContent> {
    return await this.read(name, own).all();
  }

  #entryPath({ dataset, ticker }: TickerName): string {
    return this.#directory.entryPath(dataset, ticker);
  }
}

const idOf = ({ dataset, ticker }: TickerName) => `${dataset} ${ticker}`;

function isSame(a: JournalSource, b: JournalSource): boolean {
  return a.host === b.host && a.bucket === b.bucket;
}

/** Why a file of the cache cannot be read; what else was thrown is thrown on. */
export function unreadError(error: unknown): JournalError | StorageError {
  if (error instanceof JournalError || error instanceof StorageError) return error;
  throw error;
}

/** A folder that cannot be read has none: whoever opens a file in it says why. */
function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(Array.from(Deno.readDirSync(folder), ({ name }) => name));
  } catch {
    return new Set();
  }
}
