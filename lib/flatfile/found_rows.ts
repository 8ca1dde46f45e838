/**
 * Gathers the rows of the wanted tickers that one flat file has, wherever they are read from, and
 * makes of them what is recorded.
 *
 * @module
 */

import { contentText } from "../cache/record.ts";
import { parseKey } from "../market/dataset.ts";
import { type DateSpan, isInTime, stampSpan } from "../market/stamps.ts";
import { FamilyRows } from "./family_rows.ts";
import { type FileRow, RowFlaw, toRowTexts } from "./row_search.ts";
import type { TickerSet } from "./ticker_set.ts";

/** What was taken out of an object. */
export interface Extracted {
  /** What is recorded of each ticker, in their order. */
  readonly rows: string[];
  /** What is kept of each family, in their order. */
  readonly families: Uint8Array<ArrayBuffer>[];
}

/** The rows of one flat file. */
export class FoundRows {
  readonly #rows = new Map<string, string[]>();
  readonly #families: readonly FamilyRows[];
  readonly #times: Times | undefined;
  readonly #bad = new Set<string>();

  /** @param key the file's; the dataset and date in it say which stamps can be. */
  constructor(key: string, wanted: TickerSet, { isOrdered }: { readonly isOrdered: boolean }) {
    for (const ticker of wanted.tickers) this.#rows.set(ticker, []);
    this.#times = timesOf(key);
    const settle = (rows: string[]) => this.#settle(rows);
    this.#families = wanted.families.map((one) => new FamilyRows(one, { key, isOrdered, settle }));
  }

  /**
   * Takes the next rows.
   *
   * @throws {import("./family_rows.ts").UnorderedError} when they do not come in order.
   */
  take(rows: readonly FileRow[]): void {
    toRowTexts(rows).forEach((text, i) => {
      const { ticker } = rows[i]!;
      const row = text instanceof RowFlaw ? undefined : text;
      for (const one of this.#families) if (one.family.has(ticker)) one.add(ticker, row);
      if (row !== undefined) this.#rows.get(ticker)?.push(row);
      else if (this.#rows.has(ticker)) this.#bad.add(ticker);
    });
  }

  /** Brings the rows in order when all are there, and returns the tickers that have none to keep. */
  settle(): ReadonlySet<string> {
    for (const one of this.#families) one.flush();
    for (const [ticker, rows] of this.#rows) if (!this.#settle(rows)) this.#bad.add(ticker);
    return this.#bad.union(new Set(this.#families.flatMap(({ bad }) => [...bad])));
  }

  /**
   * What is recorded.
   *
   * @param failures why tickers have no rows.
   * @param warning what is odd about the file.
   */
  end(failures: ReadonlyMap<string, string>, warning: string | undefined): Extracted {
    return {
      rows: Array.from(this.#rows, ([ticker, rows]) => {
        const failure = failures.get(ticker);
        const text = failure === undefined ? `[${rows.join(",")}]` : "[]";
        return contentText(text, { failure, warning });
      }),
      families: this.#families.map((one) => one.end(failures, warning)),
    };
  }

  #settle(rows: string[]): boolean {
    if (rows.length > 1) rows.sort((a, b) => timestampOf(a) - timestampOf(b));
    return this.#times === undefined || areIn(this.#times.span, rows);
  }
}

/** When the bars of a file can be. */
export interface Times {
  readonly date: string;
  readonly span: DateSpan;
}

/** `undefined` where stamps do not count, or nothing is known of the file. */
export function timesOf(key: string): Times | undefined {
  const { dataset, date } = parseKey(key) ?? {};
  const span = dataset && date && stampSpan(dataset, date);
  return date && span ? { date, span } : undefined;
}

/** Whether sorted rows are all in a span. */
function areIn(span: DateSpan, rows: readonly string[]): boolean {
  const ends = rows.length === 0 ? [] : [rows[0]!, rows.at(-1)!];
  return ends.every((row) => isInTime(span, timestampOf(row)));
}

/** A row's first number. */
export function timestampOf(row: string): number {
  return parseInt(row.slice(1));
}
