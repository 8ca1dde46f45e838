/**
 * The bars of a result: made when they are read, and held only where they are read as a whole.
 *
 * @module
 */

import type { Bar, BarBatch } from "./market/bar.ts";

/** The bars of each symbol, in two ways to read them. */
export interface ResultBars {
  /**
   * Ascending bars, by the symbol as it was asked for; a stock's in the case that was found.
   * Those of a symbol are made when they are first read, and kept.
   */
  readonly bars: Readonly<Record<string, readonly Bar[]>>;
  /**
   * The same bars a few at a time, of all symbols in the order of the request or of those
   * named, in their order; none is held.
   */
  readonly batches: (symbols?: readonly string[]) => Generator<BarBatch, void>;
}

/** What makes the bars of a symbol, anew at each call. */
export type ReadSymbol = readonly [symbol: string, read: () => Iterable<Bar>];

/** The bars of symbols that can be read again and again. */
export function resultBars(symbols: readonly ReadSymbol[]): ResultBars {
  const bars: Record<string, readonly Bar[]> = {};
  for (const [symbol, read] of symbols) setLazily(bars, symbol, () => [...read()]);
  const reads = new Map(symbols);
  return {
    bars,
    *batches(wanted = [...reads.keys()]) {
      for (const symbol of wanted) yield* batchesOf(symbol, reads.get(symbol)?.() ?? []);
    },
  };
}

/** Bars in one batch. */
const BATCH = 4_096;

function* batchesOf(symbol: string, all: Iterable<Bar>): Generator<BarBatch, void> {
  let bars: Bar[] = [];
  for (const bar of all) {
    bars.push(bar);
    if (bars.length < BATCH) continue;
    yield { symbol, bars };
    bars = [];
  }
  if (bars.length > 0) yield { symbol, bars };
}

/** Sets a property that is made when it is first read. */
function setLazily<T>(object: Record<string, T>, name: string, make: () => T): void {
  const set = (value: T) => {
    Object.defineProperty(object, name, { value, enumerable: true });
    return value;
  };
  Object.defineProperty(object, name, {
    get: () => set(make()),
    enumerable: true,
    configurable: true,
  });
}
