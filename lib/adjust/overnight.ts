/**
 * What happens to a price between two dates of its bars.
 *
 * @module
 */

import type { Day } from "../market/bar.ts";
import { tradingDaysBetween } from "../market/trading_days.ts";

/** From one day with bars to the next one. */
export interface Night {
  readonly before: Day;
  readonly day: Day;
  /** How many trading days later it is: 1 where there is none in between. */
  readonly length: number;
}

/** Over more trading days a price may have gone anywhere. */
const MOST_DAYS = 20;

/** With fewer nights no habit can be told. */
const LEAST_NIGHTS = 20;

/** No jump that is looked for is smaller, up or down. */
const QUIET = 1.4;

/** The days of a ticker, and the nights before them. */
export class Nights {
  /** Those that have bars, ascending. */
  readonly #days: readonly Day[];
  #typicalMove: number | undefined;
  /** The date of the first day that is asked for; `undefined` where there is none. */
  readonly from: string | undefined;

  constructor(days: readonly Day[], from: string | undefined = days[0]?.date) {
    this.#days = days;
    this.from = from;
  }

  /** The nights after the first day that is asked for, but those in which nothing happens. */
  *indices(isOfInterest: (i: number) => boolean): Generator<number, void> {
    if (this.from === undefined) return;
    for (let i = this.indexOf(this.from) + 1; i < this.#days.length; i++) {
      const ratio = this.#days[i]!.open / this.#days[i - 1]!.close;
      const isQuiet = 1 / QUIET < ratio && ratio < QUIET;
      if (!isQuiet || isOfInterest(i)) yield i;
    }
  }

  /** The night before a day; `undefined` where no day is near enough to it on one of its sides. */
  at(i: number): Night | undefined {
    const [before, day] = [this.#days[i - 1], this.#days[i]];
    if (before === undefined || day === undefined) return undefined;
    const between = tradingDaysBetween(before.date, day.date).take(MOST_DAYS).toArray();
    return between.length < MOST_DAYS ? { before, day, length: between.length + 1 } : undefined;
  }

  /** In which night something is done that counts from a date on: the one before the first day not before it. */
  indexOf(date: string): number {
    return firstIndex(this.#days, (day) => day.date >= date);
  }

  /** The last day before a date. */
  lastBefore(date: string): Day | undefined {
    return this.#days[this.indexOf(date) - 1];
  }

  /**
   * The median of how far the price goes from close to close, as a logarithm: splits and other
   * jumps do not count in it. 0 where that is not known.
   */
  get typicalMove(): number {
    return this.#typicalMove ??= this.#findTypicalMove();
  }

  #findTypicalMove(): number {
    if (this.#days.length <= LEAST_NIGHTS) return 0;
    const moves = this.#days.slice(1)
      .map(({ close }, i) => Math.abs(Math.log(close / this.#days[i]!.close)))
      .filter(Number.isFinite);
    return moves.sort((a, b) => a - b)[moves.length >> 1] ?? 0;
  }
}

/** Where in a list something holds from on, found by halves; its length where it holds of none. */
export function firstIndex<T>(list: readonly T[], holds: (one: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
