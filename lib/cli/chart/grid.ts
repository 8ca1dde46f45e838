/**
 * The grid of characters that a chart is drawn on. Pure.
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
