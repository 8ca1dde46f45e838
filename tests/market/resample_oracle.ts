/**
 * What resampled bars must be, worked out another way: each bar's label from the parts of a
 * wall clock, then plain grouping. It shares no code with the product.
 *
 * @module
 */

import type { Bar } from "../../lib/market/bar.ts";

/** How bars are put together here. */
export interface Grouping {
  readonly interval: string;
  readonly zone: "America/New_York" | "UTC";
  readonly isRegular?: boolean;
  /** The first day of a week, from 0 for Sunday. @default {1} */
  readonly weekFrom?: number;
}

/** The bars of an interval, by labels and groups. */
export function groupBars(bars: readonly Bar[], grouping: Grouping): Bar[] {
  const { zone, isRegular = false } = grouping;
  const { interval } = grouping;
  const wanted = bars.filter((bar) => !isRegular || isInSession(clock(bar.timestamp, zone)));
  if (interval === "1m") return wanted;
  const labelled = wanted.map((bar) => ({ bar, ...labelOf(bar, grouping) }));
  const groups = Object.groupBy(labelled, ({ date, timestamp }) => `${date} ${timestamp}`);
  return Object.values(groups).map((group) => {
    const { date, timestamp } = group![0]!;
    const all = group!.map(({ bar }) => bar);
    return {
      date,
      timestamp,
      open: all[0]!.open,
      high: Math.max(...all.map(({ high }) => high)),
      low: Math.min(...all.map(({ low }) => low)),
      close: all.at(-1)!.close,
      volume: total(all.map(({ volume }) => volume)),
      transactions: total(all.map(({ transactions }) => transactions)),
    };
  });
}

/** Bars with volumes of twelve digits, in which sums of any order are the same. */
export function withRoundVolumes(bars: readonly Bar[]): Bar[] {
  const rounded = (volume: number) => Number(volume.toPrecision(12));
  return bars.map((bar) => ({ ...bar, volume: bar.volume === null ? null : rounded(bar.volume) }));
}

/** The first moment of a date in a zone, found by trying every hour around it. */
export function midnightOf(date: string, zone: string): number {
  const name = `${date} ${zone}`;
  const found = midnights.get(name) ?? findMidnight(date, zone);
  midnights.set(name, found);
  return found;
}

/** Those found so far. */
const midnights = new Map<string, number>();

function findMidnight(date: string, zone: string): number {
  const utc = Date.parse(date);
  for (let hour = -14; hour <= 14; hour++) {
    const { hour: h, minute, date: day } = clock(utc + hour * 3_600_000, zone);
    if (day === date && h === 0 && minute === 0) return utc + hour * 3_600_000;
  }
  throw new RangeError(`${date} has no midnight in ${zone}`);
}

interface Clock {
  readonly date: string;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const FORMATS = new Map(["America/New_York", "UTC"].map((timeZone) => [
  timeZone,
  new Intl.DateTimeFormat("en-CA", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  }),
]));

function clock(ms: number, zone: string): Clock {
  const name = `${ms} ${zone}`;
  const found = clocks.get(name) ?? readClock(ms, zone);
  clocks.set(name, found);
  return found;
}

/** Those read so far: bars of every length are made of the same minutes. */
const clocks = new Map<string, Clock>();

function readClock(ms: number, zone: string): Clock {
  const parts = FORMATS.get(zone)!.formatToParts(ms);
  const part = (type: string) => parts.find((one) => one.type === type)!.value;
  return {
    date: `${part("year")}-${part("month")}-${part("day")}`,
    hour: Number(part("hour")),
    minute: Number(part("minute")),
    second: Number(part("second")),
  };
}

function isInSession({ date, hour, minute }: Clock): boolean {
  const last = HALF_DAYS.has(date) ? 12 : 15;
  return hour === 9 ? minute >= 30 : hour >= 10 && hour <= last;
}

/** The half days of the years that tests use. */
const HALF_DAYS = new Set([
  "2024-07-03",
  "2024-11-29",
  "2024-12-24",
  "2025-07-03",
  "2025-11-28",
  "2025-12-24",
]);

const MINUTES: Readonly<Record<string, number>> = {
  "2m": 2,
  "5m": 5,
  "15m": 15,
  "30m": 30,
  "1h": 60,
};

function labelOf(bar: Bar, { interval, zone, isRegular, weekFrom = 1 }: Grouping) {
  const minutes = MINUTES[interval];
  if (minutes !== undefined) {
    const { hour, minute, second } = clock(bar.timestamp, zone);
    const counted = isRegular ? hour * 60 + minute - 570 : minute;
    const sinceMs = (counted % minutes * 60 + second) * 1_000;
    return { date: bar.date, timestamp: bar.timestamp - sinceMs };
  }
  const date = firstDateOf(bar.date, interval, weekFrom);
  return { date, timestamp: midnightOf(date, zone) };
}

function firstDateOf(date: string, interval: string, weekFrom: number): string {
  if (interval === "1d") return date;
  if (interval === "1mo") return `${date.slice(0, 8)}01`;
  const day = new Date(date);
  while (day.getUTCDay() !== weekFrom) day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}

function total(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value);
}
