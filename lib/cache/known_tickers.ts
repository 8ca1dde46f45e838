/**
 * Tells of which tickers anything is recorded, without a look at the disk for each of the others.
 *
 * @module
 */

import { StorageError } from "../errors.ts";
import { nameOf, parentOf } from "./atomic_file.ts";
import type { CacheDirectory, JournalName } from "./directory.ts";
import { readEntryRecords } from "./entry.ts";
import { readJournal } from "./journal.ts";

/** A ticker, and the journal in which it would be recorded. */
export interface KnownName extends JournalName {
  readonly dataset: string;
  readonly ticker: string;
}

/** What a cache directory knows, as it was when each of its folders was first asked for. */
export class KnownTickers {
  readonly #directory: CacheDirectory;
  readonly #names = new Map<string, ReadonlySet<string>>();

  constructor(directory: CacheDirectory) {
    this.#directory = directory;
  }

  /**
   * Whether an object is recorded, in the ticker's entry or the journal, that has the ticker. One
   * that can only be read in part may.
   *
   * @throws {JournalError} when a file is of a newer format.
   */
  async has({ dataset, ticker, ...journal }: KnownName): Promise<boolean> {
    const paths = [
      this.#directory.entryPath(dataset, ticker),
      this.#directory.journalPath(journal),
    ];
    const [isEntry, isJournal] = paths.map((path) => this.#isThere(path));
    if (isEntry && await hasTickerInEntry(paths[0]!)) return true;
    return isJournal! && await hasTickerInJournal(paths[1]!);
  }

  /** Whether there is an entry of one of the tickers. */
  hasAny({ dataset, tickers }: {
    readonly dataset: { readonly name: string };
    readonly tickers: readonly string[];
  }): boolean {
    return tickers.some((ticker) => this.#isThere(this.#directory.entryPath(dataset.name, ticker)));
  }

  #isThere(path: string): boolean {
    const folder = parentOf(path);
    const names = this.#names.get(folder) ?? namesIn(folder);
    this.#names.set(folder, names);
    return names.has(nameOf(path));
  }
}

async function hasTickerInEntry(path: string): Promise<boolean> {
  try {
    for await (const { hasTicker } of readEntryRecords(path)) if (hasTicker) return true;
    return false;
  } catch (error) {
    if (error instanceof StorageError) return true;
    throw error;
  }
}

async function hasTickerInJournal(path: string): Promise<boolean> {
  const content = await readJournal(path);
  if (content === undefined || content === "foreign") return false;
  return content.records.values().some(({ hasTicker }) => hasTicker);
}

/** A folder that cannot be read has none: whoever opens a file in it says why. */
function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(Array.from(Deno.readDirSync(folder), ({ name }) => name));
  } catch {
    return new Set();
  }
}
