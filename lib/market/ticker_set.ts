/**
 * A set of tickers that tells quickly which of them a line of a text begins with.
 *
 * @module
 */

const COMMA = 44;
const LF = 10;

/** Of few bits, so that the lists stay in a core's fastest cache while lines are passed. */
const MASK = 0xfff;

/** Wanted tickers, each once, in the order given. */
export class TickerSet {
  readonly tickers: ReadonlySet<string>;
  /** Those of each hash; made when they are first needed. */
  #byHash: (string[] | undefined)[] | undefined;

  constructor(tickers: Iterable<string>) {
    this.tickers = new Set(tickers);
  }

  has(ticker: string): boolean {
    return this.tickers.has(ticker);
  }

  /** The one of them that is the whole field that starts here. */
  tickerAt(text: string, start: number): string | undefined {
    this.#byHash ??= byHash(this.tickers);
    return this.#byHash[hashOf(text, start)]?.find((ticker) =>
      text.startsWith(ticker, start) && isFieldEnd(text, start + ticker.length)
    );
  }
}

/** Whether a field ends here: at a comma, a line's end or the text's. */
export function isFieldEnd(text: string, at: number): boolean {
  return at === text.length || text.charCodeAt(at) === COMMA || text.charCodeAt(at) === LF;
}

function byHash(tickers: Iterable<string>): (string[] | undefined)[] {
  const lists = Array<string[] | undefined>(MASK + 1).fill(undefined);
  for (const ticker of tickers) (lists[hashOf(ticker, 0)] ??= []).push(ticker);
  return lists;
}

/** The hash of a text's field that starts at an index. */
function hashOf(text: string, start: number): number {
  let hash = 0;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COMMA || code === LF) break;
    hash = (hash * 31 + code) & MASK;
  }
  return hash;
}
