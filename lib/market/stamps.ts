/**
 * The time that a date is, which stamps the bars of its file may have, and which ones they get.
 *
 * A file of days has one bar a ticker, and the date in its key says which day that is: some of
 * the vendor's have stamps of another one. In a file of minutes only the stamps say when a bar
 * was, so one that is far from the date makes nonsense of it.
 *
 * @module
 */

import { DAY_MS } from "../dated_object.ts";
import type { Dataset } from "./dataset.ts";
import { midnights, type Zone, zoneOf } from "./hours.ts";

/** From a date's first millisecond to the one after its last, since the epoch. */
export interface DateSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** The time that a date is in a zone, 23 to 25 hours; or that it and days beside it are. */
export function spanOfDate(date: string, zone: Zone, { beside = 0 } = {}): DateSpan {
  const day = Temporal.PlainDate.from(date);
  return {
    startMs: day.subtract({ days: beside }).toZonedDateTime(zone).epochMilliseconds,
    endMs: day.add({ days: beside + 1 }).toZonedDateTime(zone).epochMilliseconds,
  };
}

/** Whether a moment is in a span. */
export function isInTime({ startMs, endMs }: DateSpan, ms: number): boolean {
  return startMs <= ms && ms < endMs;
}

/**
 * The time that all stamps of a date's file must be in: the date and those beside it, in the
 * zone of its market. `undefined` for files of days, whose stamps do not count.
 */
export function stampSpan(
  { asset, interval }: Pick<Dataset, "asset" | "interval">,
  date: string,
): DateSpan | undefined {
  return interval === "1d" ? undefined : spanOfDate(date, zoneOf(asset), { beside: 1 });
}

/** What a stamp outside of that span is asked to be. */
export function wantedStamp(date: string): string {
  return `nanoseconds of ${date} or of a day beside it`;
}

/**
 * Tells the stamp of a date's bar of a day: the date's midnight, in New York for stocks, options
 * and indices, else in UTC. An index has days that begin later, so there a stamp of the file
 * counts where it is of the date.
 */
export function dayStamps({ asset }: Pick<Dataset, "asset">): (date: string, ms: number) => number {
  const midnightOf = midnights(zoneOf(asset));
  return (date, ms) => {
    const startMs = midnightOf(date);
    const isOfDate = isInTime({ startMs, endMs: startMs + DAY_MS }, ms);
    return asset === "index" && isOfDate ? ms : startMs;
  };
}

/** A stamp as a time in UTC. */
export function stampText(ms: number): string {
  const isTime = Math.abs(ms) <= 8.64e15;
  return isTime ? new Date(ms).toISOString().replace(".000Z", "Z") : `${ms} ms`;
}
