/**
 * The span of time that a date is in a time zone.
 *
 * @module
 */

import type { Zone } from "./hours.ts";

/** From a date's first millisecond to the one after its last, since the epoch. */
export interface DateSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** The time that a date is in a zone: 23 to 25 hours. */
export function spanOfDate(date: string, zone: Zone): DateSpan {
  const day = Temporal.PlainDate.from(date);
  return {
    startMs: day.toZonedDateTime(zone).epochMilliseconds,
    endMs: day.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds,
  };
}
