/**
 * What happens to a price between two dates: the nights that can be looked at, and the splits and
 * dividends in each.
 *
 * @module
 */

import type { Day } from "../market/day.ts";

/** Two files of one after the other that both have the ticker. */
export interface Night {
  readonly before: Day;
  readonly day: Day;
}

/** The days of a ticker, file by file. */
export class Nights {
  readonly #dates: readonly string[];
  readonly #days: readonly (Day | undefined)[];
  /** Where the last day before each file stands, or -1. */
  readonly #lastBefore: number[] = [];

  /**
   * @param dates Those of the files, ascending.
   * @param days What each has of the ticker; `undefined` where that is nothing, or the file is
   * not at hand.
   */
  constructor(dates: readonly string[], days: readonly (Day | undefined)[]) {
    this.#dates = dates;
    this.#days = days;
    let last = -1;
    for (const [i, day] of days.entries()) {
      this.#lastBefore.push(last);
      if (day !== undefined) last = i;
    }
    this.#lastBefore.push(last);
  }

  /** The date of the first day. */
  get from(): string | undefined {
    return this.#days.find((day) => day !== undefined)?.date;
  }

  /** How many places for a night there are: before each file. */
  get length(): number {
    return this.#dates.length;
  }

  /** The night before a file; `undefined` when the two files have not both the ticker. */
  at(i: number): Night | undefined {
    const [before, day] = [this.#days[i - 1], this.#days[i]];
    return before && day && { before, day };
  }

  /**
   * The night before a file with the ticker, over the files in between that have it not, as of a
   * halt; and how many files it takes: 1 where there are none in between.
   */
  across(i: number): (Night & { readonly files: number }) | undefined {
    const last = this.#lastBefore[i]!;
    const [before, day] = [this.#days[last], this.#days[i]];
    return before && day && { before, day, files: i - last };
  }

  /** Before which file something is done that counts from a date on: the first not before it. */
  indexOf(date: string): number {
    let [low, high] = [0, this.#dates.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#dates[middle]! < date) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last day before a date, and the dates of files in between. */
  lastBefore(date: string): { readonly day: Day; readonly between: readonly string[] } | undefined {
    const i = this.indexOf(date);
    const last = this.#lastBefore[i]!;
    const day = this.#days[last];
    return day && { day, between: this.#dates.slice(last + 1, i) };
  }
}
