import type { Bar, Day } from "../../lib/market/bar.ts";

/** The days of bars, made from the bars themselves. */

/** The days that bars make, which ascend. */
export function* daysOfBars(bars: Iterable<Bar>): Generator<Day, void> {
  let day: Day | undefined;
  for (const { date, open, close } of bars) {
    if (day !== undefined && day.date !== date) yield day;
    day = { date, close, open: day?.date === date ? day.open : open };
  }
  if (day !== undefined) yield day;
}
