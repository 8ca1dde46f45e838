/**
 * A set of tickers that tells quickly which lines of a text begin with none of them.
 *
 * @module
 */

const COMMA = 44;
const LF = 10;
const CR = 13;
const MASK = 0xffff;

/** Wanted tickers, each once, in the order given. */
export class TickerSet {
  readonly tickers: ReadonlySet<string>;
  /** Whether any ticker has a hash; made when it is first needed. */
  #hasHash: Uint8Array | undefined;

  constructor(tickers: Iterable<string>) {
    this.tickers = new Set(tickers);
  }

  has(ticker: string): boolean {
    return this.tickers.has(ticker);
  }

  /** False when the first field of the line that starts here is certainly none of them. */
  mayStart(text: string, start: number): boolean {
    this.#hasHash ??= hashesOf(this.tickers);
    return this.#hasHash[hashOf(text, start)] === 1;
  }
}

function hashesOf(tickers: Iterable<string>): Uint8Array {
  const has = new Uint8Array(MASK + 1);
  for (const ticker of tickers) has[hashOf(ticker, 0)] = 1;
  return has;
}

/** The hash of a text's field that starts at an index. */
function hashOf(text: string, start: number): number {
  let hash = 0;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COMMA || code === LF || code === CR) break;
    hash = (hash * 31 + code) & MASK;
  }
  return hash;
}
