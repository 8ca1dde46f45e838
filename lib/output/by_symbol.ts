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
  const source = new Source(batches);
  try {
    let next = await source.next();
    const symbolsOwn = async function* (symbol: string) {
      for (; next?.symbol === symbol; next = await source.next()) yield next;
    };
    while (next !== undefined) {
      const { symbol } = next;
      yield { symbol, batches: symbolsOwn(symbol) };
    }
  } finally {
    await source.end();
  }
}

/** Batches with bars, taken one at a time. */
class Source {
  readonly #rest: AsyncGenerator<BarBatch>;

  constructor(batches: BarBatches) {
    this.#rest = withBars(batches);
  }

  /** `undefined` at the end. */
  async next(): Promise<BarBatch | undefined> {
    const { value, done } = await this.#rest.next();
    return done ? undefined : value;
  }

  /** Tells whoever makes the batches that no more are wanted. */
  async end(): Promise<void> {
    await this.#rest.return(undefined);
  }
}

async function* withBars(batches: BarBatches): AsyncGenerator<BarBatch> {
  for await (const batch of batches) if (batch.bars.length > 0) yield batch;
}
