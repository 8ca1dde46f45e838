/**
 * Says what a user can do about what a run or a check has found. Pure.
 *
 * @module
 */

import type { Finding } from "../../mod.ts";
import type { FindingKind } from "../market/finding.ts";

/** What brings the bars of a company that has had other tickers than the one asked for. */
export function hintForAbsences(
  findings: Iterable<Finding>,
  { follow }: { readonly follow: boolean },
): string | undefined {
  const mayBeOther = ({ kind, text }: Finding) => ABSENCES.includes(kind) && /another/.test(text);
  if (!Iterator.from(findings).some(mayBeOther)) return undefined;
  return follow
    ? "A company is followed by the ticker that it has today: ask for that one."
    : "Run with --follow for the company's bars under all tickers that it has had, and no other's.";
}

/** The option that leaves out the files that the plan excludes, where one does. */
export function hintForRefused(
  { refused, had }: { readonly refused: readonly string[]; readonly had: readonly string[] },
): string | undefined {
  const [refusedFrom, refusedTo] = endsOf(refused);
  const [hadFrom, hadTo] = endsOf(had);
  if (!refusedFrom || !refusedTo || !hadFrom || !hadTo) return undefined;
  if (refusedTo < hadFrom) return `Run with --from ${hadFrom} for what your plan includes.`;
  if (hadTo < refusedFrom) return `Run with --to ${hadTo} for what your plan includes.`;
  return undefined;
}

function endsOf(dates: readonly string[]): readonly (string | undefined)[] {
  const sorted = dates.toSorted();
  return [sorted[0], sorted.at(-1)];
}

const ABSENCES: readonly FindingKind[] = [
  "gap",
  "before-first-bar",
  "after-last-bar",
  "split-like-jump",
];

/** What can be done about what a check found, where another run can do it. */
export function hintForFindings(kinds: Iterable<FindingKind>): string | undefined {
  const isMendable = [...kinds].some((kind) => kind === "not-cached" || kind === "replaced");
  return isMendable ? "Run the same without check to fetch what is not cached." : undefined;
}

/** The same for the check of a place. */
export function hintForPlace(kinds: Iterable<FindingKind>): string | undefined {
  const found = new Set(kinds);
  if (found.has("damaged")) {
    return "Remove the damaged objects and run export into there; it makes them anew.";
  }
  const isMendable = found.has("not-exported") || found.has("outdated") || found.has("foreign");
  if (isMendable) return "Run export into there; it makes what is not there or outdated.";
  return PLACE_HINTS.find(([kind]) => found.has(kind))?.[1];
}

const PLACE_HINTS: readonly (readonly [kind: FindingKind, hint: string])[] = [
  ["mixed-layouts", "Remove the objects of every layout but one."],
  ["mixed-tickers", "Export each choice of --tickers into a place of its own."],
  [
    "odd-column",
    "Let a reader find types that fit all, as DuckDB does with union_by_name = true.",
  ],
];
