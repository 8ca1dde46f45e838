/**
 * Corrects splits that the prices show to be a trading day off, the wrong way round, or there
 * twice.
 *
 * @module
 */

import type { Finding } from "../market/finding.ts";
import { ratioText, type Split } from "./split.ts";
import { isJumpOf } from "./split_jump.ts";
import type { Nights } from "./overnight.ts";

/** A split that bars are adjusted for. */
export interface AppliedSplit extends Omit<Split, "ticker"> {
  /** As the table has it, where it was corrected. */
  readonly correctedFrom?: Omit<Split, "ticker">;
}

/** The same with its ticker. */
export type CorrectedSplit = AppliedSplit & Pick<Split, "ticker">;

/** Splits that are corrected, and what was done. */
export interface Corrections {
  readonly splits: readonly CorrectedSplit[];
  readonly findings: readonly Finding[];
}

/** No smaller split is beyond doubt: 3 for 2, as the jumps that are looked for. */
const LEAST_SIZE = Math.log(1.49);
/** A night without a split moves the price by less than this, as a logarithm. */
const CALM = 0.15;

/** Where the prices show a split that is not where the table has it. */
export interface Elsewhere {
  readonly split: Split;
  /** How it differs. */
  readonly how: "moved" | "inverted";
}

/**
 * Corrects what is beyond doubt. A split whose own night does not jump is moved to the trading
 * day before or after it, where the price jumps as the split would have it and no other split is;
 * one whose night jumps the other way is inverted; only where exactly one of these is so. Of
 * several splits of one night only the one is left that fits the jump alone, where the others do not
 * or are the same.
 *
 * @param splits Of one ticker.
 */
export function correctSplits(splits: readonly Split[], nights: Nights): Corrections {
  const byNight = Map.groupBy(splits, ({ executionDate }) => nights.indexOf(executionDate));
  const findings: Finding[] = [];
  const corrected = [...byNight].flatMap(([at, ofNight]) => {
    const [split, ...others] = ofNight as [Split, ...Split[]];
    if (others.length > 0) return chooseOne(ofNight, { at, nights, findings });
    const elsewhere = findElsewhere(split, { nights, isTaken: (at) => byNight.has(at) });
    if (elsewhere === undefined) return [split];
    findings.push(tellCorrection(split, elsewhere));
    const { executionDate, from, to } = split;
    return [{ ...elsewhere.split, correctedFrom: { executionDate, from, to } }];
  });
  return { splits: corrected, findings };
}

/**
 * Where the prices beyond doubt show a split that its own night does not show.
 *
 * @param isTaken Whether another split is in a night.
 */
export function findElsewhere(
  split: Split,
  { nights, isTaken }: { readonly nights: Nights; readonly isTaken: (at: number) => boolean },
): Elsewhere | undefined {
  const at = nights.indexOf(split.executionDate);
  const own = nights.at(at);
  if (own === undefined || Math.abs(Math.log(split.to / split.from)) < LEAST_SIZE) return undefined;
  const inverse = { ...split, from: split.to, to: split.from };
  const fits = (one: Split, i: number) => {
    const night = nights.at(i);
    return night !== undefined && isJumpOf(one, night.before, night.day);
  };
  const found: Elsewhere[] = [];
  if (fits(inverse, at)) found.push({ split: inverse, how: "inverted" });
  const { before: { close }, day } = own;
  const isCalm = [day.open, day.close].every((price) => Math.abs(Math.log(price / close)) < CALM);
  for (const i of isCalm ? [at - 1, at + 1] : []) {
    if (isTaken(i) || !fits(split, i)) continue;
    found.push({ split: { ...split, executionDate: nights.at(i)!.day.date }, how: "moved" });
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Of the splits of one night the one that makes its jump alone; else all of them. */
function chooseOne(
  splits: readonly Split[],
  { at, nights, findings }: { at: number; nights: Nights; findings: Finding[] },
): readonly Split[] {
  const night = nights.at(at);
  if (night === undefined) return splits;
  const fitting = splits.filter((split) =>
    Math.abs(Math.log(split.to / split.from)) >= LEAST_SIZE &&
    isJumpOf(split, night.before, night.day)
  );
  const product = splits.reduce((size, { from, to }) => size + Math.log(to / from), 0);
  const isRight = isJumpOf({ from: 1, to: Math.exp(product) }, night.before, night.day);
  const sizes = new Set(fitting.map(({ from, to }) => to / from));
  if (sizes.size !== 1 || isRight) return splits;
  const [chosen] = fitting as [Split];
  const others = splits.filter((split) => split !== chosen);
  const text = `of the splits ${namesOf(splits)} only ${ratioText(chosen)} is applied, ` +
    "as the price jumps";
  const dates = [...new Set(splits.map(({ executionDate }) => executionDate))];
  const of = { kind: "split-corrected", severity: "note", dates, text } as const;
  findings.push({ ...of, ratio: others.map(ratioText).join(", ") });
  return [chosen];
}

function tellCorrection(split: Split, { how, split: to }: Elsewhere): Finding {
  const ratio = ratioText(split);
  const text = how === "moved"
    ? `the split ${ratio} is applied on ${to.executionDate} instead, where the price jumps so`
    : `the split ${ratio} is applied as ${ratioText(to)}, as the price jumps`;
  return { kind: "split-corrected", severity: "note", dates: [split.executionDate], ratio, text };
}

/** `15:1 and 1:15`; of more than three the others are counted. */
export function namesOf(splits: readonly Split[]): string {
  const names = splits.map(ratioText);
  if (names.length > 3) return `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
  return names.join(", ").replace(/, (?=[^,]*$)/, " and ");
}
