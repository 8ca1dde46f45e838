/**
 * Finds jumps of the price overnight that look like a split.
 *
 * @module
 */

import type { Day } from "../market/bar.ts";

/** A jump from one date's close to the next date's open that looks like a split. */
export interface SplitLikeJump {
  /** The first date with the new price, `YYYY-MM-DD`: what would be the execution date. */
  readonly date: string;
  /** Open over the close before. */
  readonly ratio: number;
  /** The split that it looks like, new shares to old: `"3:1"`, or `"1:10"` for a reverse one. */
  readonly fraction: string;
}

/** Ratios of splits, more shares to fewer; each is looked for in both directions. */
const FRACTIONS: readonly (readonly [more: number, fewer: number])[] = [
  [3, 2],
  [5, 2],
  ...[2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 60, 75, 100, 150, 200].map((more) =>
    [more, 1] as const
  ),
];

/** How far the open and the close of the day may be from a fraction, as a share of the jump. */
const SHARE = 0.1;
/** At most this far, as a logarithm: half of the way from 9:1 to 10:1. */
const MOST = 0.05;

/**
 * The jump from one date's close to the next one's open, where it looks like a split: the open
 * **and** the close of a date both stand at a small fraction of the close before. Both may be off by
 * a tenth of the jump, counted in logarithms, and by at most 5 %: 4 % for 3:2, 5 % from 2:1 on.
 * That is the room of a day's ordinary trading (AAPL's 4:1 closed 3.4 % off), it makes no jump
 * fit two fractions, and a price that collapses or leaps at the open for another reason seldom
 * ends that near to a fraction.
 *
 * The fractions are 3:2, 5:2, the whole ones up to 10:1, and larger round ones up to 200:1, each
 * in both directions. Smaller ones, such as 5:4, are no larger than what bad news does.
 *
 * How many false alarms, measured by `tests/adjust/split_jump_test.ts`: none in 40 generated
 * stocks × 5 years; none in 1,000 years each of random walks whose days move by 2, 4 or 6 %;
 * 2, 26 and 55 in 1,000 years of the same with fat tails (Student's t with 3 degrees of
 * freedom), most of them 3:2 or 2:3.
 */
export function jumpBetween(
  before: Pick<Day, "close">,
  { date, open, close }: Day,
): SplitLikeJump | undefined {
  const ratio = open / before.close;
  if (LEAST < ratio && ratio < 1 / LEAST) return undefined;
  const size = Math.log(ratio);
  if (!Number.isFinite(size)) return undefined;
  const sign = size < 0 ? -1 : 1;
  const at = nearest(Math.abs(size));
  if (!isJumpBy(sign * at.size, before, { open, close })) return undefined;
  const fraction = size < 0 ? `${at.more}:${at.fewer}` : `${at.fewer}:${at.more}`;
  return { date, ratio, fraction };
}

function isJumpBy(
  size: number,
  before: Pick<Day, "close">,
  { open, close }: Pick<Day, "open" | "close">,
): boolean {
  const room = Math.min(MOST, Math.abs(size) * SHARE);
  const isNear = (price: number) => Math.abs(Math.log(price / before.close) - size) <= room;
  return isNear(open) && isNear(close);
}

const SIZES = FRACTIONS.map(([more, fewer]) => ({ more, fewer, size: Math.log(more / fewer) }));

/** A price that falls to no less than this share of the one before is near no fraction. */
const LEAST = Math.exp(-(1 - SHARE) * Math.min(...SIZES.map(({ size }) => size)));

function nearest(size: number) {
  const distance = (one: { size: number }) => Math.abs(one.size - size);
  return SIZES.reduce((best, one) => distance(one) < distance(best) ? one : best);
}
