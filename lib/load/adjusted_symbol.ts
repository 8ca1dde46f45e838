/**
 * What the bars of a loaded symbol are adjusted for: the same for a run and a check.
 *
 * @module
 */

import { type Adjustment, adjustPrices } from "../adjust/adjusted_prices.ts";
import type { Actions } from "../adjust/adjustment.ts";
import { Nights } from "../adjust/overnight.ts";
import { closesOf, daysOf, type LoadedSymbol, type SymbolFiles } from "./loaded_symbol.ts";

/** How bars of a run are adjusted. */
export interface SymbolAdjustment {
  /** By ticker; `undefined` when bars stay as they are. */
  readonly actions: ReadonlyMap<string, Actions> | undefined;
  /** Correct splits where the prices show them to be wrong. @default {false} */
  readonly fixSplits?: boolean | undefined;
}

const NOTHING: Adjustment = { splits: [], dividends: [], findings: [] };

/** Finds out what a symbol's bars are adjusted for, and what their prices say to it. */
export function adjustSymbol(
  loaded: LoadedSymbol,
  files: SymbolFiles,
  { actions, fixSplits }: SymbolAdjustment,
): Adjustment {
  const { request: { asset, period }, ticker } = loaded;
  if (asset !== "stock") return NOTHING;
  const dates = files.files.map(({ date }) => date);
  const days = [...daysOf(loaded, files)];
  const recorded = new Set(files.recorded.map(({ date }) => date));
  return adjustPrices({
    nights: new Nights(dates, days),
    closeOf: closesOf(loaded, files),
    isMissing: (date) => !recorded.has(date),
    until: period.to,
    actions: actions && (actions.get(ticker) ?? { splits: [], dividends: [] }),
    fixSplits,
  });
}
