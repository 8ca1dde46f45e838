/**
 * What the bars of one ticker are adjusted for, and what their prices say to it.
 *
 * @module
 */

import type { Finding } from "../market/finding.ts";
import { type DividendFactor, ratioText, type Split, splitsAfter } from "./split.ts";
import { jumpBetween, type Night, type Nights } from "./overnight.ts";
import { type CorrectedSplit, correctSplits, findElsewhere, ratiosText } from "./correct_splits.ts";
import type { Actions } from "./adjustment.ts";
import { type AppliedDividend, dividendFactors, type FactorContext } from "./dividend_factors.ts";

/** What bars are adjusted for. */
export interface Adjustment {
  /** Those that change a bar, oldest first. */
  readonly splits: readonly CorrectedSplit[];
  /** Those that change a bar, oldest first. */
  readonly dividends: readonly AppliedDividend[];
  /** What a user should know of them and of the prices. */
  readonly findings: readonly Finding[];
}

/** What the prices are compared with. */
export interface AdjustmentContext extends Omit<FactorContext, "splits"> {
  readonly nights: Nights;
  /** Whether the bars are of one company, under whatever tickers. @default {false} */
  readonly isFollowed?: boolean | undefined;
  /** What the ticker has; `undefined` when bars stay as they are. */
  readonly actions: Actions | undefined;
  /** Correct splits where the prices show them to be wrong. @default {false} */
  readonly fixSplits?: boolean | undefined;
}

/** Finds out what bars are adjusted for, and what their prices say to it. */
export function adjustPrices(context: AdjustmentContext): Adjustment {
  const { nights, actions, fixSplits, isFollowed } = context;
  const { from } = nights;
  if (actions === undefined || from === undefined) {
    const findings = priceFindings(nights, undefined, { isFollowed });
    return { splits: [], dividends: [], findings };
  }
  const known = actions.splits;
  const corrections = fixSplits ? correctSplits(known, nights) : { splits: known, findings: [] };
  const splits = splitsAfter(corrections.splits, from);
  const factors = dividendFactors(actions.dividends, { ...context, splits });
  const applied = { splits, dividends: factors.applied };
  return {
    ...applied,
    findings: [
      ...corrections.findings,
      ...priceFindings(nights, applied, { isFollowed }),
      ...factors.findings,
    ],
  };
}

/** What is compared with the prices. */
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

/**
 * A price that opens and closes at more than this many times the close before, or less than that
 * part of it, has jumped as no market moves it, whatever the ratio: 7 for 4. News moves a stock so
 * once in some hundred years; one that moves more each day has more room.
 */
const LEAP = Math.log(1.75);
/**
 * So many times its typical move is none that a stock makes: 60 % overnight where it is 2 % a day,
 * so that 3:2, which bad news comes near to, counts of a calm stock alone.
 */
const FAR = 24;

/** What the prices are of. */
interface PricesContext {
  /** Whether they are of one company, under whatever tickers. @default {false} */
  readonly isFollowed?: boolean | undefined;
}

/**
 * What the prices say against splits and dividends: nights that do not jump as those have it, jumps
 * that no market makes and that none explains, and splits of one date; also over up to twenty
 * trading days without a bar, as of a halt, with more room the more there are. A split in a night
 * whose prices are not known is reported as unchecked.
 *
 * @param applied `undefined` when nothing is: then a jump is but a note.
 */
function priceFindings(
  nights: Nights,
  applied: Applied | undefined,
  context: PricesContext = {},
): Finding[] {
  const { splits = [], dividends = [] } = applied ?? {};
  const bySplit = Map.groupBy(splits, ({ executionDate }) => nights.indexOf(executionDate));
  const byDividend = Map.groupBy(dividends, ({ exDate }) => nights.indexOf(exDate));
  const findings = splitsOfOneDate(splits);
  for (const i of nights.indices((i) => bySplit.has(i) || byDividend.has(i))) {
    const night = nights.at(i);
    if (night === undefined) continue;
    const here = { splits: bySplit.get(i) ?? [], dividends: byDividend.get(i) ?? [] };
    const want = expected(here);
    const mismatch = mismatchOf(night, want, here);
    if (mismatch === undefined) {
      const far = FAR * nights.typicalMove;
      findings.push(...unexplained(night, { ...context, want, far, isAdjusted: !!applied }));
    } else {
      const [split, ...others] = here.splits;
      const isOne = split !== undefined && others.length === 0;
      const where = isOne ? explain(split, nights, (at) => bySplit.has(at)) : "";
      findings.push({ ...mismatch, text: mismatch.text + where });
    }
  }
  const isUnchecked = ([i, ofNight]: readonly [number, readonly Split[]]) => {
    const [night, size] = [nights.at(i), Math.abs(sizeOf(ofNight))];
    return night === undefined || ROOM < size && size <= roomOf(night);
  };
  const unchecked = [...bySplit].filter(isUnchecked).flatMap(([, ofNight]) => ofNight);
  return [...findings, ...tellUnchecked(unchecked)];
}

/** Those that would be judged in a night whose prices are known. */
function tellUnchecked(splits: readonly Split[]): Finding[] {
  const judged = splits.filter((split) => Math.abs(sizeOf([split])) > ROOM);
  if (judged.length === 0) return [];
  const dates = [...new Set(judged.map(({ executionDate }) => executionDate))];
  const what = judged.length === 1
    ? `the split ${ratioText(judged[0]!)} is`
    : `the splits ${ratiosText(judged)}, ${dates[0]} to ${dates.at(-1)}, are`;
  const text = `${what} applied unchecked: no prices right before and after are at hand`;
  const ratio = judged.map(ratioText).join(", ");
  return [{ kind: "split-unchecked", severity: "note", dates, ratio, text }];
}

/** The room of a night, as a logarithm. */
function roomOf({ length }: Night): number {
  return ROOM * Math.sqrt(length);
}

/** How many times as many shares there are after splits, as a logarithm. */
function sizeOf(splits: readonly Split[]): number {
  return splits.reduce((sum, { from, to }) => sum + Math.log(to) - Math.log(from), 0);
}

function splitsOfOneDate(splits: readonly Split[]): Finding[] {
  const several = [...Map.groupBy(splits, ({ executionDate }) => executionDate)]
    .filter(([, ofDate]) => ofDate.length > 1);
  return several.map(([date, ofDate]) => {
    const cancel = Math.abs(sizeOf(ofDate)) < 1e-9 ? ", which cancel each other" : "";
    const text = `${ofDate.length} splits of one date are applied: ${ratiosText(ofDate)}${cancel}`;
    const ratio = ofDate.map(ratioText).join(", ");
    return { kind: "splits-of-one-date", severity: "warning", dates: [date], ratio, text };
  });
}

/** What price after a night corresponds to 1 before it. */
function expected({ splits, dividends }: Applied): number {
  if (splits.length + dividends.length === 0) return 1;
  return dividends.reduce((price, { factor }) => price * factor, Math.exp(-sizeOf(splits)));
}

/** The finding for a night that does not jump as its splits and dividends have it. */
function mismatchOf(night: Night, want: number, here: Applied): Finding | undefined {
  const { before, day } = night;
  const room = roomOf(night);
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
  const text = `${what} ${ratiosText(here.splits)} ${are} applied, ${prices}`;
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

/**
 * The jump that is left when the night's splits and dividends are taken out of it: overnight one
 * that looks like a split, and any leap.
 */
function unexplained(
  night: Night,
  { want, far, isAdjusted, isFollowed }: PricesContext & {
    readonly want: number;
    readonly far: number;
    readonly isAdjusted: boolean;
  },
): Finding[] {
  const { before, day, length } = night;
  const leap = Math.max(LEAP, far, roomOf(night));
  const close = before.close * want;
  const [open, end] = [day.open, day.close].map((price) => Math.log(price / close));
  const isLeap = Number.isFinite(open! + end!) &&
    (Math.min(open!, end!) >= leap || Math.max(open!, end!) <= -leap);
  const jump = jumpBetween({ close }, day);
  const isLike = jump !== undefined && length === 1 && Math.abs(Math.log(jump.ratio)) >=
      Math.min(far, LEAP);
  if (!isLeap && !isLike) return [];
  const nights = length === 1 ? "overnight" : `over ${length} trading days`;
  const text = jump === undefined
    ? `the price goes from ${before.close} to ${day.open} ${nights}`
    : `the price jumps as at a split of ${jump.fraction}`;
  const mayBeAnother = !isFollowed && (jump === undefined || length > 1);
  return [{
    kind: "split-like-jump",
    severity: isAdjusted ? "warning" : "note",
    dates: [day.date],
    ...(jump && { ratio: jump.fraction }),
    priceRatio: day.open / before.close,
    text: text + (isAdjusted ? ", which no split explains" : "") +
      (mayBeAnother ? "; before, the ticker may have been another company's" : ""),
  }];
}
