/**
 * What `flatfetch check` finds, as marks on a chart.
 *
 * @module
 */

import { checkSymbols } from "../check.ts";
import type { ChartNote, Finding, PreloadOptions } from "../../mod.ts";

/** The findings about bars that are drawn, each marked at the first of its dates. */
export async function chartNotes(
  symbols: readonly string[],
  options: PreloadOptions,
): Promise<ChartNote[]> {
  // The run has just listed the bucket: what it knows is what the chart shows.
  const { symbols: checks } = await checkSymbols(symbols, {
    ...options,
    offline: true,
    refresh: false,
  });
  const isAdjusted = options.adjust !== undefined;
  return Object.entries(checks).flatMap(([symbol, { findings }]) =>
    findings.filter((finding) => isMarked(finding, isAdjusted ? [] : ["split-like-jump"]))
      .map(({ dates, kind, text }) => ({ symbol, date: dates[0]!, kind, text }))
  );
}

/** Of the notes only some are marked: an absence is no more than the chart shows by itself. */
function isMarked({ severity, kind, dates }: Finding, notes: readonly string[]): boolean {
  return dates.length > 0 && (severity !== "note" || notes.includes(kind));
}
