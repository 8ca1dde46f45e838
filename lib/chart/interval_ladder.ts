/**
 * The lengths of a bar between which a chart page switches.
 *
 * @module
 */

import type { Bar } from "../market/bar.ts";
import { mergeBars } from "../market/merge_bars.ts";

/** A bar, and the time at which it stands on the chart. */
export interface TimedBar extends Bar {
  /** The window's start by the clock of the exchange, as milliseconds of that time in UTC. */
  readonly time: number;
}

/** A length of a bar. */
export interface Rung {
  /** As it is asked for: `5m`, `1d`, `1wk`. */
  readonly interval: string;
  /** As the page shows it: `5m`, `1D`, `1W`. */
  readonly label: string;
  /** The start of the window that a time falls into. */
  readonly startOf: (time: number) => number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 1970-01-05. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

const LADDER: readonly Rung[] = [
  ...[1, 2, 5, 15, 30].map((minutes) => rung(`${minutes}m`, `${minutes}m`, minutes * MINUTE_MS)),
  rung("1h", "1H", 60 * MINUTE_MS),
  rung("1d", "1D", DAY_MS),
  { interval: "1wk", label: "1W", startOf: mondayOf },
  { interval: "1mo", label: "1M", startOf: firstOfMonth },
];

/** Lengths that the page offers beside the loaded one. */
const OFFERED = ["5m", "15m", "1h", "1d", "1wk", "1mo"];

/** The loaded length, and the coarser ones that are offered. */
export function rungsFrom(interval: string): [Rung, ...Rung[]] {
  const at = LADDER.findIndex((rung) => rung.interval === interval);
  const loaded = LADDER[at] ?? { interval, label: interval, startOf: (time: number) => time };
  const coarser = at === -1 ? [] : LADDER.slice(at + 1);
  return [loaded, ...coarser.filter((rung) => OFFERED.includes(rung.interval))];
}

/** Whether bars of this length are shorter than a day. */
export function isIntraday(interval: string): boolean {
  return /^\d+(m|h)$/.test(interval);
}

/** Bars ascending by time become one for each window, labelled with its start. */
export function climb(bars: readonly TimedBar[], { startOf }: Rung): TimedBar[] {
  const windows = Map.groupBy(bars, ({ time }) => startOf(time));
  return Array.from(windows, ([time, of]) => ({ ...mergeBars(of), time }));
}

function rung(interval: string, label: string, lengthMs: number): Rung {
  return { interval, label, startOf: (time) => Math.floor(time / lengthMs) * lengthMs };
}

function mondayOf(time: number): number {
  const week = 7 * DAY_MS;
  return Math.floor((time - FIRST_MONDAY_MS) / week) * week + FIRST_MONDAY_MS;
}

function firstOfMonth(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}
