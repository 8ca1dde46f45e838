/**
 * What happens to a price between two dates of its bars, and which jumps of it look like a split.
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

/** A jump from one date's close to the next date's open that looks like a split. */
export interface SplitLikeJump {
  /** The first date with the new price, `YYYY-MM-DD`: what would be the execution date. */
  readonly date: string;
  /** Open over the close before. */
  readonly ratio: number;
  /** The split that it looks like, new shares to old: `"3:1"`, or `"1:10"` for a reverse one. */
  readonly fraction: string;
}

/** Ratios of splits, more shares to fewer; each is looked for in both directions. */
const FRACTIONS: readonly (readonly [more: number, fewer: number])[] = [
  [3, 2],
  [5, 2],
  ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60, 75, 100, 150, 200].map((more) =>
    [more, 1] as const
  ),
];

/** How far the open and the close of the day may be from a fraction, as a share of the jump. */
const SHARE = 0.1;
/** At most this far, as a logarithm: half of the way from 9:1 to 10:1. */
const MOST = 0.05;

/**
 * The jump from one date's close to the next one's open, where it looks like a split: the open
 * **and** the close of a date both stand at a small fraction of the close before. Both may be off by
 * a tenth of the jump, counted in logarithms, and by at most 5 %: 4 % for 3:2, 5 % from 2:1 on.
 * That is the room of a day's ordinary trading (AAPL's 4:1 closed 3.4 % off), it makes no jump
 * fit two fractions, and a price that collapses or leaps at the open for another reason seldom
 * ends that near to a fraction.
 *
 * The fractions are 3:2, 5:2, the whole ones up to 10:1, and larger round ones up to 200:1, each
 * in both directions. Smaller ones, such as 5:4, are no larger than what bad news does.
 *
 * How many false alarms, measured by `tests/adjust/split_jump_test.ts`: none in 40 generated
 * stocks × 5 years; none in 1,000 years each of random walks whose days move by 2, 4 or 6 %;
 * 2, 26 and 55 in 1,000 years of the same with fat tails (Student's t with 3 degrees of
 * freedom), most of them 3:2 or 2:3.
 */
export function jumpBetween(
  before: Pick<Day, "close">,
  { date, open, close }: Day,
): SplitLikeJump | undefined {
  const ratio = open / before.close;
  if (LEAST < ratio && ratio < 1 / LEAST) return undefined;
  const size = Math.log(ratio);
  if (!Number.isFinite(size)) return undefined;
  const sign = size < 0 ? -1 : 1;
  const at = nearest(Math.abs(size));
  if (!isJumpBy(sign * at.size, before, { open, close })) return undefined;
  const fraction = size < 0 ? `${at.more}:${at.fewer}` : `${at.fewer}:${at.more}`;
  return { date, ratio, fraction };
}

function isJumpBy(
  size: number,
  before: Pick<Day, "close">,
  { open, close }: Pick<Day, "open" | "close">,
): boolean {
  const room = Math.min(MOST, Math.abs(size) * SHARE);
  const isNear = (price: number) => Math.abs(Math.log(price / before.close) - size) <= room;
  return isNear(open) && isNear(close);
}

const SIZES = FRACTIONS.map(([more, fewer]) => ({ more, fewer, size: Math.log(more / fewer) }));

/** A price that falls to no less than this share of the one before is near no fraction. */
const LEAST = Math.exp(-(1 - SHARE) * Math.min(...SIZES.map(({ size }) => size)));

function nearest(size: number) {
  const distance = (one: { size: number }) => Math.abs(one.size - size);
  return SIZES.reduce((best, one) => distance(one) < distance(best) ? one : best);
}
