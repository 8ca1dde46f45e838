/**
 * Reads all that is recorded of one ticker: its cache entry, and the journals of whatever period.
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

import type { StorageError } from "../errors.ts";
import { damageError, EntryFile } from "./entry.ts";
import { passOver } from "./inventory.ts";
import { readJournal } from "./journal.ts";
import type { KeptRecord } from "./record.ts";

/** A journal that was read by its writer. */
export interface OwnJournal {
  readonly path: string;
  readonly records: ReadonlyMap<string, KeptRecord>;
}

/** Where a ticker's records are. */
export interface TickerFiles {
  readonly entry: string;
  readonly journals: readonly string[];
  /** The journal of the caller, which holds the ticker's lock. */
  readonly own?: OwnJournal | undefined;
}

/** All that is recorded of a ticker. */
export interface TickerContent {
  /** The records that count, by key. */
  readonly records: Map<string, KeptRecord>;
  /** What stands in the entry's place. */
  readonly entry: "none" | "whole" | "damaged";
  /** The keys of those records that the entry does not have so. */
  readonly unfolded: ReadonlySet<string>;
  /** Bytes of all files. */
  readonly bytes: number;
}

/** The records of a ticker, to be read once. */
export class TickerReading {
  /** What stands in the entry's place, which is known behind the last record. */
  entry: TickerContent["entry"] = "none";
  /** The keys of the records so far that the entry does not have so. */
  readonly unfolded = new Set<string>();
  /** Bytes of all files. */
  bytes = 0;
  readonly #files: TickerFiles;

  constructor(files: TickerFiles) {
    this.#files = files;
  }

  /**
   * The records that count, some at a time, in the order of their keys. Those of journals are held
   * in memory.
   *
   * @throws {JournalError} when the entry's format is newer than this program.
   * @throws {StorageError} when the disk fails, or the entry is no regular file.
   */
  async *records(): AsyncGenerator<readonly KeptRecord[]> {
    const pending = await this.#readJournals();
    using entry = EntryFile.open(this.#files.entry);
    for await (const records of entry?.records() ?? []) {
      yield this.#merge(records, { pending, writtenAtMs: entry!.writtenAtMs });
    }
    yield pending.reverse().map((other) => this.#takeUnfolded(other));
    if (entry === undefined) return;
    this.bytes += entry.bytes;
    this.entry = entry.isWhole ? "whole" : "damaged";
  }

  /** All of them; throws as {@linkcode records} does. */
  async all(): Promise<TickerContent> {
    const records = new Map<string, KeptRecord>();
    for await (const some of this.records()) {
      for (const record of some) records.set(record.key, record);
    }
    const { entry, unfolded, bytes } = this;
    return { records, entry, unfolded, bytes };
  }

  /** The error of an entry that could be read in part, which is known behind the last record. */
  get damage(): StorageError | undefined {
    return this.entry === "damaged" ? damageError(this.#files.entry) : undefined;
  }

  /** Records of the entry, and those of journals that belong before them or in their place. */
  #merge(
    records: readonly KeptRecord[],
    entry: { readonly pending: JournalRecord[]; readonly writtenAtMs: number },
  ): KeptRecord[] {
    const { pending, writtenAtMs } = entry;
    const merged: KeptRecord[] = [];
    for (const record of records) {
      while (pending.length > 0 && pending.at(-1)!.record.key < record.key) {
        merged.push(this.#takeUnfolded(pending.pop()!));
      }
      const other = pending.at(-1)?.record.key === record.key ? pending.pop() : undefined;
      const isOlder = other === undefined || other.writtenAtMs < writtenAtMs;
      merged.push(isOlder || isSame(other.record, record) ? record : this.#takeUnfolded(other));
    }
    return merged;
  }

  #takeUnfolded({ record }: JournalRecord): KeptRecord {
    this.unfolded.add(record.key);
    return record;
  }

  /** The records of the journals, the last key first. */
  async #readJournals(): Promise<JournalRecord[]> {
    const { journals, own } = this.#files;
    const found = new Map<string, JournalRecord>();
    for (const path of new Set([...journals, own?.path ?? []].flat().toSorted())) {
      const content = path === own?.path ? own : await readJournal(path).catch(passOver());
      if (content === undefined || content === "foreign") continue;
      this.bytes += "validBytes" in content ? content.validBytes : 0;
      const writtenAtMs = await writtenAt(path);
      for (const [key, record] of content.records) {
        const other = found.get(key);
        if (!other || other.writtenAtMs <= writtenAtMs) found.set(key, { record, writtenAtMs });
      }
    }
    return [...found.values()].sort((a, b) => a.record.key < b.record.key ? 1 : -1);
  }
}

/** A record, and when the journal that has it was written. */
interface JournalRecord {
  readonly record: KeptRecord;
  readonly writtenAtMs: number;
}

const isSame = (a: KeptRecord, b: KeptRecord) => a.toBody() === b.toBody();

/** When a file was last written, in milliseconds since the epoch; 0 when there is none. */
async function writtenAt(path: string): Promise<number> {
  const info = await Deno.lstat(path).catch(() => undefined);
  return info?.mtime?.getTime() ?? 0;
}
