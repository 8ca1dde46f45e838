/**
 * An interval: the length of a bar.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";

/** The intervals that can be asked for. */
export type Interval = "1d";

/** Intervals that have a name, but no bars here yet. */
const LATER = ["1m", "2m", "5m", "15m", "30m", "1h", "60m", "1wk", "1mo"];

/**
 * Reads an interval.
 *
 * @throws {UsageError} when the text names no interval, or one that is not offered yet.
 */
export function parseInterval(text: string): Interval {
  const interval = text.trim().toLowerCase();
  if (interval === "1d") return interval;
  const known = LATER.includes(interval);
  throw new UsageError(
    known
      ? `Interval ${interval} is not available yet: only 1d is`
      : `Cannot read interval ${quote(text)}: want 1d`,
  );
}
