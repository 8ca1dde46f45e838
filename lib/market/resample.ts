/**
 * Makes the bars of a longer interval from those of a shorter one, with sums that have no noise of
 * binary fractions.
 *
 * @module
 */

import { type Bar, barCheck } from "./bar.ts";
import { checkGiven, checkOptions, needed, oneOf, SEQUENCE } from "../given.ts";
import { checkHours, type Hours, regularSessions, type Session, zoneOf } from "./hours.ts";
import { type Interval, type IntervalLength, INTERVALS, lengthOf } from "./interval.ts";
import { type Asset, ASSETS } from "./symbol.ts";

/** What bars are of, and which of them count. */
export interface ResampleOptions {
  /**
   * Stocks, options and indices have New York's days, weeks and months; others UTC's. Weeks
   * begin on Monday, those of forex on Sunday.
   */
  readonly asset: Asset;
  /**
   * With `"regular"` only bars that start in the regular session in New York count: from 09:30
   * to before 16:00, or 13:00 on a day of an early close.
   *
   * @default {"all"}
   */
  readonly hours?: Hours;
}

/**
 * The bars of an interval, made from ascending bars of a shorter one: the first open, the
 * highest high, the lowest low, the last close, and the sums of volume and transactions,
 * which are `null` when all of them are. A window without a bar is absent. The bars are
 * taken one at a time and none is kept, so memory does not grow with them.
 *
 * `timestamp` is the window's start. Windows of minutes and hours count from the full hour, or
 * from the session's opening at 09:30 when only the regular hours are asked for, as yfinance
 * and charting programs do; their `date` is that of their bars. Days, weeks and months go by
 * the bars' `date`; their own `date` is the window's first, and `timestamp` that date's
 * midnight in the asset's zone. Weeks begin on Monday. Those of forex begin on Sunday, whose
 * file has the trading from 17:00 in New York on. `1m` is the shortest interval of any file:
 * its bars stay as they are.
 *
 * @throws {UsageError} when the asset has no regular hours, or an argument, or a field of a bar, is
 * none of what it may be.
 */
export function resample(
  bars: Iterable<Bar>,
  interval: Interval,
  options: ResampleOptions,
): Generator<Bar, void, undefined> {
  checkGiven({ bars, interval }, { bars: needed(SEQUENCE), interval: needed(oneOf(INTERVALS)) });
  checkOptions(options, { asset: needed(oneOf(ASSETS)), hours: oneOf(["all", "regular"]) });
  return resampleWith(new Resampler(interval, options), bars);
}

function* resampleWith(resampler: Resampler, bars: Iterable<Bar>) {
  const check = barCheck("bars");
  for (const bar of bars) {
    check(bar);
    const finished = resampler.add(bar);
    if (finished) yield finished;
  }
  const last = resampler.end();
  if (last) yield last;
}

/** What {@linkcode resample} does, for bars that are pushed, as in batches that are awaited. */
export class Resampler {
  readonly #length: IntervalLength;
  readonly #asset: Asset;
  readonly #sessionOf: ((startMs: number) => Session | undefined) | undefined;
  #window: Window | undefined;
  #bar: GrowingBar | undefined;

  /**
   * Begins without a bar.
   *
   * @throws {UsageError} when the asset has no regular hours.
   */
  constructor(interval: Interval, { asset, hours = "all" }: ResampleOptions) {
    checkHours(hours, asset);
    this.#length = lengthOf(interval);
    this.#asset = asset;
    this.#sessionOf = hours === "regular" ? regularSessions() : undefined;
  }

  /** Takes the next bar; returns the one before its window, if that is finished by it. */
  add(bar: Bar): Bar | undefined {
    const session = this.#sessionOf?.(bar.timestamp);
    if (this.#sessionOf !== undefined && session === undefined) return undefined;
    if (this.#bar !== undefined && this.#window?.has(bar)) {
      this.#bar.add(bar);
      return undefined;
    }
    const finished = this.end();
    this.#window = this.#length.unit === "minutes"
      ? minutesOf(bar, this.#length.minutes, session?.openMs)
      : datesOf(bar.date, this.#length.unit, this.#asset);
    const { date, timestamp } = this.#window;
    this.#bar = new GrowingBar({ ...bar, date, timestamp });
    return finished;
  }

  /** Returns the last bar, if there is one. Bars that are added afterwards begin anew. */
  end(): Bar | undefined {
    const last = this.#bar?.value;
    this.#bar = undefined;
    return last;
  }
}

/** A span of time that one bar stands for. */
interface Window {
  readonly date: string;
  readonly timestamp: number;
  has(bar: Bar): boolean;
}

/** Windows count from an opening; without one from the epoch, as both zones' full hours do. */
function minutesOf({ date, timestamp }: Bar, minutes: number, openMs = 0): Window {
  if (minutes === 1) return { date, timestamp, has: () => false };
  const lengthMs = minutes * 60_000;
  const startMs = openMs + Math.floor((timestamp - openMs) / lengthMs) * lengthMs;
  const endMs = startMs + lengthMs;
  return {
    date,
    timestamp: startMs,
    has: (bar) => startMs <= bar.timestamp && bar.timestamp < endMs && bar.date === date,
  };
}

function datesOf(date: string, unit: "day" | "week" | "month", asset: Asset): Window {
  const day = Temporal.PlainDate.from(date);
  const sinceFirst = asset === "forex" ? day.dayOfWeek % 7 : day.dayOfWeek - 1;
  const first = unit === "day"
    ? day
    : unit === "week"
    ? day.subtract({ days: sinceFirst })
    : day.with({ day: 1 });
  const from = first.toString();
  const next = first.add({ [`${unit}s`]: 1 }).toString();
  return {
    date: from,
    timestamp: first.toZonedDateTime(zoneOf(asset)).epochMilliseconds,
    has: (bar) => from <= bar.date && bar.date < next,
  };
}

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
