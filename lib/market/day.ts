/**
 * The first and the last price of a date.
 *
 * @module
 */

import type { Bar } from "./bar.ts";

/** What bars of a date begin and end with. */
export type Day = Pick<Bar, "date" | "open" | "close">;

/** Where numbers stand in a row of a bar. */
const OPEN = 1;
const CLOSE = 4;

/**
 * The day that a file's rows make, of which no more than these two numbers are read;
 * `undefined` when there is no bar.
 *
 * @param rows As JSON, in the order of their time.
 * @param first Where the first row that counts begins. @default {1}
 */
export function dayOf(date: string, rows: string, first = 1): Day | undefined {
  const open = numberAt(rows, first, OPEN);
  const close = numberAt(rows, Math.max(first, rows.lastIndexOf("[")), CLOSE);
  return Number.isFinite(open) && Number.isFinite(close) ? { date, open, close } : undefined;
}

/** A number with others behind it, in the row that begins at an index. */
function numberAt(rows: string, row: number, column: number): number {
  let start = row + 1;
  for (let i = 0; i < column; i++) start = rows.indexOf(",", start) + 1;
  const end = rows.indexOf(",", start);
  return start === 0 || end === -1 ? NaN : Number(rows.slice(start, end));
}
