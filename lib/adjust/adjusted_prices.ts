/**
 * What the bars of one ticker are adjusted for, judged by its prices.
 *
 * @module
 */

import type { Finding } from "../market/finding.ts";
import type { Actions } from "./adjustment.ts";
import { type CorrectedSplit, correctSplits } from "./correct_splits.ts";
import { type AppliedDividend, dividendFactors, type FactorContext } from "./dividend_factors.ts";
import type { Nights } from "./overnight.ts";
import { priceFindings } from "./price_findings.ts";
import { splitsAfter } from "./split.ts";

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
