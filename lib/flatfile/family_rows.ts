/**
 * Gathers the rows of a family's tickers while a flat file is read, and makes of them what is kept.
 *
 * The tickers of the vendor's files ascend, each in one run, so that a ticker can be written when the
 * next one comes, and little is in memory. Nothing promises that order: a file without it is read
 * again, and gathered before it is written.
 *
 * @module
 */

import { FamilyBody } from "../cache/family_body.ts";
import type { TickerFamily } from "../market/ticker_family.ts";

/** What is thrown when a file that was taken to be in order is not. */
export class UnorderedError extends Error {
  override readonly name = "UnorderedError";
}

/** How rows are gathered. */
export interface FamilyRowsOptions {
  /** The file's. */
  readonly key: string;
  /** Whether the tickers come in order. */
  readonly isOrdered: boolean;
  /** Sorts a ticker's rows by their time, and says whether they can be of the file's date. */
  readonly settle: (rows: string[]) => boolean;
}

/** The rows of one family in one file. */
export class FamilyRows {
  readonly family: TickerFamily;
  /** Tickers of which a row cannot be read; they are not kept. */
  readonly bad = new Set<string>();
  readonly #options: FamilyRowsOptions;
  readonly #body: FamilyBody;
  #rows = new Map<string, string[]>();
  #last: { readonly ticker: string; readonly rows: string[] } | undefined;

  constructor(family: TickerFamily, options: FamilyRowsOptions) {
    this.family = family;
    this.#options = options;
    this.#body = new FamilyBody(family.name, options.key);
  }

  /**
   * Adds a row of one of its tickers; `undefined` when it cannot be read.
   *
   * @throws {UnorderedError} when it comes too late.
   */
  add(ticker: string, row: string | undefined): void {
    if (ticker !== this.#last?.ticker) this.#last = this.#begin(ticker);
    if (row === undefined) this.bad.add(ticker);
    else this.#last.rows.push(row);
  }

  /** What is kept, where it is known why rows cannot be read and what is odd about the file. */
  end(failures: ReadonlyMap<string, string>, warning: string | undefined): Uint8Array<ArrayBuffer> {
    const own = [...failures].filter(([ticker]) => this.family.has(ticker));
    return this.#body.end({ failures: Object.fromEntries(own), warning });
  }

  /** Writes what was gathered, so that all is known that is bad. */
  flush(): void {
    const tickers = [...this.#rows.keys()].sort();
    for (const ticker of tickers) {
      const rows = this.#rows.get(ticker)!;
      if (!this.#options.settle(rows)) this.bad.add(ticker);
      if (!this.bad.has(ticker)) this.#body.add({ ticker, rowsText: `[${rows.join(",")}]` });
    }
    this.#rows = new Map();
  }

  #begin(ticker: string): { ticker: string; rows: string[] } {
    if (this.#options.isOrdered) {
      if (this.#last !== undefined && ticker < this.#last.ticker) throw new UnorderedError();
      this.flush();
    }
    return { ticker, rows: this.#rows.getOrInsert(ticker, []) };
  }
}
