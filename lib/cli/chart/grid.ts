/**
 * The grid of characters that a chart is drawn on: its columns, each of some bars, and the scale from
 * prices to its rows. Pure.
 *
 * @module
 */

import { paint, type Style, type Tone } from "../render/style.ts";
import { mergeBars } from "../../market/resample.ts";
import type { Bar } from "../../../mod.ts";

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

/** What is charted. */
export interface Chart {
  readonly symbol: string;
  /** Ascending. */
  readonly bars: readonly Bar[];
  /** The length of a bar, such as `1d`. */
  readonly interval: string;
  /** The time zone in which bars shorter than a day are labelled. @default "UTC" */
  readonly timeZone?: string;
  /** @default "candles" */
  readonly kind?: "candles" | "line";
}

/** The space that a chart has, and what can be shown there. */
export interface ChartSpace {
  /** Columns that no line exceeds. */
  readonly width: number;
  /** Lines that there are at most. */
  readonly height: number;
  readonly style: Style;
}

/** What a chart draws, from left to right. */
export interface ChartColumns {
  /** One bar for each candle, of as many of the given bars as `barsEach` says. */
  readonly bars: readonly Bar[];
  /** The given bars that are one candle; the last one may be of fewer. */
  readonly barsEach: number;
  /** Columns of the screen from one candle to the next. */
  readonly pitch: number;
  /** Columns of the screen in all. */
  readonly width: number;
}

/** Beyond it, few bars would be scattered over a wide screen. */
const WIDEST_PITCH = 8;

/** Spreads the bars over at most `room` columns, several to a candle when they are more. */
export function intoColumns(bars: readonly Bar[], room: number): ChartColumns {
  const barsEach = Math.max(1, Math.ceil(bars.length / room));
  const merged: Bar[] = [];
  for (let start = 0; start < bars.length; start += barsEach) {
    merged.push(mergeBars(bars.slice(start, start + barsEach)));
  }
  const pitch = Math.min(WIDEST_PITCH, Math.max(1, Math.floor(room / merged.length)));
  return { bars: merged, barsEach, pitch, width: (merged.length - 1) * pitch + 1 };
}

/** Whether a bar closes no lower than it opens. */
export function rises({ open, close }: Bar): boolean {
  return close >= open;
}
