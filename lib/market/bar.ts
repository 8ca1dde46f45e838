/**
 * A bar, the row of numbers in which it is kept, what the rows of a date begin and end with; and checks
 * of the bars that a caller gives, whom no compiler may have stopped.
 *
 * @module
 */

import { checkGiven, either, type Kind, needed, object, text } from "../given.ts";
import { isDate, WANTED_DATE } from "./period.ts";

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

/** Digits that tell one price of a market from the next. */
const SIGNIFICANT_DIGITS = 6;
const FEWEST_DECIMALS = 2;

/** The most decimals that prices are shown with. */
export const MOST_DECIMALS = 12;

/** The prices that may have more digits than are shown, such as a fill between two cents. */
const LONGER_PRICES = 0.5;

/**
 * Digits after the point for prices that are shown together: as many as most of them have,
 * at least 2, and at most six significant ones of the largest price. So a stock has 2,
 * EUR-USD 5, and a coin at 5.2e-7 has 8.
 */
export function priceDecimals(prices: readonly number[]): number {
  const largest = prices.reduce((most, price) => Math.max(most, Math.abs(price)), 0);
  const magnitude = largest > 0 ? Math.floor(Math.log10(largest)) : 0;
  const most = Math.min(
    MOST_DECIMALS,
    Math.max(FEWEST_DECIMALS, SIGNIFICANT_DIGITS - 1 - magnitude),
  );
  for (let decimals = FEWEST_DECIMALS; decimals < most; decimals++) {
    const longer = prices.filter((price) => Number(price.toFixed(decimals)) !== price);
    if (longer.length <= prices.length * LONGER_PRICES) return decimals;
  }
  return most;
}

/** What bars of a date begin and end with. */
export type Day = Pick<Bar, "date" | "open" | "close">;

/** Where numbers stand in a row of a bar. */
const OPEN = 1;
const CLOSE = 4;

/**
 * The day that a file's rows make, of which no more than these two numbers are read;
 * `undefined` when there is no bar.
 *
 * @param rows As JSON, in the order of their time.
 * @param first Where the first row that counts begins. @default {1}
 */
export function dayOf(date: string, rows: string, first = 1): Day | undefined {
  const open = numberAt(rows, first, OPEN);
  const close = numberAt(rows, Math.max(first, rows.lastIndexOf("[")), CLOSE);
  return Number.isFinite(open) && Number.isFinite(close) ? { date, open, close } : undefined;
}

/** A number with others behind it, in the row that begins at an index. */
function numberAt(rows: string, row: number, column: number): number {
  let start = row + 1;
  for (let i = 0; i < column; i++) start = rows.indexOf(",", start) + 1;
  const end = rows.indexOf(",", start);
  return start === 0 || end === -1 ? NaN : Number(rows.slice(start, end));
}

/** A date as bars have it. */
export const DATE: Kind = {
  wanted: WANTED_DATE,
  isRight: (value) => typeof value === "string" && isDate(value),
};

/** Any number but `NaN` and the infinite ones. */
export const FINITE: Kind = { wanted: "a finite number", isRight: Number.isFinite };

const EARLIEST_MS = Date.parse("0001-01-01");
const LATEST_MS = Date.parse("9999-12-31T23:59:59.999Z");

/** Nanoseconds of our days are no such number, and neither are microseconds. */
const STAMP: Kind = {
  wanted: "milliseconds since the epoch, of a year from 1 to 9999",
  isRight: (value) => typeof value === "number" && EARLIEST_MS <= value && value <= LATEST_MS,
};

const COUNT = either(FINITE, { wanted: "null", isRight: (value) => value === null });

/** Bars that are there. */
export const BARS: Kind = { wanted: "a list of bars", isRight: Array.isArray, isSecret: true };

const BATCH = object({
  symbol: needed(text()),
  ticker: text(),
  bars: needed(BARS),
});

/**
 * Makes what checks the bars of a list, one after the other.
 *
 * @param list its name.
 * @param stamp what a timestamp may be. @default {milliseconds of a year from 1 to 9999}
 * @returns throws a `UsageError` that names the bar, by its index, and its field.
 */
export function barCheck(list: string, stamp = STAMP): (bar: Bar) => void {
  const kind = needed(object({
    date: needed(DATE),
    timestamp: needed(stamp),
    ...Object.fromEntries(["open", "high", "low", "close"].map((name) => [name, needed(FINITE)])),
    ...Object.fromEntries(["volume", "transactions"].map((name) => [name, needed(COUNT)])),
  }));
  let [index, date] = [0, ""];
  return (bar) => {
    if (!isPlain(bar, date, stamp)) {
      const name = `${list}[${index}]`;
      checkGiven({ [name]: bar }, { [name]: kind });
    }
    index++;
    date = bar.date;
  };
}

/** Whether all of a bar is right, so that nobody has to find out what is not. */
function isPlain(bar: Bar, lastDate: string, stamp: Kind): boolean {
  if (typeof bar !== "object" || bar === null) return false;
  const { date, timestamp, open, high, low, close, volume, transactions } = bar;
  return (date === lastDate || DATE.isRight(date)) &&
    Number.isFinite(timestamp) && stamp.isRight(timestamp) &&
    Number.isFinite(open) && Number.isFinite(high) &&
    Number.isFinite(low) && Number.isFinite(close) &&
    (volume === null || Number.isFinite(volume)) &&
    (transactions === null || Number.isFinite(transactions));
}

/**
 * Batches that are given, each checked before it is passed on.
 *
 * @throws {UsageError} that names the batch and the bar by their indices, and the field.
 */
export async function* checkedBatches(batches: BarBatches): AsyncGenerator<BarBatch> {
  let index = 0;
  for await (const batch of batches) {
    const name = `batches[${index++}]`;
    checkGiven({ [name]: batch }, { [name]: needed(BATCH) });
    const check = barCheck(`${name}.bars`);
    for (const bar of batch.bars) check(bar);
    yield batch;
  }
}
