/**
 * A set of tickers, and of families of them, that tells quickly which of them a line of a text
 * begins with.
 *
 * @module
 */

import { isFamilyName, parseFamily, type TickerFamily } from "../market/ticker_family.ts";

const COMMA = 44;
const LF = 10;

/** Of few bits, so that the lists stay in a core's fastest cache while lines are passed. */
const MASK = 0xfff;

/** Wanted tickers and families, each once, in the order given. */
export class TickerSet {
  /** All of them. */
  readonly names: readonly string[];
  readonly tickers: ReadonlySet<string>;
  readonly families: readonly TickerFamily[];
  /** What all of them begin with, where there are only families. */
  readonly prefix: string;
  /** Those of each hash; made when they are first needed. */
  #byHash: (string[] | undefined)[] | undefined;

  /** @param names tickers, and names of families. */
  constructor(names: Iterable<string>) {
    const all = [...new Set(names)];
    const families = all.filter(isFamilyName);
    this.names = all;
    this.tickers = new Set(families.length === 0 ? all : all.filter((one) => !isFamilyName(one)));
    this.families = families.map(parseFamily);
    const prefixes = this.families.map(({ prefix }) => prefix);
    this.prefix = this.tickers.size > 0 ? "" : commonBeginning(prefixes);
  }

  has(ticker: string): boolean {
    return this.tickers.has(ticker) || this.families.some((family) => family.has(ticker));
  }

  /** Whether all that another set has is in this one, as far as their patterns tell. */
  hasAll({ tickers, families }: TickerSet): boolean {
    return [...tickers].every((one) => this.has(one)) &&
      families.every((family) => this.families.some((own) => own.covers(family)));
  }

  /** The one of the tickers that is the whole field that starts here. */
  tickerAt(text: string, start: number): string | undefined {
    this.#byHash ??= byHash(this.tickers);
    return this.#byHash[hashOf(text, start)]?.find((ticker) =>
      text.startsWith(ticker, start) && isFieldEnd(text, start + ticker.length)
    );
  }
}

/** The field that starts here. */
export function fieldAt(text: string, start: number): string {
  let end = start;
  while (!isFieldEnd(text, end)) end++;
  return text.slice(start, end);
}

/** Whether a field ends here: at a comma, a line's end or the text's. */
export function isFieldEnd(text: string, at: number): boolean {
  return at === text.length || text.charCodeAt(at) === COMMA || text.charCodeAt(at) === LF;
}

function commonBeginning(texts: readonly string[]): string {
  const [first = "", ...others] = texts;
  let length = first.length;
  while (!others.every((text) => text.startsWith(first.slice(0, length)))) length--;
  return first.slice(0, length);
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
