/**
 * Makes the bars of a longer interval from those of a shorter one.
 *
 * @module
 */

import type { Bar } from "./bar.ts";
import { checkHours, type Hours, regularSession, type Zone, zoneOf } from "./hours.ts";
import { type Interval, type IntervalLength, lengthOf } from "./interval.ts";
import type { Asset } from "./symbol.ts";

/** What bars are of, and which of them count. */
export interface ResampleOptions {
  /** Stocks, options and indices have New York's days, weeks and months; others UTC's. */
  readonly asset: Asset;
  /**
   * With `"regular"` only bars that start from 09:30 to before 16:00 in New York count.
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
 * `timestamp` is the window's start. Windows of minutes and hours start on the clock's
 * multiples, so `1h` on the hour for every asset, and their `date` is that of their bars.
 * (yfinance counts a stock's hours from 09:30 instead. Hours on the hour hold for trading
 * before 09:30 and around the clock, and are made of whole windows of each shorter
 * interval; the first one of the regular session, 09:00, then holds half an hour.)
 * Days, weeks from Monday on, and months go by the bars' `date`, never by their stamps,
 * which some of the vendor's files have wrong; their own `date` is the window's first, and
 * `timestamp` that date's midnight in the asset's zone. `1m` is the shortest interval of
 * any file: its bars stay as they are.
 *
 * @throws {UsageError} when the asset has no regular hours.
 */
export function resample(
  bars: Iterable<Bar>,
  interval: Interval,
  options: ResampleOptions,
): Generator<Bar, void, undefined> {
  return resampleWith(new Resampler(interval, options), bars);
}

function* resampleWith(resampler: Resampler, bars: Iterable<Bar>) {
  for (const bar of bars) {
    const finished = resampler.add(bar);
    if (finished) yield finished;
  }
  const last = resampler.end();
  if (last) yield last;
}

/** What {@linkcode resample} does, for bars that are pushed, as in batches that are awaited. */
export class Resampler {
  readonly #length: IntervalLength;
  readonly #zone: Zone;
  readonly #isWanted: ((startMs: number) => boolean) | undefined;
  #window: Window | undefined;
  #bar: Draft | undefined;

  /**
   * Begins without a bar.
   *
   * @throws {UsageError} when the asset has no regular hours.
   */
  constructor(interval: Interval, { asset, hours = "all" }: ResampleOptions) {
    checkHours(hours, asset);
    this.#length = lengthOf(interval);
    this.#zone = zoneOf(asset);
    this.#isWanted = hours === "regular" ? regularSession() : undefined;
  }

  /** Takes the next bar; returns the one before its window, if that is finished by it. */
  add(bar: Bar): Bar | undefined {
    if (this.#isWanted?.(bar.timestamp) === false) return undefined;
    if (this.#bar !== undefined && this.#window?.has(bar)) {
      extend(this.#bar, bar);
      return undefined;
    }
    const finished = this.#bar;
    this.#window = windowOf(bar, this.#length, this.#zone);
    const { date, timestamp } = this.#window;
    this.#bar = { ...bar, date, timestamp };
    return finished;
  }

  /** Returns the last bar, if there is one. Bars that are added afterwards begin anew. */
  end(): Bar | undefined {
    const last = this.#bar;
    this.#bar = undefined;
    return last;
  }
}

/** A bar that grows. */
type Draft = { -readonly [Name in keyof Bar]: Bar[Name] };

function extend(draft: Draft, { high, low, close, volume, transactions }: Bar): void {
  if (high > draft.high) draft.high = high;
  if (low < draft.low) draft.low = low;
  draft.close = close;
  draft.volume = sum(draft.volume, volume);
  draft.transactions = sum(draft.transactions, transactions);
}

function sum(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return a + b;
}

/** A span of time that one bar stands for. */
interface Window {
  readonly date: string;
  readonly timestamp: number;
  has(bar: Bar): boolean;
}

function windowOf(bar: Bar, length: IntervalLength, zone: Zone): Window {
  return length.unit === "minutes"
    ? minutesOf(bar, length.minutes)
    : datesOf(bar.date, length.unit, zone);
}

/** Both zones are whole hours from UTC, so their clocks' multiples are the epoch's. */
function minutesOf({ date, timestamp }: Bar, minutes: number): Window {
  if (minutes === 1) return { date, timestamp, has: () => false };
  const lengthMs = minutes * 60_000;
  const startMs = Math.floor(timestamp / lengthMs) * lengthMs;
  const endMs = startMs + lengthMs;
  return {
    date,
    timestamp: startMs,
    has: (bar) => startMs <= bar.timestamp && bar.timestamp < endMs && bar.date === date,
  };
}

function datesOf(date: string, unit: "day" | "week" | "month", zone: Zone): Window {
  const day = Temporal.PlainDate.from(date);
  const first = unit === "day"
    ? day
    : unit === "week"
    ? day.subtract({ days: day.dayOfWeek - 1 })
    : day.with({ day: 1 });
  const from = first.toString();
  const next = first.add({ [`${unit}s`]: 1 }).toString();
  return {
    date: from,
    timestamp: first.toZonedDateTime(zone).epochMilliseconds,
    has: (bar) => from <= bar.date && bar.date < next,
  };
}
