/**
 * A line of closing prices on a grid: eight dots of braille to a cell, or a star. Pure.
 *
 * @module
 */

import type { Bar } from "../../../mod.ts";
import { type Grid, gridOf, levelOf, type PriceScale, scaleOf } from "./grid.ts";
import type { ChartColumns } from "./chart_columns.ts";
import type { Style, Tone } from "../render/style.ts";

/** The bit of each dot of a braille character, by row and column. */
const DOTS = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]] as const;

/** How a line is drawn. */
export interface LineOptions {
  /** Every bar, ascending; of those of one column, each has its own place. */
  readonly bars: readonly Bar[];
  readonly scale: PriceScale;
  readonly rows: number;
  readonly tone: Tone;
  readonly style: Style;
}

/** The scale of a line on so many rows: four levels a row, where there is braille. */
export function lineScale(bars: readonly Bar[], rows: number, { signs }: Style): PriceScale {
  return scaleOf(bars.map(({ close }) => close), signs ? 4 * rows : rows);
}

/** Draws the closes, each joined to the next. */
export function drawLine(columns: ChartColumns, options: LineOptions): Grid {
  const { rows, tone, style } = options;
  const size = style.signs ? { x: 2, y: 4 } : { x: 1, y: 1 };
  const dots = dotsOf(columns, size.x, options);
  return gridOf({ width: columns.width, height: rows }, (row, column) => {
    let bits = 0;
    for (let y = 0; y < size.y; y++) {
      for (let x = 0; x < size.x; x++) {
        const span = dots[column * size.x + x];
        const level = row * size.y + y;
        if (span && level >= span.top && level <= span.bottom) bits |= DOTS[y]![x]!;
      }
    }
    if (bits === 0) return undefined;
    return { glyph: style.signs ? String.fromCodePoint(0x2800 + bits) : "*", tone };
  });
}

/** The levels that the line touches. */
interface Span {
  readonly top: number;
  readonly bottom: number;
}

/** The line's levels at each column of dots. */
function dotsOf(
  { width, pitch, barsEach }: ChartColumns,
  dotsEach: number,
  { bars, scale }: LineOptions,
): Span[] {
  const spans: Span[] = [];
  const last = width * dotsEach - 1;
  const placeOf = (i: number) => Math.min(last, Math.floor(i * pitch * dotsEach / barsEach));
  bars.forEach(({ close }, i) => {
    const before = { x: placeOf(Math.max(0, i - 1)), close: bars[i - 1]?.close ?? close };
    const x = placeOf(i);
    for (let at = before.x; at <= x; at++) {
      const share = at === x ? 1 : (at - before.x) / (x - before.x);
      touch(spans, at, levelOf(before.close + share * (close - before.close), scale));
    }
  });
  return spans.map((span, x) => reaching(span, spans[x - 1] ?? span));
}

function touch(spans: Span[], x: number, level: number): void {
  const { top, bottom } = spans[x] ?? { top: level, bottom: level };
  spans[x] = { top: Math.min(top, level), bottom: Math.max(bottom, level) };
}

/** The span, drawn on as far as the one before it ends. */
function reaching(span: Span, before: Span): Span {
  return {
    top: Math.min(span.top, before.bottom + 1),
    bottom: Math.max(span.bottom, before.top - 1),
  };
}
