/**
 * What is charted on a terminal, and where.
 *
 * @module
 */

import type { Bar } from "../../mod.ts";
import type { Style } from "./style.ts";

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
