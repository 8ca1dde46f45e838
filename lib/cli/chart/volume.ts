/**
 * Bars of volume on a grid, in eighths of a cell. Pure.
 *
 * @module
 */

import { type Grid, gridOf } from "./grid.ts";
import { type ChartColumns, rises } from "./chart_columns.ts";
import type { Style } from "../render/style.ts";

const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const ASCII = [" ", ".", ":", "#"];

/** The most volume of a candle; 0 when the market has none, as an index. */
export function mostVolume({ bars }: ChartColumns): number {
  return bars.reduce((most, { volume }) => Math.max(most, volume ?? 0), 0);
}

/** Draws the columns' volumes; some volume is never drawn as none. */
export function drawVolume(
  columns: ChartColumns,
  { rows, style }: { rows: number; style: Style },
): Grid {
  const { bars, pitch, width } = columns;
  const glyphs = style.signs ? EIGHTHS : ASCII;
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
