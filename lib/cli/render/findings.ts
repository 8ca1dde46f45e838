/**
 * The texts that tell what a user should know of the bars, and of symbols that have none. Pure:
 * plain data and a style in, lines out. Text from outside comes out printable.
 *
 * @module
 */

import type { FileFailure, Finding } from "../../../mod.ts";
import type { ReportedSymbol } from "../../progress.ts";
import { paint, printable, signed, type Style } from "./style.ts";
import { countText, meantText, namesText } from "./wording.ts";

/** Lines that name one file each, or one thing to know; the rest is counted. */
const MOST_LINES = 10;

/** The files that were had, but have a row of a symbol that cannot be read: a line each. */
export function renderUnreadable(failures: readonly FileFailure[], style: Style): string[] {
  const messages = failures.flatMap(({ symbol, message }) => symbol === undefined ? [] : [message]);
  return boundedLines(messages, "--json names all")
    .map((line) => paint(signed("❌", printable(line), style), "bad", style));
}

/**
 * What else a user should know before relying on the bars, notes behind the rest: a line for all
 * of whom it is true, and one for all jumps of a symbol that is not adjusted.
 */
export function renderFindings(
  symbols: readonly { readonly symbol: string; readonly findings?: readonly Finding[] }[],
  style: Style,
): string[] {
  const names = new Map<string, string[]>();
  const jumps: string[] = [];
  const ofAll = symbols.flatMap(({ symbol, findings = [] }) =>
    findings.map((finding) => ({ symbol, ...finding }))
  );
  const plain = ofAll.filter((one) => !isPlainJump(one));
  const [notes, others] = [true, false].map((isNote) =>
    plain.filter(({ severity }) => isNote === (severity === "note"))
  );
  for (const { symbol, dates, text } of [...others!, ...notes!]) {
    const words = dates.length === 1 ? `${dates[0]}: ${text}` : text;
    names.getOrInsertComputed(words, () => []).push(symbol);
  }
  for (const [symbol, ofSymbol] of Map.groupBy(ofAll.filter(isPlainJump), ({ symbol }) => symbol)) {
    jumps.push(jumpsText(symbol, ofSymbol));
  }
  const lines = Array.from(names, ([words, of]) => `${namesText(of)}: ${words}`);
  return [
    ...boundedLines(lines, "flatfetch check names all"),
    ...boundedLines(jumps, "--json names all"),
  ]
    .map((line) => paint(signed("❗", printable(line), style), "warning", style));
}

/** A jump of prices that are not adjusted, and nothing but a split can have made it. */
function isPlainJump({ kind, severity, ratio, text }: Finding): boolean {
  return kind === "split-like-jump" && severity === "note" && ratio !== undefined &&
    !/another/.test(text);
}

/** Jumps of a symbol that are named; the rest is counted. */
const MOST_JUMPS = 3;

function jumpsText(symbol: string, jumps: readonly Finding[]): string {
  const shown = jumps.slice(-MOST_JUMPS).map(({ dates, ratio }) => `${dates[0]} (${ratio})`);
  const more = jumps.length - shown.length;
  const dates = (more > 0 ? [`${more} more`, ...shown] : shown).join(", ");
  return `${symbol} jumps as at a split on ${dates}; prices are not adjusted ` +
    "(--adjust splits does)";
}

/** The first of some lines, and how many more there are. */
function boundedLines(lines: readonly string[], where: string): readonly string[] {
  const more = lines.length - MOST_LINES;
  return more <= 0 ? lines : [...lines.slice(0, MOST_LINES), `… and ${more} more; ${where}`];
}

/** A symbol that has no bar in its period. */
export interface EmptySymbol {
  readonly symbol: string;
  /** Files of its period that could be had. */
  readonly files: number;
  readonly dataset: string;
  /** Of a family: its tickers, of which there are none. */
  readonly tickers?: unknown;
  /** The first and the last date that were asked for, where they are known. */
  readonly period?: Pick<ReportedSymbol, "from" | "to"> | undefined;
  /** What it may have been meant for. */
  readonly suggestions?: readonly string[] | undefined;
}

/** A line for all of whom the same is true. */
export function renderNoData(empty: readonly EmptySymbol[], style: Style): string[] {
  const groups = Map.groupBy(empty, (one) => textOf(one, [""]));
  const lines = Array.from(groups.values(), (of) => textOf(of[0]!, of.map(({ symbol }) => symbol)));
  return boundedLines(lines, "--json names all")
    .map((line) => paint(signed("❓", line, style), "warning", style));
}

/** What is true of one symbol, said of those that are named. */
function textOf(one: EmptySymbol, symbols: readonly string[]): string {
  const names = namesText(symbols);
  const files = countText(one.files, "file");
  const hint = meantText(one.symbol, one.suggestions ?? []);
  const text = one.files === 0
    ? `the bucket has no file for ${names}${one.period ? spanText(one.period) : ""}`
    : one.tickers === undefined
    ? `${names} ${symbols.length === 1 ? "is" : "are"} in none of the ${files}`
    : `no ticker matches ${names} in ${files} of ${one.dataset}`;
  return `No data: ${text}${hint}`;
}

function spanText({ from, to }: Pick<ReportedSymbol, "from" | "to">): string {
  return from === to ? ` on ${printable(from)}` : ` from ${printable(from)} to ${printable(to)}`;
}
