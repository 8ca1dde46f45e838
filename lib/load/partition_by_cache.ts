/**
 * What the cache answers alone.
 *
 * @module
 */

import { keysOfFamily } from "../cache/family_store.ts";
import type { StoredRecords } from "../cache/stored_records.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { type DatedObject, isRecorded } from "../dated_object.ts";
import type { Listing } from "../bucket/listing.ts";
import { spelling, type SymbolRequest } from "../request.ts";
import type { LoadedFamily } from "./loaded_family.ts";
import type { LoadedSymbol } from "./loaded_symbol.ts";
import { keptFamily, openStored, type RunContext } from "./run_context.ts";

/** The symbols of a request. */
export interface Partition {
  /** Those that the cache answers alone. */
  readonly cached: readonly LoadedSymbol[];
  /** The families among those. */
  readonly cachedFamilies: readonly LoadedFamily[];
  /** Those for which the bucket is needed. */
  readonly stale: readonly SymbolRequest[];
}

interface Known extends RunContext {
  readonly listing: Listing;
}

/** Finds out for each symbol whether the cache answers alone. */
export async function partitionByCache(
  requests: readonly SymbolRequest[],
  known: Known,
): Promise<Partition> {
  const cached: LoadedSymbol[] = [];
  const cachedFamilies: LoadedFamily[] = [];
  const stale: SymbolRequest[] = [];
  const stored = await openStored(known);
  const giveWay = givingWay();
  for (const request of requests) {
    await giveWay();
    const isListed = known.listing.covers(request);
    const family = isListed && request.isFamily && await readFamilyHit(request, known);
    const symbol = isListed && !request.isFamily && await readHit(request, { ...known, stored });
    if (family) cachedFamilies.push(family);
    else if (symbol) cached.push(symbol);
    else stale.push(request);
  }
  return { cached, cachedFamilies, stale };
}

/**
 * The symbol's records, when the cache entry has every listed file of the request, and no journal
 * has anything else of one, which is to be folded in; then no lock and no network is needed.
 */
async function readHit(
  request: SymbolRequest,
  { stored, listing }: Known & { readonly stored: StoredRecords },
): Promise<LoadedSymbol | undefined> {
  const { tickers, dataset: { name: dataset } } = request;
  const ticker = tickers.length === 1 ? tickers[0] : await stored.findTicker(dataset, tickers);
  if (ticker === undefined) return undefined;
  const { records, entry, unfolded } = await stored.readAll({ dataset, ticker });
  const isFolded = (file: DatedObject) => isRecorded(file, records) && !unfolded.has(file.key);
  if (entry !== "whole" || !listing.filesOf(request).every(isFolded)) return undefined;
  return { request, ticker, ...spelling(request, ticker), records, cached: true };
}

/** The same for a family, which has a file for each of the request. */
async function readFamilyHit(
  request: SymbolRequest,
  { directory, listing }: Known,
): Promise<LoadedFamily | undefined> {
  const { tickers: [family], dataset: { name: dataset } } = request;
  const listed = listing.filesOf(request);
  const keys = listed.map(({ key }) => key);
  const there = new Set(await keysOfFamily(directory, { dataset, family }));
  if (!keys.every((key) => there.has(key))) return undefined;
  const kept = await keptFamily(request, directory, keys);
  return listed.every((file) => isRecorded(file, kept.records)) ? kept : undefined;
}
