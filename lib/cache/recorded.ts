/**
 * What is recorded of a ticker, read as `TickerRecords` does, but only looked at: without the
 * ticker's lock, and so that nothing on the disk changes.
 *
 * @module
 */

import type { CacheDirectory } from "./directory.ts";
import { readEntry } from "./entry.ts";
import { isSameJournal, type JournalIdentity, readJournal } from "./journal.ts";
import type { KeptRecord } from "./record.ts";

/**
 * The records that a run would go on from, by key: those of the entry, and over them those of
 * this one journal. The journal is read first, because whoever folds it writes the entry before.
 *
 * @throws {JournalError} when a file is of a newer format.
 * @throws {StorageError} when the disk fails.
 */
export async function readRecorded(
  directory: CacheDirectory,
  of: JournalIdentity,
): Promise<Map<string, KeptRecord>> {
  const journal = await readJournal(directory.journalPath(of));
  const entry = await readEntry(directory.entryPath(of.dataset, of.ticker));
  const isOurs = journal !== undefined && journal !== "foreign" && isSameJournal(journal.of, of);
  return new Map([...entry?.records ?? [], ...isOurs ? journal.records : []]);
}
