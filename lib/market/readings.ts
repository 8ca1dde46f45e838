/**
 * What a symbol or a family would stand for in the spelling of another kind of thing, as other
 * programs have it: `SPX` may be an index, `BTCUSD` a crypto pair, `^TSLA` a stock. And which
 * tickers a misspelt one may stand for.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import type { Asset } from "./dataset.ts";
import { familyAs, familyByForm, type FoundFamily, tapeSuffix } from "./family_symbol.ts";
import { isCurrency, symbolOf, tickersAs } from "./symbol.ts";
import { parseFamily } from "./ticker_family.ts";
import { levenshteinDistance } from "../deps/std_text.ts";

/** One thing that a symbol may have been meant for, should there be one. */
export interface Reading {
  readonly asset: Asset;
  /** As it is typed where that is what is meant. */
  readonly symbol: string;
  readonly ticker: string;
}

/** What a symbol may have been meant for, in the order of likelihood. */
export interface Readings {
  /** All of what was typed, but for signs and separators. */
  readonly whole: readonly Reading[];
  /** Its pairs with the dollar; a pair of currencies the other way round. */
  readonly akin: readonly Reading[];
}

/** Of those kinds in that order, since a name with fewer tickers tells more. */
const LIKELIEST: readonly Asset[] = ["index", "forex", "crypto", "option", "stock"];

/**
 * The readings of a symbol beside the one that it has.
 *
 * @param asset what it is by that one.
 */
export function readingsOf(symbol: string, asset: Asset): Readings {
  const name = nameIn(symbol);
  const whole = LIKELIEST.flatMap((other) =>
    other === asset ? otherStocks(name, asset) : readAs(name, other)
  );
  const [, base = "", quoted = ""] = /^([A-Z]{3})-?([A-Z]{3})$/.exec(name) ?? [];
  const inverse = readAs(`${quoted}${base}`, "forex");
  const pairs = /^[A-Z0-9]{2,5}$/.test(name) ? withDollar(name) : [];
  return { whole, akin: [...inverse, ...pairs.filter((pair) => pair.asset !== asset)] };
}

/** `SPX` of `^SPX`, `$SPX.X` or `I:SPX`; `EUR-USD` of `EUR.USD`. */
function nameIn(symbol: string): string {
  const name = symbol.toUpperCase().replace(/^([XCIO]:|[\^$.])/, "").replace(/(=X|\.X)$/, "");
  return name.replace(/^([A-Z0-9]{2,10})[./]([A-Z]{3,4})$/, "$1-$2");
}

/** A name has the form of each kind that it is read as, so that few files are looked into. */
const FORMS: Readonly<Record<Asset, RegExp>> = {
  index: /^[A-Z0-9]{1,19}$/,
  forex: /^[A-Z]{3}-?[A-Z]{3}$/,
  crypto: /^[A-Z0-9]{1,20}-?[A-Z]{3,4}$/,
  option: /^[A-Z0-9.]{1,7}\d{6}[CP]\d{8}$/,
  stock: /^[A-Z][A-Z0-9]{0,5}([.\-][A-Z]{1,2})?$/,
};

function readAs(name: string, asset: Asset): Reading[] {
  if (!FORMS[asset].test(name)) return [];
  // An index has names of its own at Yahoo, which are better known than the vendor's.
  const spelled = asset === "index" ? `^${name}` : undefined;
  return tickersAs(asset === "option" ? `O:${name}` : name, asset).map((ticker) => (
    { asset, symbol: spelled ?? symbolOf(ticker, asset), ticker }
  ));
}

/**
 * `TSLA` of `TSLA.US` or `TSLA.OQ`, as Stooq and Reuters name the place where it trades; `BACpB`
 * of `BAC.PRB`, `BAC-PR-B` or `BAC.PB`, and `AAC.WS` of `AAC.WT`, as exchanges and brokers write
 * their suffixes.
 */
function otherStocks(name: string, asset: Asset): Reading[] {
  if (asset !== "stock") return [];
  const [, base] = /^([A-Z]{1,5})\.(?:US|O|OQ|N|K)$/.exec(name) ?? [];
  const [, root = "", written = ""] = /^([A-Z]{1,5})[.\-]([A-Z]{1,3}(?:[.\-][A-Z])?)$/
    .exec(name) ?? [];
  const suffix = tapeSuffix(written.replace(/[.\-]/, "").replace(/^PR/, "P"));
  const onTheTape = suffix === undefined ? [] : [`${root}${suffix}`];
  return [
    ...base === undefined ? [] : readAs(base, asset),
    ...onTheTape.filter((ticker) => ticker !== name)
      .map((ticker) => ({ asset, symbol: symbolOf(ticker, asset), ticker })),
  ];
}

/** `EURUSD=X` and `USDEUR=X` of `EUR`, `BTC-USD` of `BTC`. */
function withDollar(name: string): Reading[] {
  const money = isCurrency(name) && name !== "USD" ? [`${name}USD`, `USD${name}`] : [];
  return [
    ...money.flatMap((pair) => readAs(pair, "forex")),
    ...readAs(`${name}-USD`, "crypto"),
  ];
}

/**
 * A family's pattern as one of each other kind of things; none of a chain, which is of options
 * alone.
 *
 * @param symbol as it was typed.
 * @param asset what it is taken for.
 */
export function familyReadings(symbol: string, asset: Asset): FoundFamily[] {
  if (/:.*:/.test(symbol)) return [];
  const bare = symbol.replace(/^([XCIO]:|[\^$.])/i, "").replace(/=X$/i, "");
  return LIKELIEST.filter((other) => other !== asset).flatMap((other) => {
    try {
      const found = familyAs(bare, other)!;
      return familyByForm(found.name).name === found.name ? [found] : [];
    } catch (error) {
      if (error instanceof UsageError) return [];
      throw error;
    }
  });
}

/**
 * The families nearest in spelling that some of the tickers match, best first; none where the name
 * is right and only what is asked for of it is not there.
 *
 * @param family its name.
 */
export function nearestFamilies(family: string, tickers: Iterable<string>): string[] {
  const [, prefix = "", stem = "", rest = ""] = stemIn(family) ?? [];
  if (stem === "") return [];
  const all = [...tickers];
  const stems = new Set(all.flatMap((ticker) => stemIn(ticker)?.[2] ?? []));
  if (stems.has(stem)) return [];
  return nearestTickers(stem, stems)
    .map((other) => parseFamily(`${prefix}${other}${rest}`))
    .filter(({ has }) => all.some(has))
    .map(({ name }) => name);
}

/** The name in a ticker or a pattern: a root, the base of a pair, a stock without its suffix. */
function stemIn(text: string): RegExpExecArray | null {
  return text.startsWith("O:")
    ? /^(O:)([A-Z]+)([:\d*?].*)$/.exec(text)
    : /^([XCI]:)?([A-Za-z0-9]+)(.*)$/.exec(text);
}

/** More suggestions than so many are no help. */
export const MOST_SUGGESTED = 3;

/** With more edits than this even a long ticker is a guess, as of an option another contract. */
const MOST_EDITS = 2;

/**
 * The tickers nearest in spelling, best first; none that would be a guess: one edit is allowed,
 * and another for every three letters from six on, to a ticker of two letters none but a swap.
 */
export function nearestTickers(
  ticker: string,
  tickers: Iterable<string>,
  most = MOST_SUGGESTED,
): string[] {
  const wanted = partsOf(ticker);
  const letters = lettersOf(ticker);
  const furthest = furthestOf(wanted.base.length);
  const near: { other: string; distance: number }[] = [];
  for (const other of tickers) {
    // A file may have hundreds of thousands, most of which are told by a glance.
    if (Math.abs(other.length - ticker.length) > furthest) continue;
    if (lettersApart(letters, lettersOf(other)) > furthest) continue;
    const distance = distanceOf(wanted, partsOf(other));
    if (distance <= furthest) near.push({ other, distance });
  }
  return near
    .sort((a, b) =>
      a.distance - b.distance ||
      isOtherInitial(a.other, ticker) - isOtherInitial(b.other, ticker) ||
      (a.other < b.other ? -1 : 1)
    )
    .slice(0, most)
    .map(({ other }) => other);
}

/** How far letters in another order are: less than one edit. */
const SWAP = 0.5;

function furthestOf(length: number): number {
  return length < 3 ? SWAP : Math.min(MOST_EDITS, Math.max(1, Math.floor(length / 3)));
}

/** What a ticker is of: `X:`, `BTC`, `USD`; a pair's common second half makes it no nearer. */
interface Parts {
  readonly prefix: string;
  readonly base: string;
  readonly quoted: string;
}

function partsOf(ticker: string): Parts {
  const [, prefix = "", rest = ticker] = /^([A-Z]:)(.+)$/.exec(ticker) ?? [];
  const dash = prefix === "X:" || prefix === "C:" ? rest.lastIndexOf("-") : -1;
  if (dash === -1) return { prefix, base: rest, quoted: "" };
  return { prefix, base: rest.slice(0, dash), quoted: rest.slice(dash + 1) };
}

function distanceOf(a: Parts, b: Parts): number {
  if (a.prefix !== b.prefix) return Infinity;
  return spellingDistance(a.base, b.base) + spellingDistance(a.quoted, b.quoted);
}

/** Edits from one to the other; the same letters in another order are a single slip. */
function spellingDistance(a: string, b: string): number {
  const isShuffled = a.length === b.length &&
    [...a].sort().join() === [...b].sort().join();
  return isShuffled && a !== b ? SWAP : levenshteinDistance(a, b);
}

/** 1 where the first letters differ, which people seldom mistype. */
function isOtherInitial(a: string, b: string): number {
  return a[0] === b[0] ? 0 : 1;
}

/** The edits that it takes at the least: each brings in no more than one letter that is missing. */
function lettersApart(a: number, b: number): number {
  return Math.max(countOnes(a & ~b), countOnes(b & ~a));
}

/** The letters of a text as bits, of which several may share one; a pair's dash is none. */
function lettersOf(text: string): number {
  let letters = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "-") letters |= 1 << (text.charCodeAt(i) & 31);
  }
  return letters;
}

function countOnes(bits: number): number {
  let ones = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) ones++;
  return ones;
}
