/**
 * The span of time that a date is in a time zone, alone or with those beside it.
 *
 * @module
 */

import type { Zone } from "./hours.ts";

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
