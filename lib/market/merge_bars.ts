/**
 * Several bars as one longer one, and sums without the noise of binary fractions.
 *
 * @module
 */

import type { Bar } from "./bar.ts";

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

/** A sum that grows; `null` counts for nothing, and is the sum when there is nothing else. */
export class DecimalSum {
  #count = 0;
  #decimals = 0;
  #sum = 0;
  /** What rounding has taken from the sum so far (Neumaier). */
  #lost = 0;

  /** Adds a number that is not negative. */
  add(value: number | null): void {
    if (value === null) return;
    this.#count++;
    this.#decimals = Math.max(this.#decimals, decimalsOf(value));
    const sum = this.#sum + value;
    const [large, small] = this.#sum < value ? [value, this.#sum] : [this.#sum, value];
    this.#lost += large - sum + small;
    this.#sum = sum;
  }

  /** With as many decimals as the number has that has most. */
  get value(): number | null {
    if (this.#count === 0) return null;
    const sum = this.#sum + this.#lost;
    if (this.#count === 1 || !Number.isFinite(sum)) return this.#sum;
    return Number(sum.toFixed(this.#decimals));
  }
}

/** The decimals that a number is written with, as far as a double can have any that matter. */
function decimalsOf(value: number): number {
  if (Number.isInteger(value)) return 0;
  const [digits = "", exponent = "0"] = String(value).split("e");
  const point = digits.indexOf(".");
  const written = point === -1 ? 0 : digits.length - point - 1;
  return Math.min(100, Math.max(0, written - Number(exponent)));
}
