/**
 * What a run adjusted for, and what `flatfetch check` finds, as marks on a chart.
 *
 * @module
 */

import type { ChartNote } from "../../chart/page.ts";
import type { CheckResult, Finding, Summary, SymbolSummary } from "../../../mod.ts";
import type { FindingKind } from "../../market/finding.ts";

/**
 * The splits and dividends that the bars are adjusted for, and the findings about bars, each
 * marked at the first of its dates.
 */
export function chartNotes(
  { summary, check }: { readonly summary: Summary; readonly check: CheckResult },
): ChartNote[] {
  const ofBars = Object.entries(check.symbols).flatMap(([symbol, { findings }]) =>
    findings.filter((finding) => !isOfPrices(finding)).flatMap((one) => toNote(symbol, one))
  );
  const ofPrices = Object.entries(summary.symbols).flatMap(([symbol, of]) => [
    ...appliedNotes(symbol, of),
    ...(of.findings ?? []).filter(isOfPrices).flatMap((one) => toNote(symbol, one)),
  ]);
  return [...ofBars, ...ofPrices];
}

function appliedNotes(
  symbol: string,
  { adjusted = [], dividends = [] }: SymbolSummary,
): ChartNote[] {
  return [
    ...adjusted.map((split) => {
      const text = `split ${split.to}:${split.from}`;
      return { symbol, date: split.executionDate, kind: "split", text };
    }),
    ...dividends.map(({ exDate, amount, factor }) => {
      const text = `dividend of ${sixDigits(amount)} USD, factor ${sixDigits(factor)}`;
      return { symbol, date: exDate, kind: "dividend", text };
    }),
  ];
}

/** Whether a finding is about nights, splits or dividends. */
function isOfPrices({ kind }: Finding): boolean {
  return /^(split|dividend)/.test(kind);
}

/** Of the notes only some are marked: an absence is no more than the chart shows by itself. */
function toNote(symbol: string, { dates, kind, severity, text }: Finding): ChartNote[] {
  const isShown = severity !== "note" || MARKED_NOTES.includes(kind);
  const [date] = dates;
  return isShown && date !== undefined ? [{ symbol, date, kind, text }] : [];
}

const MARKED_NOTES: readonly FindingKind[] = [
  ...["split-like-jump", "split-corrected", "split-unchecked", "ticker-change"] as const,
];

function sixDigits(number: number): number {
  return Number(number.toPrecision(6));
}
