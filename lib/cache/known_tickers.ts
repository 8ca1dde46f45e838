/**
 * Tells of which tickers anything is recorded, without a look at the disk for each of them.
 *
 * @module
 */

import { nameOf, parentOf } from "./atomic_file.ts";
import type { CacheDirectory, JournalName } from "./directory.ts";

/** What a cache directory knows, as it was when each of its folders was first asked for. */
export class KnownTickers {
  readonly #directory: CacheDirectory;
  readonly #names = new Map<string, ReadonlySet<string>>();

  constructor(directory: CacheDirectory) {
    this.#directory = directory;
  }

  /** Whether there is an entry of the ticker, or the journal. */
  has({ dataset, ticker, ...journal }: JournalName & {
    dataset: string;
    ticker: string;
  }): boolean {
    return this.#isThere(this.#directory.entryPath(dataset, ticker)) ||
      this.#isThere(this.#directory.journalPath(journal));
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

/** A folder that cannot be read has none: whoever opens a file in it says why. */
function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(Array.from(Deno.readDirSync(folder), ({ name }) => name));
  } catch {
    return new Set();
  }
}
