/**
 * Corrects splits that the prices show to be a trading day off, the wrong way round, or there
 * twice.
 *
 * @module
 */

import type { Finding } from "../market/finding.ts";
import { ratioText, type Split } from "./split.ts";
import type { Night, Nights } from "./overnight.ts";

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
/** A split's night likewise from where the split puts it, and by less than this share of the split. */
const SHARE = 0.1;
/** No halt makes more than this share of it ordinary. */
const MOST_SHARE = 0.25;

/** Where the prices show a split that is not where the table has it. */
export interface Elsewhere {
  readonly split: Split;
  /** How it differs. */
  readonly how: "moved" | "inverted";
}

/**
 * Corrects what is beyond doubt. A split whose own night does not jump is moved to the day with
 * bars before or after it, where the price jumps as the split would have it and no other split is;
 * one whose night jumps the other way is inverted; only where exactly one of these is so. Of
 * several splits of one night only the one is left that fits the jump alone, where the others do not
 * or are the same. What comes out as a change to no bar that is asked for is not corrected.
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
    const { executionDate, from, to } = split;
    const changes = [executionDate, elsewhere?.split.executionDate ?? ""];
    if (elsewhere === undefined || changes.every((date) => date <= nights.from!)) return [split];
    findings.push(tellCorrection(split, elsewhere));
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
  const found: Elsewhere[] = [];
  if (fits(inverse, own)) found.push({ split: inverse, how: "inverted" });
  const half = Math.abs(Math.log(split.to / split.from)) / 2;
  const isCalm = distanceFrom(1, own) < Math.min(CALM * Math.sqrt(own.length), half);
  for (const i of isCalm ? [at - 1, at + 1] : []) {
    const night = nights.at(i);
    if (isTaken(i) || night === undefined || !fits(split, night)) continue;
    found.push({ split: { ...split, executionDate: night.day.date }, how: "moved" });
  }
  return found.length === 1 ? found[0] : undefined;
}

/** Whether open and close after a night stand where a split puts the close before. */
function fits({ from, to }: Pick<Split, "from" | "to">, night: Night): boolean {
  const size = Math.abs(Math.log(from / to));
  const days = Math.sqrt(night.length);
  const room = Math.min(CALM * days, SHARE * days * size, MOST_SHARE * size);
  return distanceFrom(from / to, night) <= room;
}

/** How far open and close are at most from so many times the close before, as a logarithm. */
function distanceFrom(ratio: number, { before, day }: Night): number {
  return Math.max(
    ...[day.open, day.close].map((price) => Math.abs(Math.log(price / before.close / ratio))),
  );
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
    fits(split, night)
  );
  const product = splits.reduce((size, { from, to }) => size + Math.log(to / from), 0);
  const isRight = fits({ from: 1, to: Math.exp(product) }, night);
  const sizes = new Set(fitting.map(({ from, to }) => to / from));
  if (sizes.size !== 1 || isRight) return splits;
  const [chosen] = fitting as [Split];
  const others = splits.filter((split) => split !== chosen);
  const text = `of the splits ${ratiosText(splits)} only ${ratioText(chosen)} is applied, ` +
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
export function ratiosText(splits: readonly Split[]): string {
  const names = splits.map(ratioText);
  if (names.length > 3) return `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
  return names.join(", ").replace(/, (?=[^,]*$)/, " and ");
}
