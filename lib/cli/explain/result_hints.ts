/**
 * Says what a user can do about what a run or a check has found. Pure.
 *
 * @module
 */

import type { Finding } from "../../../mod.ts";
import { boundedNames, quote } from "../../errors.ts";
import type { FindingKind, Remedy } from "../../market/finding.ts";
import { typedText } from "../render/style.ts";

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
  const isMendable = [...kinds].some((kind) => MENDABLE.includes(kind));
  return isMendable ? "Run the same without check to fetch what is not cached." : undefined;
}

const MENDABLE: readonly FindingKind[] = ["damaged", "not-cached", "replaced"];

/** For a dataset that a place has in several layouts. */
export const LAYOUTS_HINT = "Remove the objects of every layout but one.";

/** The same for the check of a place. */
export function hintsForPlace(findings: readonly Finding[]): string[] {
  const pathsOf = (
    remedy: Remedy,
  ) => [...new Set(findings.flatMap((one) => one.remedy === remedy ? one.path ?? [] : []))];
  const [left, lone] = [pathsOf("remove-and-export"), pathsOf("remove")];
  const closed = pathsOf("make-readable");
  const isFound = (kind: FindingKind) => findings.some((one) => one.kind === kind);
  const isMendable = findings.some(({ remedy }) => remedy === "export");
  return [
    closed.length > 0 && `Make it readable for you, and check again: ${pathsText(closed)}.`,
    // Without that no export goes on.
    isFound("mixed-layouts") && LAYOUTS_HINT,
    lone.length > 0 && `Remove what no export replaces and readers read: ${pathsText(lone)}.`,
    left.length > 0 && `Remove what an export would leave, and run export: ${pathsText(left)}.`,
    isMendable && "Run export into there; it makes what is not there, outdated or damaged.",
    ...hintsForTickers(findings),
    isFound("odd-column") &&
    "Let a reader find types that fit all, as DuckDB does with union_by_name = true.",
  ].filter((hint) => hint !== false);
}

/** For each dataset that has objects of other tickers than most. */
function hintsForTickers(findings: readonly Finding[]): string[] {
  const mixed = findings.flatMap(({ kind, path = "", text }) => {
    const [, odd, usual] = MIXED_TICKERS.exec(text) ?? [];
    if (kind !== "mixed-tickers" || odd === undefined || usual === undefined) return [];
    return [{ path, odd, usual, dataset: path.split("/").slice(0, 2).join("/") }];
  });
  return [...Map.groupBy(mixed, ({ dataset }) => dataset)].map(([dataset, objects]) => {
    const { usual } = objects[0]!;
    const choices = [usual, ...objects.map(({ odd }) => odd)];
    const optionOf = (choices: readonly string[]) =>
      tickersOption(
        choices.includes("all tickers") ? undefined : choices.flatMap((one) => one.split(", ")),
      );
    const [most, all] = [optionOf([usual]), optionOf(choices)];
    if (most === all) return `Export all of ${dataset} ${all}.`;
    const names = pathsText(objects.map(({ path }) => path));
    return `Remove ${names} and run export ${most}, or export all of ${dataset} ${all}.`;
  });
}

const MIXED_TICKERS = /^it has the rows of (.*), most objects those of (.*)$/;

/** The option for some tickers, each once, or for all of them. */
export function tickersOption(tickers: readonly string[] | undefined): string {
  if (tickers === undefined) return "without --tickers";
  return `with --tickers ${typedText([...new Set(tickers)].join(","))}`;
}

const MOST_NAMED = 5;

function pathsText(paths: readonly string[]): string {
  const names = paths.map((path) => /^[\w./=-]+$/.test(path) ? path : quote(path));
  return boundedNames(names, MOST_NAMED);
}
