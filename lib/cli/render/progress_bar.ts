/**
 * The block that a terminal redraws while a run works: a bar, and what goes with it.
 * Pure.
 *
 * @module
 */

import { paint, signed, type Style, textWidth } from "./style.ts";
import {
  bytesPerSecond,
  elapsedMs,
  processed,
  type ProgressState,
  remainingMs,
  type ReportedPlan,
} from "../progress/progress_state.ts";
import { exportTexts, recordedText } from "./run.ts";
import { durationText, percentText, rateText } from "./wording.ts";

/** Where and when a block is drawn. */
export interface BlockOptions {
  /** Columns of the terminal, at least 1. */
  readonly width: number;
  readonly nowMs: number;
  readonly style: Style;
}

const WIDEST_BAR = 40;
const NARROWEST_BAR = 8;

/**
 * The block's lines, at most two, none wider than `width`: what finds no room is left
 * out, the least important first. None where nothing is to be fetched.
 */
export function renderBlock(state: ProgressState, options: BlockOptions): string[] {
  if (state.plan?.toFetch === 0) return [];
  const lines = state.plan === undefined
    ? [listingLine(state, options)]
    : [barLine(state, state.plan, options), factsLine(state, options)];
  return lines.filter((line) => line !== "");
}

/** The longest of the texts, given from long to short, that fits; else nothing. */
function fitting(texts: readonly string[], width: number): string {
  return texts.find((text) => textWidth(text) <= width) ?? "";
}

function listingLine(state: ProgressState, options: BlockOptions): string {
  const { width, nowMs, style } = options;
  const elapsed = durationText(elapsedMs(state, nowMs));
  const texts = [`Listing files | Elapsed: ${elapsed}`, "Listing files"];
  return fitting([...texts.map((text) => signed("⏳", text, style)), elapsed], width);
}

/** `⏳ ██████░░░░ 255/502 files (50.8%)`, without the bar when there is no room. */
function barLine(state: ProgressState, plan: ReportedPlan, { width, style }: BlockOptions): string {
  const total = plan.toFetch;
  const done = Math.min(processed(state), total);
  const percent = percentText(done, total);
  const numbers = `${done}/${total}`;
  const labels = [`${numbers} files (${percent})`, `${numbers} ${percent}`];
  const start = style.signs ? "⏳ " : "";
  for (const label of labels) {
    const room = width - textWidth(`${start} ${label}`);
    if (room < NARROWEST_BAR) continue;
    return `${start}${bar(done, total, Math.min(room, WIDEST_BAR), style)} ${label}`;
  }
  const shorter = [numbers, percent, percent.replace(/\..*/, "%")];
  return fitting([...labels, ...shorter], width) ||
    bar(done, total, width, style);
}

/** The filled part is only as wide as all is filled when all is done. */
function bar(done: number, total: number, width: number, style: Style): string {
  const filled = done >= total ? width : Math.floor(width * done / total);
  const [full, empty] = style.signs ? ["█", "░"] : ["#", "-"];
  return paint(full!.repeat(filled), "good", style) +
    empty!.repeat(width - filled);
}

/** A fact of the second line; the least rank is the first to go. */
interface Fact {
  readonly rank: number;
  readonly text: string | false | undefined;
}

/** `12.4 MB/s | Elapsed: 7.5s | ETA: 7.3s | Resumed: 753 skipped | Failed: 2`. */
function factsLine(state: ProgressState, { width, nowMs, style }: BlockOptions): string {
  const rate = bytesPerSecond(state, nowMs);
  const remaining = remainingMs(state, nowMs);
  const [downloaded, cached, rows] = exportTexts(state);
  const facts: readonly Fact[] = [
    { rank: 7, text: rate !== undefined && rateText(rate) },
    { rank: 8, text: downloaded },
    { rank: 4, text: cached },
    { rank: 5, text: rows },
    { rank: 3, text: `Elapsed: ${durationText(elapsedMs(state, nowMs))}` },
    {
      rank: 10,
      text: remaining !== undefined && `ETA: ${durationText(remaining)}`,
    },
    { rank: 2, text: recordedText(state) },
    { rank: 1, text: state.retries > 0 && `Retries: ${state.retries}` },
    { rank: 6, text: state.refused > 0 && `Refused: ${state.refused}` },
    { rank: 9, text: state.failed > 0 && `Failed: ${state.failed}` },
  ];
  const line = joinFitting(facts, width);
  const indent = style.signs && textWidth(line) + 3 <= width ? "   " : "";
  return line && indent + painted(line, style);
}

function joinFitting(facts: readonly Fact[], width: number): string {
  let kept = facts.filter(({ text }) => text);
  while (kept.length > 0) {
    const line = kept.map(({ text }) => text).join(" | ");
    if (textWidth(line) <= width) return line;
    const least = Math.min(...kept.map(({ rank }) => rank));
    kept = kept.filter(({ rank }) => rank !== least);
  }
  return "";
}

function painted(line: string, style: Style): string {
  return line
    .replace(/Failed: \d+/, (text) => paint(text, "bad", style))
    .replace(/Refused: \d+/, (text) => paint(text, "warning", style));
}
