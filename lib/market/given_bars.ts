/**
 * Checks the bars that a caller gives, whom no compiler may have stopped.
 *
 * @module
 */

import { checkGiven, either, type Kind, needed, object, text } from "../given.ts";
import type { Bar, BarBatch, BarBatches } from "./bar.ts";
import { isDate, WANTED_DATE } from "./period.ts";

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
