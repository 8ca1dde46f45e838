/**
 * The tickers that a misspelt one may stand for.
 *
 * @module
 */

import { levenshteinDistance } from "../deps.ts";

/** The tickers nearest in spelling, best first; none that would be a guess. */
export function nearestTickers(
  ticker: string,
  tickers: Iterable<string>,
  most = 3,
): string[] {
  const furthest = Math.max(1, Math.floor(ticker.length / 2));
  return [...tickers]
    .filter((other) => Math.abs(other.length - ticker.length) <= furthest)
    .map((other) => ({ other, distance: spellingDistance(ticker, other) }))
    .filter(({ distance }) => distance <= furthest)
    .sort((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1))
    .slice(0, most)
    .map(({ other }) => other);
}

/** Edits from one to the other; the same letters in another order are a single slip. */
function spellingDistance(a: string, b: string): number {
  const isShuffled = a.length === b.length &&
    [...a].sort().join() === [...b].sort().join();
  return isShuffled && a !== b ? 0.5 : levenshteinDistance(a, b);
}
