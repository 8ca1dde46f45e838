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

/** The time that a date is in a zone: 23 to 25 hours. */
export function spanOfDate(date: string, zone: Zone): DateSpan {
  return spanOfDays(date, zone, { before: 0, after: 0 });
}

/** The time that a date and the two beside it are in a zone. */
export function spanAroundDate(date: string, zone: Zone): DateSpan {
  return spanOfDays(date, zone, { before: 1, after: 1 });
}

function spanOfDays(
  date: string,
  zone: Zone,
  { before, after }: { before: number; after: number },
): DateSpan {
  const day = Temporal.PlainDate.from(date);
  return {
    startMs: day.subtract({ days: before }).toZonedDateTime(zone).epochMilliseconds,
    endMs: day.add({ days: after + 1 }).toZonedDateTime(zone).epochMilliseconds,
  };
}

/** Whether a moment is in a span. */
export function isInTime({ startMs, endMs }: DateSpan, ms: number): boolean {
  return startMs <= ms && ms < endMs;
}
