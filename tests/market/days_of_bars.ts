/** The days of bars, made from the bars themselves. */

import type { Bar } from "../../lib/market/bar.ts";
import type { Day } from "../../lib/market/day.ts";

/** The days that bars make, which ascend. */
export function* daysOfBars(bars: Iterable<Bar>): Generator<Day, void> {
  let day: Day | undefined;
  for (const { date, open, close } of bars) {
    if (day !== undefined && day.date !== date) yield day;
    day = { date, close, open: day?.date === date ? day.open : open };
  }
  if (day !== undefined) yield day;
}
