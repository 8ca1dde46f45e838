/**
 * The texts that tell what a check found. Pure: plain data and a style in, cells and lines
 * out. Text from outside comes out printable.
 *
 * @module
 */

import type { CheckResult, Finding, SymbolCheck } from "../../../mod.ts";
import { formatBytes } from "../../deps/std_fmt.ts";
import type { PlaceCheck } from "../../export/check_place.ts";
import type { FindingKind, Severity } from "../../market/finding.ts";
import { ageText, countText, joinDates, rowsText, spansText } from "./wording.ts";
import { paint, plainly, printable, signed, type Style } from "./style.ts";

/**
 * What findings of a kind have in common. Of a kind without a title the words say what to look at:
 * only findings of the same words are put together.
 */
const TITLES: Readonly<Partial<Record<FindingKind, string>>> = {
  "not-cached": "not cached",
  "refused": "not included in your plan",
  "replaced": "replaced since it was cached",
  "not-listed": "not in the bucket any more",
  "not-exported": "not exported",
  "begins-late": "the bucket begins late",
  "no-bar": "no bar",
  "gap": "no bar, against its habit",
  "before-first-bar": "before the first bar",
  "after-last-bar": "after the last bar",
  "never": "in no file",
  "high-below-low": "high is below low",
  "high-below-open-or-close": "high is below open or close",
  "low-above-open-or-close": "low is above open or close",
  "price-not-positive": "a price is not positive",
  "volume-negative": "volume is negative",
  "transactions-negative": "transactions are negative",
  "transactions-fractional": "transactions are no whole number",
  "stamp-outside-date": "the stamp is not of the file's date",
  "stamp-unsorted": "the stamps go back",
  "dividends-of-one-date": "several dividends of one date",
  "dividend-special": "a special dividend",
  "dividend-close-missing": "a dividend by an older close",
  "dividend-factor-differs": "a dividend's factor is not the vendor's",
};

const SEVERITIES: readonly Severity[] = ["problem", "warning", "note"];

/** What was found of a symbol or a dataset. */
type Checked = Pick<SymbolCheck, "dates" | "findings">;

/**
 * The findings as a table, a row for all of a symbol that are of one kind.
 *
 * @param checks By symbol, or by what else is checked.
 */
export function findingsTable(
  checks: Readonly<Record<string, Checked>>,
  { heading, style }: { readonly heading: string; readonly style: Style },
): { readonly headings: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const headings = [heading, "SEVERITY", "FINDING", ">DAYS", "DATES"];
  const rows = Object.entries(checks).flatMap(([name, check]) =>
    inGroups(check.findings).map((group) =>
      [name, ...findingCells(group, check.dates)].map((cell) => plainly(cell, style))
    )
  );
  return { headings, rows };
}

/** How each symbol is, and how old the knowledge of the bucket is. */
export function renderCheck(
  { symbols, listedAtMs }: Pick<CheckResult, "symbols" | "listedAtMs">,
  { nowMs, style }: { readonly nowMs: number; readonly style: Style },
): string[] {
  const age = ageText(nowMs - listedAtMs);
  return Object.entries(symbols).map(([symbol, check]) => {
    return checkedLine(symbol, check, {
      rest: `${cachedText(check)} (bucket listed ${age})`,
      style,
    });
  });
}

/** How each dataset of a place is. */
export function renderPlaceCheck({ datasets }: PlaceCheck, style: Style): string[] {
  return Object.entries(datasets).map(([dataset, check]) => {
    const { exported, dates, objects, bytes, rows } = check;
    const files = exported === dates.length ? "" : `${exported} of `;
    const parts = [
      `${files}${countText(dates.length, "file")} in ${countText(objects, "object")}`,
      rowsText(rows),
      formatBytes(bytes),
    ];
    const rest = parts.filter((part) => part).join(", ");
    return checkedLine(dataset, check, { rest, style });
  });
}

/** The name, how many findings there are of which severity, and the rest. */
function checkedLine(
  name: string,
  check: Checked,
  { rest, style }: { readonly rest: string; readonly style: Style },
): string {
  const text = `${printable(name)}: ${countsText(check)}; ${rest}`;
  return isClean(check)
    ? paint(signed("✅", text, style), "good", style)
    : paint(signed("🔶", text, style), "warning", style);
}

/** Whether nothing but notes was found. */
export function isClean({ findings }: Pick<Checked, "findings">): boolean {
  return findings.every(({ severity }) => severity === "note");
}

/** `3 problems, 1 note`, or `clean`; what is one row of the table counts once. */
function countsText(check: Checked): string {
  const groups = Map.groupBy(inGroups(check.findings), ([first]) => first!.severity);
  const counts = SEVERITIES.flatMap((severity) => {
    const count = groups.get(severity)?.length ?? 0;
    return count === 0 ? [] : [countText(count, severity)];
  });
  return [...(isClean(check) ? ["clean"] : []), ...counts].join(", ");
}

/** `nothing of 1255 files is cached`, or `1255 bars in 1254 of 1255 files, 2020-11-02 to 2025-10-31`. */
function cachedText({ bars, cached, dates, from, to }: SymbolCheck): string {
  if (cached === 0) return `nothing of ${countText(dates.length, "file")} is cached`;
  const files = cached === dates.length ? "" : `${cached} of `;
  const range = from === null ? "" : `, ${from} to ${to}`;
  return `${countText(bars, "bar")} in ${files}${countText(dates.length, "file")}${range}`;
}

/** Findings of one severity and kind, the worst first. */
function inGroups(findings: readonly Finding[]): (readonly Finding[])[] {
  const groups = Map.groupBy(
    findings,
    ({ severity, kind, text }) => kind in TITLES ? `${severity} ${kind}` : `${kind} ${text}`,
  );
  return [...groups.values()].toSorted((a, b) => rankOf(a) - rankOf(b));
}

const rankOf = ([first]: readonly Finding[]) => SEVERITIES.indexOf(first!.severity);

function findingCells(group: readonly Finding[], listed: readonly string[]): string[] {
  const [first] = group;
  const dates = [...new Set(group.flatMap(({ dates }) => dates))].sort();
  const own = new Set(dates);
  const others = listed.filter((date) => !own.has(date));
  const spans = spansText(joinDates(dates, others));
  const title = group.length > 1 && TITLES[first!.kind] || first!.text;
  return [first!.severity, title, String(dates.length), spans];
}
