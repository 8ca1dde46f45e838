/**
 * The grid of characters that a chart is drawn on, and the scale from prices to its rows. Pure.
 *
 * @module
 */

import { paint, type Style, type Tone } from "../render/style.ts";

/** One character and its color; a glyph is one column wide. */
export interface Cell {
  readonly glyph: string;
  readonly tone?: Tone;
}

/** Rows of cells, from the top. */
export type Grid = readonly (readonly Cell[])[];

const BLANK: Cell = { glyph: " " };

/** A grid whose cells are asked for one by one; what is not drawn on is blank. */
export function gridOf(
  { width, height }: { width: number; height: number },
  cellAt: (row: number, column: number) => Cell | undefined,
): Grid {
  return Array.from(
    { length: height },
    (_, row) => Array.from({ length: width }, (_, column) => cellAt(row, column) ?? BLANK),
  );
}

/** The cells of one color are painted together. */
export function cellsText(cells: readonly Cell[], style: Style): string {
  let text = "";
  for (let start = 0; start < cells.length;) {
    const { tone } = cells[start]!;
    let end = start + 1;
    while (end < cells.length && cells[end]!.tone === tone) end++;
    const glyphs = cells.slice(start, end).map(({ glyph }) => glyph).join("");
    text += tone === undefined ? glyphs : paint(glyphs, tone, style);
    start = end;
  }
  return text;
}

/** A span of prices on so many levels; level 0 is the highest price. */
export interface PriceScale {
  readonly low: number;
  readonly high: number;
  readonly levels: number;
}

/** What a quotient may be off by, because decimals are no binary fractions. */
const ROUNDING = 1e-9;

/** The scale on which the lowest and the highest of the prices are the outermost levels. */
export function scaleOf(prices: readonly number[], levels: number): PriceScale {
  const low = prices.reduce((a, b) => Math.min(a, b), Infinity);
  const high = prices.reduce((a, b) => Math.max(a, b), -Infinity);
  const margin = low === high ? Math.abs(low) * 0.01 || 1 : 0;
  return { low: low - margin, high: high + margin, levels };
}

/** The level of a price, at most half a level from its true place. */
export function levelOf(price: number, { low, high, levels }: PriceScale): number {
  const level = Math.round((high - price) / (high - low) * (levels - 1));
  return Math.min(levels - 1, Math.max(0, level));
}

/**
 * Round prices within the scale, ascending, at most so many: multiples of 1, 2, 2.5 or 5
 * times a power of ten that need no more digits after the point than told.
 */
export function roundTicks(
  { low, high }: PriceScale,
  { most, decimals }: { most: number; decimals: number },
): number[] {
  const smallest = Math.max(high - low, 10 ** -decimals) / 1_000;
  for (let power = Math.floor(Math.log10(smallest));; power++) {
    for (const mantissa of [1, 2, 2.5, 5]) {
      const step = mantissa * 10 ** power;
      if (!hasAtMost(step, decimals)) continue;
      const first = Math.ceil(low / step - ROUNDING);
      const last = Math.floor(high / step + ROUNDING);
      if (last - first + 1 > most) continue;
      return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
    }
  }
}

function hasAtMost(step: number, decimals: number): boolean {
  const units = step * 10 ** decimals;
  return units > 0.5 && Math.abs(units - Math.round(units)) < 1e-6;
}
