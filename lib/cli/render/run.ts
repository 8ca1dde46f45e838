/**
 * The texts that tell of a run while it works. Pure: plain data and a style in, lines
 * out. Text from outside comes out printable.
 *
 * @module
 */

import { formatBytes } from "../../deps/std_fmt.ts";
import type { EventOf } from "../../progress.ts";
import {
  elapsedMs,
  processed,
  type ProgressState,
  remainingMs,
  type ReportedPlan,
} from "../progress/progress_state.ts";
import { plainly, printable, signed, type Style } from "./style.ts";
import {
  countText,
  durationText,
  grouped,
  namesText,
  objectsText,
  percentText,
} from "./wording.ts";

/** When and for which screen something that tells a time is rendered. */
export interface Moment {
  readonly nowMs: number;
  readonly style: Style;
}

const RULE = "=".repeat(70);

/** The heading of a run that the cache alone does not answer. */
export function renderHeading(
  { symbols, interval }: Pick<EventOf<"start">, "symbols" | "interval">,
  style: Style,
): string[] {
  const periods = [...new Set(symbols.map(({ period }) => periodText(period)))];
  const names = namesText(symbols.map(({ symbol }) => symbol));
  return [
    "",
    RULE,
    plainly(`PRE-LOADING DATA: ${names}`, style),
    `  Period: ${periods.join(", ")} | Interval: ${printable(interval)}`,
    RULE,
    "",
  ];
}

/** A line for each kind of asset and period. */
export function renderDetected(
  { symbols, isAssetGiven }: Pick<EventOf<"start">, "symbols" | "isAssetGiven">,
  style: Style,
): string[] {
  const how = isAssetGiven ? "" : "Auto-detected: ";
  const groups = Map.groupBy(symbols, (one) => `${one.asset} ${one.period}`);
  return [...groups.values()].map((group) => {
    const { asset, period } = group[0]!;
    const names = namesText(group.map(({ symbol }) => symbol));
    const text = periodText(period);
    const using = text === printable(period) ? `${text} period` : text;
    const what = assetText(asset, group.some(({ isFamily }) => isFamily) ? 2 : group.length);
    return signed("🔍", `${how}${names} ${what}, using ${using}`, style);
  });
}

/** That the bucket is needed, and for which dates. */
export function renderMiss(
  miss: Omit<EventOf<"miss">, "type"> & { readonly host: string },
  style: Style,
): string[] {
  const names = namesText(miss.symbols);
  const host = printable(miss.host);
  const vendor = /(^|\.)(massive|polygon)\.(com|io)$/.test(miss.host);
  const place = vendor ? "Massive.com S3" : `S3 at ${host}`;
  const span = `${printable(miss.from)} to ${printable(miss.to)}`;
  if (miss.isKept) return [signed("📊", `Reading ${names} from kept files (${span})...`, style)];
  if (miss.isKnown) {
    return [signed("📊", `Checking ${names} against ${place} (${span})...`, style)];
  }
  return [
    signed(
      "💹",
      `Cache miss - fetching fresh data for ${names} from ${host}`,
      style,
    ),
    signed("📊", `Fetching ${names} from ${place} (${span})...`, style),
  ];
}

/** What there is to do, and what of it is here already. */
export function renderPlan(
  { listed, recorded, isResumed, toFetch, objects }: Omit<ReportedPlan, "bytes" | "atMs">,
  style: Style,
): string[] {
  if (objects !== undefined) {
    const toExport = `Found ${objectsText(listed, objects)} to export`;
    const there = toFetch === 0 ? ", all of them are there" : `, ${recorded} of them are there`;
    return [signed("📁", `${toExport}${recorded === 0 ? "" : there}`, style)];
  }
  const found = `Found ${countText(listed, "file")}`;
  const known = toFetch === 0 ? "all of them cached" : `${recorded} of them cached`;
  if (recorded > 0 && !isResumed) return [signed("📁", `${found}, ${known}`, style)];
  const resuming = `Resuming: Skipping ${countText(recorded, "already-processed file")}`;
  return [
    ...(recorded > 0 ? [signed("🔄", resuming, style)] : []),
    signed("📁", `${found} to process`, style),
  ];
}

/**
 * The line that stands for the bar where there is no terminal:
 * `⏳ Progress: 10/502 files (2.0%) | Elapsed: 0.3s | ETA: 14.8s`.
 */
export function renderProgress(state: ProgressState, { nowMs, style }: Moment): string {
  const total = state.plan?.toFetch ?? 0;
  const ended = processed(state);
  const remaining = remainingMs(state, nowMs);
  const parts = [
    `Progress: ${ended}/${total} files (${percentText(ended, total)})`,
    ...exportTexts(state),
    `Elapsed: ${durationText(elapsedMs(state, nowMs))}`,
    remaining !== undefined && `ETA: ${durationText(remaining)}`,
    recordedText(state),
    state.failed > 0 && `Failed: ${state.failed}`,
    state.refused > 0 && `Refused: ${state.refused}`,
  ];
  return signed("⏳", parts.filter((part) => part).join(" | "), style);
}

/** What an export has downloaded, had in the cache, and written: none of any other run. */
export function exportTexts(
  { plan, bytes, fromCache, rows }: ProgressState,
): readonly (string | false)[] {
  if (plan?.objects === undefined) return [];
  return [
    `Downloaded: ${formatBytes(bytes)}`,
    fromCache > 0 && `Cached: ${fromCache}`,
    rows > 0 && `Rows: ${grouped(rows)}`,
  ];
}

/** How many files need no work, and why. */
export function recordedText({ plan }: ProgressState): string | undefined {
  if (plan === undefined || plan.recorded === 0) return undefined;
  if (plan.objects !== undefined) return `Already there: ${plan.recorded}`;
  return plan.isResumed ? `Resumed: ${plan.recorded} skipped` : `Cached: ${plan.recorded}`;
}

const ASSETS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  stock: ["a stock", "stocks"],
  crypto: ["a crypto pair", "crypto pairs"],
  forex: ["a currency pair", "currency pairs"],
  index: ["an index", "indices"],
  option: ["an option", "options"],
};

/** `is a stock`, `are stocks`; an asset that is new here keeps its name. */
function assetText(asset: string, count: number): string {
  const name = printable(asset);
  const article = /^[aeio]/i.test(name) ? "an" : "a";
  const [one, many] = ASSETS[asset] ?? [`${article} ${name}`, name];
  return count === 1 ? `is ${one}` : `are ${many}`;
}

/** `5y`, or `2020-01-01 to 2020-12-31`. */
function periodText(period: string): string {
  return printable(period).replace(/^(\d{4}-\d\d-\d\d)_(\d{4}-\d\d-\d\d)$/, "$1 to $2");
}
