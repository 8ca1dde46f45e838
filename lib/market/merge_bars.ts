/**
 * Several bars as one longer one.
 *
 * @module
 */

import type { Bar } from "./bar.ts";
import { DecimalSum } from "./decimal_sum.ts";

/**
 * The bar of the span that bars cover which come ascending by time: the first one's date, timestamp
 * and open, the highest high, the lowest low, the last one's close, and the sums of volume and
 * transactions. A sum passes over `null`, and is `null` when there is nothing else.
 */
export class GrowingBar {
  readonly #bar: { -readonly [Name in keyof Bar]: Bar[Name] };
  readonly #volume = new DecimalSum();

  constructor(first: Bar) {
    this.#bar = { ...first };
    this.#volume.add(first.volume);
  }

  add({ high, low, close, volume, transactions: more }: Bar): void {
    const bar = this.#bar;
    if (high > bar.high) bar.high = high;
    if (low < bar.low) bar.low = low;
    bar.close = close;
    bar.transactions = more === null ? bar.transactions : more + (bar.transactions ?? 0);
    this.#volume.add(volume);
  }

  /** All so far. */
  get value(): Bar {
    return { ...this.#bar, volume: this.#volume.value };
  }
}

/**
 * Several bars, given ascending by time, as one.
 *
 * @throws {RangeError} when there is no bar.
 */
export function mergeBars([first, ...others]: readonly Bar[]): Bar {
  if (first === undefined) {
    throw new RangeError("Cannot merge bars: found none, want at least one");
  }
  const whole = new GrowingBar(first);
  for (const bar of others) whole.add(bar);
  return whole.value;
}
