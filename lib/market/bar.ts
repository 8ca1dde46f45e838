/**
 * A bar, and the row of numbers in which it is kept.
 *
 * @module
 */

/** One open-high-low-close-volume record of a ticker. Prices are the vendor's, not adjusted. */
export interface Bar {
  /** The date in the key of the file that it comes from, `YYYY-MM-DD`. */
  readonly date: string;
  /** The window's start in milliseconds since the epoch, UTC, as the file has it. */
  readonly timestamp: number;
  /** The first price of the window. */
  readonly open: number;
  /** The highest price. */
  readonly high: number;
  /** The lowest price. */
  readonly low: number;
  /** The last price. */
  readonly close: number;
  /** Traded units, possibly fractional; for forex a count of quotes; `null` for indices. */
  readonly volume: number | null;
  /** Number of trades; `null` where the dataset has none (indices). */
  readonly transactions: number | null;
}

/** Bars of one symbol that follow each other, ascending by date and time. */
export interface BarBatch {
  /** As a user spells it. */
  readonly symbol: string;
  /** The vendor's ticker that they are of, where companies are followed from one to another. */
  readonly ticker?: string;
  /** As many as are convenient. */
  readonly bars: readonly Bar[];
}

/** Batches as they come, or as they are there; those of one symbol follow each other. */
export type BarBatches = Iterable<BarBatch> | AsyncIterable<BarBatch>;

/** A bar without its date: timestamp, open, high, low, close, volume, transactions. */
export type BarRow = readonly [
  timestamp: number,
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number | null,
  transactions: number | null,
];

/** Whether kept numbers have the shape of a bar. */
export function isBarRow(row: readonly (number | null)[]): row is BarRow {
  return row.length === 7 && row.every((value, i) => value !== null || i >= 5);
}

/** The bar that a row of a date's file holds. */
export function toBar(date: string, row: BarRow): Bar {
  const [timestamp, open, high, low, close, volume, transactions] = row;
  return { date, timestamp, open, high, low, close, volume, transactions };
}
