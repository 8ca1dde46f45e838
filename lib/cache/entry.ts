/**
 * The cache entry: every record ever loaded of one ticker in one dataset.
 *
 * ## Format, version 1
 *
 * UTF-8 lines, each sealed as `line.ts` tells. The first is the header, sealed with 0:
 *
 *     {"format":"flatfetch-bars","version":1,"nonce":"1f2e3d4c","of":{…},"crc":"…"}
 *
 * `of` has `dataset`, `ticker` and the `symbol` that it was last loaded as. Then come the
 * records in the order of their keys, and last a footer, all sealed with the nonce's value:
 *
 *     {"footer":{"records":1255,"sha256":"…"},"crc":"…"}
 *
 * where the hash is over all bytes before the footer's line. The entry is whole if and
 * only if its footer is the last line and agrees with what stands before it. In an entry
 * that is not whole each record still counts by its own CRC, as in a journal; what is
 * lost is fetched again. An entry that stands in the place of another ticker's or dataset's
 * counts as none.
 *
 * An entry whose lines come to more than 1 MiB is written compressed, as `members.ts` tells;
 * the hash is over the lines all the same.
 *
 * @module
 */

import { writeAtomically } from "./atomic_file.ts";
import { diskError, onDisk } from "./disk_error.ts";
import { entryChunks, type EntryIdentity, EntryParser } from "./entry_lines.ts";
import { compressLarge, readStoredLines } from "./members.ts";
import type { KeptRecord } from "./record.ts";
import { openRegular } from "./regular_file.ts";
import { quote, StorageError } from "../errors.ts";

/** What was read of an entry. */
export interface EntryContent {
  readonly of: EntryIdentity;
  /** The valid records, by key. */
  readonly records: Map<string, KeptRecord>;
  /** Whether the footer agrees with all before it. */
  readonly whole: boolean;
  /** Bytes of the file. */
  readonly bytes: number;
}

/**
 * Reads an entry.
 *
 * @returns `undefined` when there is none, or none that can be read.
 * @throws {JournalError} when its format is newer than this program.
 * @throws {StorageError} when the disk does not give it, or it is no regular file.
 */
export async function readEntry(path: string): Promise<EntryContent | undefined> {
  return await onDisk("read cache entry", path, async () => {
    using file = openRegular(path);
    return file && await readContent(path, file);
  });
}

/**
 * Writes an entry whole, in the order of its keys, into a folder that is there, whose sync is
 * the caller's.
 *
 * @throws {StorageError} when the disk does not take it; an older entry stays then.
 */
export async function writeEntry(
  path: string,
  of: EntryIdentity,
  records: Iterable<KeptRecord>,
): Promise<void> {
  await writeAtomically(path, compressLarge(entryChunks(of, records)), { sync: "bytes" });
}

/**
 * The records of an entry in the order of their keys, one at a time, so that an entry of any
 * size can be read in little memory; none when there is no entry.
 *
 * @throws {JournalError} when its format is newer than this program.
 * @throws {StorageError} when the disk does not give it, or it is no regular file; also, but
 * behind the records that can be read, when it is not whole.
 */
export async function* readEntryRecords(path: string): AsyncGenerator<KeptRecord> {
  const entry = new EntryParser(path);
  let lastKey: string | undefined;
  for await (const record of recordsOf(path, entry)) {
    if (lastKey !== undefined && record.key <= lastKey) throw damageError(path);
    lastKey = record.key;
    yield record;
  }
  if (entry.of && !entry.isWhole) throw damageError(path);
}

/**
 * What an entry is of, by its first line alone; `undefined` when there is none.
 *
 * @throws as {@linkcode readEntry} does.
 */
export async function readEntryIdentity(path: string): Promise<EntryIdentity | undefined> {
  return await onDisk("read cache entry", path, async () => {
    using file = openRegular(path);
    if (file === undefined) return undefined;
    const entry = new EntryParser(path);
    for await (const line of readStoredLines(file)) {
      entry.take(line);
      break;
    }
    return entry.of;
  });
}

async function* recordsOf(path: string, entry: EntryParser): AsyncGenerator<KeptRecord> {
  try {
    using file = openRegular(path);
    if (file === undefined) return;
    for await (const line of readStoredLines(file)) {
      const record = entry.take(line);
      if (entry.of === undefined) return;
      if (record) yield record;
    }
  } catch (error) {
    throw diskError("read cache entry", path, error);
  }
}

async function readContent(path: string, file: Deno.FsFile): Promise<EntryContent | undefined> {
  const entry = new EntryParser(path);
  const records = new Map<string, KeptRecord>();
  for await (const line of readStoredLines(file)) {
    const record = entry.take(line);
    if (entry.of === undefined) return undefined;
    if (record) records.set(record.key, record);
  }
  const { of, isWhole, bytes } = entry;
  return of && { of, records, whole: isWhole, bytes };
}

function damageError(path: string): StorageError {
  const message = `Cannot read all of cache entry ${quote(path)}: it is damaged`;
  return new StorageError(message, { path });
}
