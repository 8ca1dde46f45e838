/**
 * What is charted on a terminal, and its bars put into the columns of the screen. Pure.
 *
 * @module
 */

import { mergeBars } from "../../market/merge_bars.ts";
import type { Bar } from "../../../mod.ts";
import type { Style } from "../render/style.ts";

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
