/**
 * How many shares one share of a date has become on another date.
 *
 * @module
 */

import type { Split } from "./split.ts";

/** Counts shares through the splits of one ticker. */
export class ShareCounts {
  readonly #dates: readonly string[];
  /** What a share before each of the dates has become after the last one. */
  readonly #products: readonly number[];

  /** @param splits In any order; together no factor beyond 1e100. */
  constructor(splits: readonly Split[]) {
    const ascending = splits.toSorted((a, b) => a.executionDate < b.executionDate ? -1 : 1);
    const products = [1];
    for (const { from, to } of ascending.toReversed()) products.push(products.at(-1)! * to / from);
    this.#dates = ascending.map(({ executionDate }) => executionDate);
    this.#products = products.reverse();
  }

  /** What one share of a date has become on a later one; without a later one, after all splits. */
  between(date: string, later?: string): number {
    const [from, to] = [this.#firstAfter(date), later === undefined ? -1 : this.#firstAfter(later)];
    return from === to ? 1 : this.#products[from]! / this.#products.at(to)!;
  }

  #firstAfter(date: string): number {
    let [low, high] = [0, this.#dates.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#dates[middle]! <= date) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
