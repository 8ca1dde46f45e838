/**
 * Several bars as one longer one.
 *
 * @module
 */

import type { Bar } from "./bar.ts";
import { DecimalSum } from "./decimal_sum.ts";

/**
 * The bar of the whole span that bars cover, given ascending by time: the first one's date,
 * timestamp and open, the highest high, the lowest low, the last one's close, and the sums
 * of volume and transactions. A sum passes over `null`, and is `null` when there is nothing
 * else.
 *
 * @throws {RangeError} when there is no bar.
 */
export function mergeBars(bars: readonly Bar[]): Bar {
  const [first, last] = [bars[0], bars.at(-1)];
  if (first === undefined || last === undefined) {
    throw new RangeError("Cannot merge bars: found none, want at least one");
  }
  return {
    date: first.date,
    timestamp: first.timestamp,
    open: first.open,
    high: bars.reduce((highest, { high }) => Math.max(highest, high), -Infinity),
    low: bars.reduce((lowest, { low }) => Math.min(lowest, low), Infinity),
    close: last.close,
    volume: sum(bars.map(({ volume }) => volume)),
    transactions: sum(bars.map(({ transactions }) => transactions)),
  };
}

function sum(values: readonly (number | null)[]): number | null {
  const total = new DecimalSum();
  for (const value of values) total.add(value);
  return total.value;
}
