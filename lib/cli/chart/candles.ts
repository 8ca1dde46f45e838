/**
 * Candles on a grid, and their volume below; or a line of closing prices: eight dots of braille to a
 * cell, or a star. A rising candle's body is thin and a falling one's is thick, so that the color only
 * repeats what the shape says. Pure.
 *
 * @module
 */

import type { Bar } from "../../../mod.ts";
import {
  type Cell,
  type ChartColumns,
  type Grid,
  gridOf,
  levelOf,
  type PriceScale,
  rises,
  scaleOf,
} from "./grid.ts";
import type { Style, Tone } from "../render/style.ts";

/** What half of a cell shows: nothing, the wick or the body. */
type Half = " " | "w" | "b";

/** Glyphs by the upper and the lower half of a cell. */
type Glyphs = Readonly<Record<`${Half}${Half}`, string>>;

const WICKS = { "  ": " ", "ww": "│", "w ": "╵", " w": "╷" } as const;

const RISING: Glyphs = { ...WICKS, bb: "┃", "b ": "╹", " b": "╻", wb: "╽", bw: "╿" };

/** Where body and wick share a cell, the wick gives way: a thin body would mean another thing. */
const FALLING: Glyphs = { ...WICKS, bb: "█", "b ": "▀", " b": "▄", wb: "▄", bw: "▀" };

/** Without signs a level is a row: both halves of a cell are the same. */
const ASCII: Readonly<Record<"rising" | "falling", Readonly<Record<Half, string>>>> = {
  rising: { " ": " ", w: "|", b: "o" },
  falling: { " ": " ", w: "|", b: "#" },
};

/** The glyphs of a rising and a falling body, for the key. */
export function bodyGlyphs({ signs }: Style): { readonly up: string; readonly down: string } {
  return signs
    ? { up: RISING.bb, down: FALLING.bb }
    : { up: ASCII.rising.b, down: ASCII.falling.b };
}

/** The scale of candles on so many rows: two levels a row, where there are half blocks. */
export function candleScale({ bars }: ChartColumns, rows: number, { signs }: Style): PriceScale {
  return scaleOf(bars.flatMap(({ low, high }) => [low, high]), signs ? 2 * rows : rows);
}

/** Draws the columns' candles. */
export function drawCandles(
  { bars, pitch, width }: ChartColumns,
  { scale, rows, style }: { scale: PriceScale; rows: number; style: Style },
): Grid {
  return gridOf({ width, height: rows }, (row, column) => {
    const bar = bars[column / pitch];
    if (bar === undefined) return undefined;
    return { glyph: glyphOf(bar, row, { scale, style }), tone: rises(bar) ? "up" : "down" };
  }).map((cells) => cells.map(withoutTone));
}

function glyphOf(
  bar: Bar,
  row: number,
  { scale, style }: { scale: PriceScale; style: Style },
): string {
  if (!style.signs) return ASCII[rises(bar) ? "rising" : "falling"][halfOf(bar, row, scale)];
  const glyphs = rises(bar) ? RISING : FALLING;
  return glyphs[`${halfOf(bar, 2 * row, scale)}${halfOf(bar, 2 * row + 1, scale)}`];
}

function halfOf({ open, high, low, close }: Bar, level: number, scale: PriceScale): Half {
  const between = (top: number, bottom: number) =>
    level >= levelOf(top, scale) && level <= levelOf(bottom, scale);
  if (between(Math.max(open, close), Math.min(open, close))) return "b";
  return between(high, low) ? "w" : " ";
}

/** A blank has no color, so that blanks on either side are written as one. */
function withoutTone(cell: Cell): Cell {
  return cell.glyph === " " ? { glyph: " " } : cell;
}

const VOLUME_EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const VOLUME_ASCII = [" ", ".", ":", "#"];

/** The most volume of a candle; 0 when the market has none, as an index. */
export function mostVolume({ bars }: ChartColumns): number {
  return bars.reduce((most, { volume }) => Math.max(most, volume ?? 0), 0);
}

/** Draws the columns' volumes, in eighths of a cell; some volume is never drawn as none. */
export function drawVolume(
  columns: ChartColumns,
  { rows, style }: { rows: number; style: Style },
): Grid {
  const { bars, pitch, width } = columns;
  const glyphs = style.signs ? VOLUME_EIGHTHS : VOLUME_ASCII;
  const parts = glyphs.length - 1;
  const most = mostVolume(columns);
  return gridOf({ width, height: rows }, (row, column) => {
    const bar = bars[column / pitch];
    if (!bar?.volume) return undefined;
    const height = Math.max(1, Math.round(bar.volume / most * rows * parts));
    const filled = Math.min(parts, Math.max(0, height - (rows - 1 - row) * parts));
    return filled === 0 ? undefined : { glyph: glyphs[filled]!, tone: rises(bar) ? "up" : "down" };
  });
}

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
