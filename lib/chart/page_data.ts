/**
 * What a chart page's script works on: plain numbers, column by column. Pure.
 *
 * @module
 */

import type { Bar } from "../market/bar.ts";
import { priceDecimals } from "../market/price_decimals.ts";
import { parseSymbol } from "../market/symbol.ts";
import { zoneOf } from "../market/hours.ts";
import { climb, isIntraday, type Rung, rungsFrom, type TimedBar } from "./interval_ladder.ts";

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

/** Which bars a page is made of. */
export interface PageContent {
  /** The bars of each symbol. */
  readonly bars: Readonly<Record<string, readonly Bar[]>>;
  /** The length of these bars. */
  readonly interval: string;
  readonly notes: readonly ChartNote[];
  /** The clock by which bars shorter than a day are labelled; by the symbol's market if not given. */
  readonly timeZone: string | undefined;
}

/** The data of a page; a symbol without bars is not on it. */
export function pageData({ bars, interval, notes, timeZone }: PageContent): PageData {
  const rungs = rungsFrom(interval);
  const present = Object.entries(bars).filter(([, ofSymbol]) => ofSymbol.length > 0);
  return {
    intervals: rungs.map((rung) => ({ label: rung.label, intraday: isIntraday(rung.interval) })),
    series: present.map(([symbol, ofSymbol]) => {
      const clock = isIntraday(interval)
        ? timeZone ?? zoneOf(parseSymbol(symbol).asset)
        : undefined;
      const ownNotes = notes.filter((note) => note.symbol === symbol);
      return seriesData(symbol, timed(ofSymbol, clock), { rungs, notes: ownNotes });
    }),
  };
}

function seriesData(
  symbol: string,
  bars: readonly TimedBar[],
  { rungs, notes }: { rungs: readonly Rung[]; notes: readonly ChartNote[] },
): SeriesData {
  const shown = notes.map(({ date, kind, text }) => ({ date, kind, text }))
    .sort((a, b) => a.date < b.date ? -1 : 1);
  return {
    symbol,
    decimals: priceDecimals(bars.flatMap(({ open, high, low, close }) => [open, high, low, close])),
    notes: shown,
    frames: rungs.map((rung) => frameData(climb(bars, rung), { rung, notes: shown })),
  };
}

function frameData(
  bars: readonly TimedBar[],
  { rung, notes }: { rung: Rung; notes: readonly { readonly date: string }[] },
): FrameData {
  const placeOf = (date: string) => {
    const next = bars.findIndex(({ time }) => time >= rung.startOf(Date.parse(date)));
    return next === -1 ? bars.length - 1 : next;
  };
  return {
    time: bars.map(({ time }) => time / 1_000),
    open: bars.map(({ open }) => open),
    high: bars.map(({ high }) => high),
    low: bars.map(({ low }) => low),
    close: bars.map(({ close }) => close),
    volume: bars.map(({ volume }) => volume),
    noteAt: notes.map(({ date }) => placeOf(date)),
  };
}

/** Bars with their times, ascending; a day has its date, because vendor stamps can be wrong. */
function timed(bars: readonly Bar[], timeZone: string | undefined): TimedBar[] {
  const clockOf = timeZone === undefined ? undefined : wallClock(timeZone);
  return bars
    .map((bar) => ({ ...bar, time: clockOf?.(bar.timestamp) ?? Date.parse(bar.date) }))
    .sort((a, b) => a.time - b.time);
}

/** What a clock in the time zone shows, as milliseconds of that time in UTC. */
function wallClock(timeZone: string): (timestamp: number) => number {
  const offsets = new Map<number, number>();
  return (timestamp) => {
    const quarter = Math.floor(timestamp / 900_000);
    const known = offsets.get(quarter);
    if (known !== undefined) return timestamp + known;
    const zoned = Temporal.Instant.fromEpochMilliseconds(timestamp).toZonedDateTimeISO(timeZone);
    const offset = zoned.offsetNanoseconds / 1e6;
    offsets.set(quarter, offset);
    return timestamp + offset;
  };
}
