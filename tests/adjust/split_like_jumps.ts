import { jumpBetween, type SplitLikeJump } from "../../lib/adjust/overnight.ts";
import type { Bar, Day } from "../../lib/market/bar.ts";
import { daysOfBars } from "../market/days_of_bars.ts";

/** The nights of bars that look like a split. */

/** @param bars Ascending, of one ticker, not adjusted, of a day or less each. */
export function* findSplitLikeJumps(bars: Iterable<Bar>): Generator<SplitLikeJump, void> {
  let before: Day | undefined;
  for (const day of daysOfBars(bars)) {
    const jump = before && jumpBetween(before, day);
    if (jump !== undefined) yield jump;
    before = day;
  }
}
