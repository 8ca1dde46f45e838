/**
 * What a chart page's script works on: the bars of each symbol at each length that the page offers,
 * as plain numbers, column by column. Pure.
 *
 * @module
 */

import { type Bar, priceDecimals } from "../market/bar.ts";
import { type Hours, type Zone, zoneOf } from "../market/hours.ts";
import { type Interval, lengthOf } from "../market/interval.ts";
import { type Asset, parseSymbol } from "../market/symbol.ts";
import { mergeBars, resample } from "../market/resample.ts";

/** Something to be marked on a chart, such as what `flatfetch check` finds. */
export interface ChartNote {
  /** The symbol whose chart it is on. */
  readonly symbol: string;
  /** The date that it is about, `YYYY-MM-DD`; it is marked at the next bar. */
  readonly date: string;
  /** What kind of thing it is, in a word or two, such as `gap`. */
  readonly kind: string;
  /** The whole story, in a sentence. */
  readonly text: string;
}

/** Everything that a page shows. */
export interface PageData {
  /** The lengths of a bar that can be chosen, from the loaded one on. */
  readonly intervals: readonly { readonly label: string; readonly intraday: boolean }[];
  readonly series: readonly SeriesData[];
}

/** One symbol. */
export interface SeriesData {
  readonly symbol: string;
  /** The clock and calendar of its bars, in words. */
  readonly zone: string;
  /** Digits after the point of its prices. */
  readonly decimals: number;
  readonly notes: readonly Omit<ChartNote, "symbol">[];
  /** The bars of each interval, in the order of {@linkcode PageData.intervals}. */
  readonly frames: readonly FrameData[];
}

/** The bars of one symbol and interval as columns of the same length, ascending by time. */
export interface FrameData {
  /** The window's start by the exchange's clock, in seconds, as if that were UTC. */
  readonly time: readonly number[];
  readonly open: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
  readonly volume: readonly (number | null)[];
  /** For each note the bar at which it is marked. */
  readonly noteAt: readonly number[];
}

/** What a page is made of. */
export interface PageContent {
  /** The bars of each symbol. */
  readonly bars: Readonly<Record<string, readonly Bar[]>>;
  /** The length of these bars. */
  readonly interval: Interval;
  readonly notes: readonly ChartNote[];
  /** The hours that the bars are of. */
  readonly hours: Hours;
  /** What the symbols are, where their form does not say it. */
  readonly asset: Asset | undefined;
}

/** The data of a page; a symbol without bars is not on it. */
export function pageData({ bars, interval, hours, notes, asset }: PageContent): PageData {
  const intervals = intervalsFrom(interval);
  const present = Object.entries(bars).filter(([, ofSymbol]) => ofSymbol.length > 0);
  return {
    intervals: intervals.map((one) => ({ label: labelOf(one), intraday: isIntraday(one) })),
    series: present.map(([symbol, ofSymbol]) =>
      seriesData(symbol, ofSymbol, {
        intervals,
        hours,
        asset: asset ?? assetOf(symbol, interval),
        notes: notes.filter((note) => note.symbol === symbol),
      })
    ),
  };
}

/** What a symbol's form says. Days have dates, which serve as well for a symbol without a form. */
function assetOf(symbol: string, interval: Interval): Asset {
  try {
    return parseSymbol(symbol).asset;
  } catch (error) {
    if (isIntraday(interval)) throw error;
    return "stock";
  }
}

const ZONE_NAMES: Readonly<Record<Zone, string>> = {
  "America/New_York": "New York time",
  UTC: "UTC",
};

function seriesData(
  symbol: string,
  bars: readonly Bar[],
  { intervals, hours, asset, notes }: {
    intervals: readonly Interval[];
    hours: Hours;
    asset: Asset;
    notes: readonly ChartNote[];
  },
): SeriesData {
  const shown = notes.map(({ date, kind, text }) => ({ date, kind, text }))
    .sort((a, b) => a.date < b.date ? -1 : 1);
  const ascending = bars.toSorted(byDate);
  return {
    symbol,
    zone: ZONE_NAMES[zoneOf(asset)],
    decimals: priceDecimals(bars.flatMap(({ open, high, low, close }) => [open, high, low, close])),
    notes: shown,
    frames: intervals.map((interval) =>
      frameData(frameOf(ascending, { interval, asset, hours }), { interval, asset, notes: shown })
    ),
  };
}

function frameData(
  bars: readonly TimedBar[],
  { interval, asset, notes }: {
    interval: Interval;
    asset: Asset;
    notes: readonly { readonly date: string }[];
  },
): FrameData {
  const placeOf = (date: string) => {
    const next = bars.findIndex((bar) => bar.date >= date);
    return next === -1 ? bars.length - 1 : next;
  };
  return {
    time: bars.map(({ time }) => time / 1_000),
    open: bars.map(({ open }) => open),
    high: bars.map(({ high }) => high),
    low: bars.map(({ low }) => low),
    close: bars.map(({ close }) => close),
    volume: bars.map(({ volume }) => volume),
    noteAt: notes.map(({ date }) => placeOf(windowDate(date, { interval, asset }))),
  };
}

/** By their dates first, because the vendor has stamps that are wrong. */
function byDate(a: Bar, b: Bar): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  return a.timestamp - b.timestamp;
}

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
function intervalsFrom(interval: Interval): [Interval, ...Interval[]] {
  const longer = [...LABELS.keys()].filter((other) => rank(other) > rank(interval));
  return [interval, ...longer];
}

/** As the page calls it. */
export function labelOf(interval: Interval): string {
  return LABELS.get(interval) ?? interval;
}

/** Whether bars of this length are shorter than a day. */
function isIntraday(interval: Interval): boolean {
  return lengthOf(interval).unit === "minutes";
}

/** A bar, and the time at which it stands on the chart. */
export interface TimedBar extends Bar {
  /** The window's start by the clock of the market, as milliseconds of that time in UTC. */
  readonly time: number;
}

/** The bars at an interval, ascending, one for each time; days and longer go by their dates. */
function frameOf(
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
function windowDate(
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
