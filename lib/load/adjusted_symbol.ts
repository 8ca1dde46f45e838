/**
 * What the bars of a loaded symbol are adjusted for: the same for a run and a check.
 *
 * @module
 */

import { type Adjustment, adjustPrices } from "../adjust/adjusted_prices.ts";
import type { Actions } from "../adjust/adjustment.ts";
import { Nights } from "../adjust/overnight.ts";
import { byDate } from "../dated_object.ts";
import {
  closesOf,
  daysOf,
  type LoadedSymbol,
  otherFilesOf,
  type SymbolFiles,
} from "./loaded_symbol.ts";

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
  const { request: { asset, period, history }, ticker } = loaded;
  if (asset !== "stock") return NOTHING;
  const days = [...daysOf(loaded, files.recorded)];
  const recorded = new Set(files.recorded.map(({ date }) => date));
  // What is done to shares is judged by all days that are at hand, also those around the period.
  const hasOthers = actions !== undefined && loaded.records.size > files.recorded.length;
  const all = hasOthers ? [...daysOf(loaded, otherFilesOf(loaded)), ...days].sort(byDate) : days;
  return adjustPrices({
    nights: new Nights(all, days[0]?.date),
    isFollowed: history !== undefined,
    closeOf: closesOf(loaded, files),
    isMissing: (date) => !recorded.has(date),
    until: period.to,
    actions: actions && (actions.get(ticker) ?? { splits: [], dividends: [] }),
    fixSplits,
  });
}
