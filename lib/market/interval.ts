/**
 * An interval: the length of a bar, and the files that it is made from.
 *
 * @module
 */

import { alternatives, quote, UsageError } from "../errors.ts";

/** The intervals that can be asked for. `m` is a minute, `mo` a month. */
export type Interval = "1m" | "2m" | "5m" | "15m" | "30m" | "1h" | "1d" | "1wk" | "1mo";

/** The intervals that files have; the others are made from the bars of one of them. */
export type SourceInterval = "1m" | "1d";

/** How long a bar is: a number of minutes, or a day, week or month of the calendar. */
export type IntervalLength =
  | { readonly unit: "minutes"; readonly minutes: number }
  | { readonly unit: "day" | "week" | "month" };

const LENGTHS: Readonly<Record<Interval, IntervalLength>> = {
  "1m": { unit: "minutes", minutes: 1 },
  "2m": { unit: "minutes", minutes: 2 },
  "5m": { unit: "minutes", minutes: 5 },
  "15m": { unit: "minutes", minutes: 15 },
  "30m": { unit: "minutes", minutes: 30 },
  "1h": { unit: "minutes", minutes: 60 },
  "1d": { unit: "day" },
  "1wk": { unit: "week" },
  "1mo": { unit: "month" },
};

/** Every interval, the shortest first. */
export const INTERVALS: readonly string[] = Object.keys(LENGTHS);

/**
 * Reads an interval, in any case; `60m` is `1h`. An `M` is refused, since elsewhere `1M` is
 * a month.
 *
 * @throws {UsageError} when the text names no interval.
 */
export function parseInterval(text: string): Interval {
  const typed = text.trim();
  const name = typed.toLowerCase() === "60m" ? "1h" : typed.toLowerCase();
  const isDoubtful = /^\d+M$/.test(typed);
  if (isInterval(name) && !isDoubtful) return name;
  const wanted = isDoubtful ? "m for minutes or mo for a month" : alternatives(INTERVALS);
  throw new UsageError(`Cannot read interval ${quote(text)}: want ${wanted}`);
}

/** How long a bar of an interval is. */
export function lengthOf(interval: Interval): IntervalLength {
  return LENGTHS[interval];
}

/** What an interval's bars are made from. */
export function sourceOf(interval: Interval): SourceInterval {
  return LENGTHS[interval].unit === "minutes" ? "1m" : "1d";
}

function isInterval(name: string): name is Interval {
  return Object.hasOwn(LENGTHS, name);
}
