/**
 * Compares what bars are adjusted for with their prices.
 *
 * @module
 */

import type { Finding } from "../market/finding.ts";
import { type DividendFactor, ratioText, type Split } from "./split.ts";
import { jumpBetween } from "./split_jump.ts";
import { findElsewhere, namesOf } from "./correct_splits.ts";
import type { Night, Nights } from "./overnight.ts";

/** What bars are adjusted for. */
export interface Applied {
  /** Those that change a bar, of one ticker. */
  readonly splits: readonly Split[];
  /** Likewise, a date each. */
  readonly dividends: readonly DividendFactor[];
}

/**
 * How far the open and the close of a date may both be, on the same side, from where splits and
 * dividends put the close before, as a logarithm: the room of a wild day. A split or dividend
 * that moves the price by less cannot be told from a move of the market.
 *
 * Measured by `tests/adjust/adjusted_prices_test.ts`: of 2,000 right splits none is told where the
 * price moves by up to 6 % a day, and 0, 8 and 21 where it moves by 2, 4 and 6 % with fat tails
 * (Student's t with 3 degrees of freedom); of as many that are a day late or never were, at least
 * 1,999.
 */
const ROOM = 0.15;

/** Over more files without the ticker its price may have gone anywhere. */
const MOST_FILES = 20;

/**
 * What the prices say against splits and dividends: nights that do not jump as those have it, jumps
 * that look like a split and that none explains, and splits of one date. A jump that none explains
 * is looked for where the files on both sides have the ticker. Splits and dividends are also
 * judged over up to twenty files without it, as of a halt, with more room the more there are. What
 * is outside of the files is not judged.
 *
 * @param applied `undefined` when nothing is: then a jump is but a note.
 */
export function priceFindings(nights: Nights, applied: Applied | undefined): Finding[] {
  const { splits = [], dividends = [] } = applied ?? {};
  const bySplit = Map.groupBy(splits, ({ executionDate }) => nights.indexOf(executionDate));
  const byDividend = Map.groupBy(dividends, ({ exDate }) => nights.indexOf(exDate));
  const findings = splitsOfOneDate(splits);
  for (let i = 1; i < nights.length; i++) {
    const night = nights.across(i);
    if (night === undefined || night.files > MOST_FILES) continue;
    const places = Array.from({ length: night.files }, (_, back) => i - back).reverse();
    const here = {
      splits: places.flatMap((at) => bySplit.get(at) ?? []),
      dividends: places.flatMap((at) => byDividend.get(at) ?? []),
    };
    const want = expected(here);
    const mismatch = mismatchOf(night, want, here);
    if (mismatch === undefined) {
      if (night.files === 1) findings.push(...unexplained(night, want, applied !== undefined));
    } else {
      const [split, ...others] = here.splits;
      const isOne = split !== undefined && others.length === 0;
      const where = isOne ? explain(split, nights, (at) => bySplit.has(at)) : "";
      findings.push({ ...mismatch, text: mismatch.text + where });
    }
  }
  return findings;
}

function splitsOfOneDate(splits: readonly Split[]): Finding[] {
  const several = [...Map.groupBy(splits, ({ executionDate }) => executionDate)]
    .filter(([, ofDate]) => ofDate.length > 1);
  return several.map(([date, ofDate]) => {
    const size = ofDate.reduce((sum, { from, to }) => sum + Math.log(to / from), 0);
    const cancel = Math.abs(size) < 1e-9 ? ", which cancel each other" : "";
    const text = `${ofDate.length} splits of one date are applied: ${namesOf(ofDate)}${cancel}`;
    const ratio = ofDate.map(ratioText).join(", ");
    return { kind: "splits-of-one-date", severity: "warning", dates: [date], ratio, text };
  });
}

/** What price after a night corresponds to 1 before it. */
function expected({ splits, dividends }: Applied): number {
  if (splits.length + dividends.length === 0) return 1;
  const size = splits.reduce((sum, { from, to }) => sum + Math.log(from) - Math.log(to), 0);
  return dividends.reduce((price, { factor }) => price * factor, Math.exp(size));
}

/** The finding for a night that does not jump as its splits and dividends have it. */
function mismatchOf(
  { before, day, files }: Night & { readonly files: number },
  want: number,
  here: Applied,
): Finding | undefined {
  const room = ROOM * Math.sqrt(files);
  if (want === 1 || Math.abs(Math.log(want)) <= room) return undefined;
  const [open, close] = [day.open, day.close].map((price) => Math.log(price / before.close / want));
  if (Math.abs(open!) <= room || Math.abs(close!) <= room || open! * close! < 0) return undefined;
  const priceRatio = day.open / before.close;
  const prices = `but the price goes from ${before.close} to ${day.open}`;
  const of = { severity: "warning", priceRatio } as const;
  if (here.splits.length === 0) {
    const [{ exDate, factor }] = here.dividends as [DividendFactor];
    const text = `a dividend is applied by the factor ${Number(factor.toPrecision(6))}, ${prices}`;
    return { ...of, kind: "dividend-without-fall", dates: [exDate], text };
  }
  const dates = [...new Set(here.splits.map(({ executionDate }) => executionDate))].sort();
  const what = here.splits.length === 1 ? "the split" : "the splits";
  const are = here.splits.length === 1 ? "is" : "are";
  const text = `${what} ${namesOf(here.splits)} ${are} applied, ${prices}`;
  const ratio = here.splits.map(ratioText).join(", ");
  return { ...of, kind: "split-without-jump", dates, ratio, text };
}

function explain(split: Split, nights: Nights, isTaken: (at: number) => boolean): string {
  const elsewhere = findElsewhere(split, { nights, isTaken });
  if (elsewhere === undefined) return "";
  return elsewhere.how === "moved"
    ? `, and jumps so on ${elsewhere.split.executionDate}`
    : `, as at a split of ${ratioText(elsewhere.split)}`;
}

/** The jump that is left when the night's splits and dividends are taken out of it. */
function unexplained({ before, day }: Night, want: number, isAdjusted: boolean): Finding[] {
  const jump = jumpBetween({ close: before.close * want }, day);
  if (jump === undefined) return isAdjusted ? leap({ before, day }, want) : [];
  const { date, fraction } = jump;
  const text = `the price jumps as at a split of ${fraction}`;
  const of = { kind: "split-like-jump", dates: [date], ratio: fraction } as const;
  const priceRatio = day.open / before.close;
  return isAdjusted
    ? [{ ...of, severity: "warning", priceRatio, text: `${text}, which no split explains` }]
    : [{ ...of, severity: "note", priceRatio, text }];
}

/** A price that is many times what it was looks like a split of any ratio. */
const LEAP = Math.log(5);

/** A night that no market makes, whatever its ratio. */
function leap({ before, day }: Night, want: number): Finding[] {
  const [open, close] = [day.open, day.close].map((price) => Math.log(price / before.close / want));
  if (!(Math.min(open!, close!) >= LEAP || Math.max(open!, close!) <= -LEAP)) return [];
  const priceRatio = day.open / before.close;
  const text =
    `the price goes from ${before.close} to ${day.open} overnight, which no split explains`;
  return [{ kind: "split-like-jump", severity: "warning", dates: [day.date], priceRatio, text }];
}
