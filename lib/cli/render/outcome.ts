/**
 * The texts that tell how a run ended. Pure: plain data and a style in, lines out.
 * Text from outside comes out printable.
 *
 * @module
 */

import { parseKey } from "../../market/dataset.ts";
import type { SymbolSummary } from "../../../mod.ts";
import { NOT_KEPT } from "../../load/verdict.ts";
import type { EventOf } from "../../progress.ts";
import type { ProgressState } from "../progress/progress_state.ts";
import type { Moment } from "./run.ts";
import { causeText } from "./warning.ts";
import { ageText, barsText, countText, joinDates, namesText, spansText } from "./wording.ts";
import { paint, plainly, printable, signed, type Style } from "./style.ts";

/** An object whose work has ended. */
export type FinishedFile = Pick<EventOf<"file">, "key" | "outcome">;

/** The bars that a symbol has in the cache. */
export type CachedSymbol =
  & Pick<SymbolSummary, "interval" | "bars" | "tickers" | "from" | "to">
  & { readonly symbol: string };

/** That all is there: for each of up to five symbols, else for all in one. */
export function renderSuccess(cached: readonly CachedSymbol[], style: Style): string[] {
  return inGroups(cached).flatMap((group) => {
    const text = signed("✅", `SUCCESS: ${cachedText(group)}`, style);
    return [paint(text, "good", style), ...rangeLines(group)];
  });
}

/**
 * That files are not there, for each of up to five symbols how many; of more together it is
 * `missing`. Never says SUCCESS.
 */
export function renderIncomplete(
  cached: readonly (CachedSymbol & { readonly missing: number })[],
  { missing, style }: { missing: number; style: Style },
): string[] {
  return inGroups(cached).flatMap((group) => {
    const rest = `${countText(group.length === 1 ? group[0]!.missing : missing, "file")} missing`;
    const text = `INCOMPLETE: ${cachedText(group)}, ${rest}`;
    const line = paint(signed("🔶", text, style), "warning", style);
    return [line, ...rangeLines(group)];
  });
}

/** That the cache had everything, and how old the knowledge of the bucket is. */
export function renderHits(
  hits: readonly (CachedSymbol & Pick<EventOf<"hit">, "checkedAtMs">)[],
  { nowMs, style }: Moment,
): string[] {
  return inGroups(hits).map((group) => {
    const { names, bars, from, to } = totals(group);
    const checked = Math.min(...group.map(({ checkedAtMs }) => checkedAtMs));
    const parts = [
      `Cache hit - ${names}: ${bars}`,
      from !== undefined && `, ${from} to ${to}`,
      ` (checked ${ageText(nowMs - checked)})`,
    ];
    return signed("⚡", parts.filter((part) => part).join(""), style);
  });
}

/** What bars of stocks are adjusted for: for each of up to five symbols, else for all in one. */
export function renderAdjusted(
  symbols: readonly (AdjustedSymbol & { readonly symbol: string })[],
  style: Style,
): string[] {
  const adjusted = symbols.filter(({ dataset, adjusted }) =>
    adjusted && /^us_stocks/.test(dataset)
  );
  return inGroups(adjusted).map((group) => {
    const names = namesText(group.map(({ symbol }) => symbol));
    return signed("📐", `${names}: ${adjustedText(group)}`, style);
  });
}

/** What is known of a symbol's adjustment. */
type AdjustedSymbol = Pick<SymbolSummary, "dataset" | "adjusted" | "dividends">;

function adjustedText(group: readonly AdjustedSymbol[]): string {
  const splits = group.flatMap(({ adjusted }) => adjusted ?? []);
  const dividends = group.flatMap(({ dividends }) => dividends ?? []);
  const hasDividends = group.some(({ dividends }) => dividends !== undefined);
  const what = [
    splits.length > 0 && countText(splits.length, "split"),
    dividends.length > 0 && countText(dividends.length, "dividend"),
  ].filter((part) => part).join(" and ");
  if (what !== "") return `adjusted for ${what}`;
  return `there is no split${hasDividends ? " or dividend" : ""} to adjust for`;
}

/** Where a run that was interrupted stands. */
export function renderInterrupted(state: Pick<ProgressState, "plan" | "done">): string {
  const again = "run the same command to resume";
  if (state.plan === undefined) return `Interrupted: no file done; ${again}`;
  const done = state.plan.recorded + state.done;
  return `Interrupted: ${done}/${state.plan.listed} files done; ${again}`;
}

/** Where a run stands that an error has ended; nothing where it had no file yet. */
export function renderBrokenOff(
  { plan, done }: Pick<ProgressState, "plan" | "done">,
): string | undefined {
  const all = (plan?.recorded ?? 0) + done;
  if (plan === undefined || all === 0 || plan.toFetch === 0) return undefined;
  return `Broken off: ${all}/${plan.listed} files done, and cached`;
}

/** Causes that the summary of failures names; the rest is counted. */
const MOST_CAUSES = 10;

/**
 * The files that are missing, by cause and as spans of dates; no line when none is.
 * Spans never reach over a file that is known to be whole. The dataset is named
 * when the files are of several.
 */
export function renderFailures(files: readonly FinishedFile[], style: Style): string[] {
  const failed = files.filter(({ outcome }) => outcome.kind === "failed");
  const refused = files.filter(({ outcome }) => outcome.kind === "refused");
  const next = failed.every((file) => causeOf(file) === NOT_KEPT) ? " without --offline" : "";
  const head = `${
    countText(failed.length, "file")
  } failed, to be tried again by the next run${next}:`;
  return [
    ...(failed.length > 0 ? [paint(signed("❌", head, style), "bad", style)] : []),
    ...causeLines(failed, files).map((line) => plainly(`   ${line}`, style)),
    ...groupLines("not included in your plan", refused, files).map((line) =>
      paint(signed("🔒", line, style), "warning", style)
    ),
  ];
}

/** A line a cause, the most frequent first. */
function causeLines(failed: readonly FinishedFile[], all: readonly FinishedFile[]): string[] {
  const groups = [...Map.groupBy(failed, causeOf)]
    .sort(([, a], [, b]) => b.length - a.length);
  const rest = groups.slice(MOST_CAUSES).flatMap(([, files]) => files).length;
  const lines = groups.slice(0, MOST_CAUSES)
    .flatMap(([cause, files]) => groupLines(cause, files, all));
  return rest === 0 ? lines : [...lines, `… and ${countText(rest, "file")} of other causes`];
}

/** `CAUSE: 2020-11-02 … 2021-10-31 (251 files)`, a line for each dataset. */
function groupLines(
  cause: string,
  group: readonly FinishedFile[],
  all: readonly FinishedFile[],
): string[] {
  if (group.length === 0) return [];
  const members = new Set(group);
  const others = Map.groupBy(all.filter((one) => !members.has(one)), datasetOf);
  const named = new Set(all.map(datasetOf)).size > 1;
  return [...Map.groupBy(group, datasetOf)].map(([dataset, files]) => {
    const dates = spansText(joinDates(files.map(dateOf), others.get(dataset)?.map(dateOf)));
    const place = named && dataset !== "" ? `${printable(dataset)} ` : "";
    return `${cause}: ${place}${dates} (${countText(files.length, "file")})`;
  });
}

function causeOf({ key, outcome }: FinishedFile): string {
  return outcome.kind === "failed" ? causeText({ key, cause: outcome.cause }) : outcome.kind;
}

function datasetOf({ key }: FinishedFile): string {
  return parseKey(key)?.dataset.name ?? "";
}

/** The date of a flat file; a key that is none's stands for itself. */
function dateOf({ key }: FinishedFile): string {
  return parseKey(key)?.date ?? printable(key);
}

function inGroups<T>(all: readonly T[]): (readonly T[])[] {
  if (all.length === 0) return [];
  return all.length <= 5 ? all.map((one) => [one]) : [all];
}

function totals(group: readonly CachedSymbol[]) {
  const bars = group.reduce((sum, { bars }) => sum + bars, 0);
  // A family's bars are of fewer days than they are.
  const isOfMany = group.some(({ tickers }) => tickers !== undefined);
  return {
    names: namesText(group.map(({ symbol }) => symbol)),
    bars: barsText(bars, isOfMany ? undefined : group[0]!.interval),
    from: group.flatMap(({ from }) => from ?? []).sort()[0],
    to: group.flatMap(({ to }) => to ?? []).sort().at(-1),
  };
}

function cachedText(group: readonly CachedSymbol[]): string {
  const { names, bars } = totals(group);
  return `Cached ${bars} of ${names} data`;
}

function rangeLines(group: readonly CachedSymbol[]): string[] {
  const { from, to } = totals(group);
  return from === undefined ? [] : [`   Date range: ${from} to ${to}`];
}
