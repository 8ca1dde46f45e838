/**
 * Bars whose charts can be told by hand.
 *
 * @module
 */

import type { Bar } from "../../../mod.ts";

const DAY_MS = 86_400_000;

/** A bar of so many days after 2024-01-01, from open to close, a point beyond both. */
export function day(
  i: number,
  [open, close]: readonly [number, number],
  volume: number | null = 100,
): Bar {
  const timestamp = Date.parse("2024-01-01") + i * DAY_MS;
  return {
    date: new Date(timestamp).toISOString().slice(0, 10),
    timestamp,
    open,
    close,
    high: Math.max(open, close) + 1,
    low: Math.min(open, close) - 1,
    volume,
    transactions: null,
  };
}

/** So many days that go up for ten days and down for five, again and again. */
export function zigzag(count: number): Bar[] {
  const bars: Bar[] = [];
  let price = 100;
  for (let i = 0; i < count; i++) {
    const close = price + (i % 15 < 10 ? 2 : -3);
    bars.push(day(i, [price, close], 1_000 * (1 + i % 8)));
    price = close;
  }
  return bars;
}
