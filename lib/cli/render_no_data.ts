/**
 * The texts that tell of symbols of which there is no bar. Pure: plain data and a style in, lines
 * out. Text from outside comes out printable.
 *
 * @module
 */

import type { ReportedSymbol } from "../progress.ts";
import { boundedLines } from "./render_outcome.ts";
import { paint, printable, signed, type Style } from "./style.ts";
import { countText, meantText, namesText } from "./wording.ts";

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
