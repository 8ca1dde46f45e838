/**
 * The tickers that a misspelt one may stand for.
 *
 * @module
 */

import { levenshteinDistance } from "../deps/std_text.ts";

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
