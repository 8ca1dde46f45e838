/**
 * The bars of one symbol at each length that a chart page offers. Pure.
 *
 * @module
 */

import type { Bar } from "../market/bar.ts";
import { type Hours, zoneOf } from "../market/hours.ts";
import { type Interval, lengthOf } from "../market/interval.ts";
import { mergeBars } from "../market/merge_bars.ts";
import { resample } from "../market/resample.ts";
import type { Asset } from "../market/symbol.ts";

/** The lengths that a page offers beside the loaded one, as it calls them; from the shortest. */
const LABELS: ReadonlyMap<Interval, string> = new Map([
  ["5m", "5m"],
  ["15m", "15m"],
  ["1h", "1H"],
  ["1d", "1D"],
  ["1wk", "1W"],
  ["1mo", "1M"],
]);

/** The lengths that can be made of bars of an interval, beginning with itself. */
export function intervalsFrom(interval: Interval): [Interval, ...Interval[]] {
  const longer = [...LABELS.keys()].filter((other) => rank(other) > rank(interval));
  return [interval, ...longer];
}

/** As the page calls it. */
export function labelOf(interval: Interval): string {
  return LABELS.get(interval) ?? interval;
}

/** Whether bars of this length are shorter than a day. */
export function isIntraday(interval: Interval): boolean {
  return lengthOf(interval).unit === "minutes";
}

/** A bar, and the time at which it stands on the chart. */
export interface TimedBar extends Bar {
  /** The window's start by the clock of the market, as milliseconds of that time in UTC. */
  readonly time: number;
}

/** The bars at an interval, ascending, one for each time; days and longer go by their dates. */
export function frameOf(
  bars: readonly Bar[],
  { interval, asset, hours }: { interval: Interval; asset: Asset; hours: Hours },
): TimedBar[] {
  const clockOf = isIntraday(interval) ? wallClock(zoneOf(asset)) : undefined;
  const timeOf = (bar: Bar) => clockOf?.(bar.timestamp) ?? Date.parse(bar.date);
  const windows = Map.groupBy(resample(bars, interval, { asset, hours }), timeOf);
  return Array.from(windows, ([time, of]) => ({ ...mergeBars(of), time }))
    .sort((a, b) => a.time - b.time);
}

/** The date of the window that a date falls into; its own for bars of at most a day. */
export function windowDate(
  date: string,
  { interval, asset }: { interval: Interval; asset: Asset },
): string {
  const bar = { date, timestamp: Date.parse(date), open: 1, high: 1, low: 1, close: 1 };
  const day = { ...bar, volume: null, transactions: null };
  return isIntraday(interval) ? date : [...resample([day], interval, { asset })][0]!.date;
}

function rank(interval: Interval): number {
  const length = lengthOf(interval);
  if (length.unit === "minutes") return length.minutes;
  return 1_440 * { day: 1, week: 7, month: 28 }[length.unit];
}

/** What a clock in the zone shows, as milliseconds of that time in UTC. */
function wallClock(zone: string): (timestamp: number) => number {
  const offsets = new Map<number, number>();
  return (timestamp) => {
    // No zone changes its clock within a quarter of an hour that the clock counts.
    const quarter = Math.floor(timestamp / 900_000);
    return timestamp + offsets.getOrInsertComputed(quarter, () => offsetAt(timestamp, zone));
  };
}

function offsetAt(timestamp: number, zone: string): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(timestamp).toZonedDateTimeISO(zone);
  return zoned.offsetNanoseconds / 1e6;
}
