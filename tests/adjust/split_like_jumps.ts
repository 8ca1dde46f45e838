/** The nights of bars that look like a split. */

import { jumpBetween, type SplitLikeJump } from "../../lib/adjust/split_jump.ts";
import type { Bar } from "../../lib/market/bar.ts";
import type { Day } from "../../lib/market/day.ts";
import { daysOfBars } from "../market/days_of_bars.ts";

/** @param bars Ascending, of one ticker, not adjusted, of a day or less each. */
export function* findSplitLikeJumps(bars: Iterable<Bar>): Generator<SplitLikeJump, void> {
  let before: Day | undefined;
  for (const day of daysOfBars(bars)) {
    const jump = before && jumpBetween(before, day);
    if (jump !== undefined) yield jump;
    before = day;
  }
}
