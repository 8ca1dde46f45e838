/**
 * Parts batches by their symbol.
 *
 * @module
 */

import type { BarBatch, BarBatches } from "../market/bar.ts";

/** The batches of one symbol. */
export interface SymbolBatches {
  readonly symbol: string;
  /** To be read to its end before the next symbol is asked for. */
  readonly batches: AsyncIterable<BarBatch>;
}

/** The batches of each symbol that has a bar, as they come. */
export async function* bySymbol(batches: BarBatches): AsyncGenerator<SymbolBatches> {
  const source = withBars(batches);
  const take = async () => (await source.next()).value;
  try {
    let next = await take();
    const symbolsOwn = async function* (symbol: string) {
      for (; next?.symbol === symbol; next = await take()) yield next;
    };
    while (next !== undefined) {
      const { symbol } = next;
      yield { symbol, batches: symbolsOwn(symbol) };
    }
  } finally {
    await source.return(undefined);
  }
}

/** Whoever makes the batches hears of a `return()` that no more are wanted. */
async function* withBars(batches: BarBatches): AsyncGenerator<BarBatch, undefined, void> {
  for await (const batch of batches) if (batch.bars.length > 0) yield batch;
}
