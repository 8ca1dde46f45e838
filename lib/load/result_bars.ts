/**
 * The bars of a result: made when they are read, and held only where they are read as a whole.
 *
 * @module
 */

import type { TickerBars } from "./loaded_family.ts";
import type { Bar, BarBatch } from "../market/bar.ts";

/** The bars of each symbol, in two ways to read them. */
export interface ResultBars {
  /**
   * Ascending bars, by the symbol as it was asked for; a stock's in the case that was found.
   * Those of a symbol are made when they are first read, and kept. Those of a family are by its
   * tickers; all of them are made when one is first read.
   */
  readonly bars: Readonly<Record<string, readonly Bar[]>>;
  /**
   * The same bars a few at a time, of all symbols in the order of the request or of those
   * named, in their order; none is held. Those of a family's tickers come in the order of their
   * names, but of a ticker that is asked for otherwise too only once.
   */
  readonly batches: (symbols?: readonly string[]) => Generator<BarBatch, void>;
}

/** A symbol, and what makes its bars, anew at each call. */
export interface ReadSymbol {
  readonly symbol: string;
  readonly ticker: string;
  /** Where batches say which ticker their bars are of: that of a date. */
  readonly tickerOf?: ((date: string) => string) | undefined;
  readonly read: () => Iterable<Bar>;
}

/** A family, and what makes the bars of its tickers, anew at each call. */
export interface ReadFamily {
  readonly symbol: string;
  readonly tickers: ReadonlyMap<string, unknown>;
  readonly read: () => Iterable<TickerBars>;
}

/** The bars of symbols and families that can be read again and again. */
export function resultBars(all: readonly (ReadSymbol | ReadFamily)[]): ResultBars {
  const bySymbol = new Map(all.map((one) => [one.symbol, one]));
  let bars: ResultBars["bars"] | undefined;
  return {
    get bars() {
      return bars ??= lazyBars(all);
    },
    *batches(wanted = [...bySymbol.keys()]) {
      const reads = wanted.flatMap((symbol) => bySymbol.get(symbol) ?? []);
      for (const [i, one] of reads.entries()) {
        if (!isFamily(one)) yield* batchesOf(one.symbol, one.read(), one.tickerOf);
        else yield* batchesOfFamily(one, reads, i);
      }
    },
  };
}

function isFamily(one: ReadSymbol | ReadFamily): one is ReadFamily {
  return "tickers" in one;
}

/** Those of its tickers that no symbol and no family before it gives as well. */
function* batchesOfFamily(
  { read }: ReadFamily,
  reads: readonly (ReadSymbol | ReadFamily)[],
  place: number,
): Generator<BarBatch, void> {
  const symbols = new Set(reads.flatMap((one) => isFamily(one) ? [] : one.ticker));
  const before = reads.slice(0, place).filter(isFamily);
  for (const { ticker, bars } of read()) {
    const isGiven = symbols.has(ticker) || before.some(({ tickers }) => tickers.has(ticker));
    if (!isGiven) yield* batchesOf(ticker, bars);
  }
}

function lazyBars(all: readonly (ReadSymbol | ReadFamily)[]): ResultBars["bars"] {
  const bars: Record<string, readonly Bar[]> = {};
  for (const one of all) {
    if (!isFamily(one)) {
      setLazily(bars, one.symbol, () => [...one.read()]);
      continue;
    }
    let held: Map<string, readonly Bar[]> | undefined;
    const hold = () => new Map(Array.from(one.read(), ({ ticker, bars }) => [ticker, [...bars]]));
    for (const ticker of one.tickers.keys()) {
      setLazily(bars, ticker, () => (held ??= hold()).get(ticker) ?? []);
    }
  }
  return bars;
}

/** Bars in one batch. */
const BATCH = 4_096;

/** The bars of a symbol, many in each batch; those of a batch are of one ticker. */
export function* batchesOf(
  symbol: string,
  all: Iterable<Bar>,
  tickerOf?: (date: string) => string,
): Generator<BarBatch, void> {
  let bars: Bar[] = [];
  let ticker: string | undefined;
  const batch = () => ({ symbol, ...(ticker !== undefined && { ticker }), bars });
  for (const bar of all) {
    const own = tickerOf?.(bar.date);
    if (bars.length === BATCH || bars.length > 0 && own !== ticker) {
      yield batch();
      bars = [];
    }
    ticker = own;
    bars.push(bar);
  }
  if (bars.length > 0) yield batch();
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
