/**
 * What the cache answers alone.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { readEntry } from "../cache/entry.ts";
import { keysOfFamily, readFamily } from "../cache/family_store.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { isRecorded } from "../dated_object.ts";
import type { Listing } from "../bucket/listing.ts";
import { spelling, type SymbolRequest } from "../request.ts";
import type { LoadedFamily } from "./loaded_family.ts";
import { isKnown, type LoadedSymbol } from "./loaded_symbol.ts";

/** The symbols of a request. */
export interface Partition {
  /** Those that the cache answers alone. */
  readonly cached: readonly LoadedSymbol[];
  /** The families among those. */
  readonly cachedFamilies: readonly LoadedFamily[];
  /** Those for which the bucket is needed. */
  readonly stale: readonly SymbolRequest[];
}

interface Known {
  readonly directory: CacheDirectory;
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
  const giveWay = givingWay();
  for (const request of requests) {
    await giveWay();
    const isListed = known.listing.covers(request);
    const family = isListed && request.isFamily && await readFamilyHit(request, known);
    const symbol = isListed && !request.isFamily && await readHit(request, known);
    if (family) cachedFamilies.push(family);
    else if (symbol) cached.push(symbol);
    else stale.push(request);
  }
  return { cached, cachedFamilies, stale };
}

/**
 * The symbol's records, when the cache entry alone has every listed file of the request; then no lock and no network is needed.
 */
async function readHit(
  request: SymbolRequest,
  { directory, listing }: Known,
): Promise<LoadedSymbol | undefined> {
  const files = listing.filesOf(request);
  for (const ticker of request.tickers) {
    const entry = await readEntry(directory.entryPath(request.dataset.name, ticker));
    if (!entry?.whole || !files.every((file) => isRecorded(file, entry.records))) continue;
    const { records } = entry;
    // Another spelling may be the right one.
    if (request.tickers.length > 1 && !isKnown({ request, records })) continue;
    return { request, ticker, ...spelling(request, ticker), records, cached: true };
  }
  return undefined;
}

/** The same for a family, which has a file for each of the request. */
async function readFamilyHit(
  request: SymbolRequest,
  { directory, listing }: Known,
): Promise<LoadedFamily | undefined> {
  const { symbol, tickers: [ticker], dataset: { name: dataset } } = request;
  const listed = listing.filesOf(request);
  const keys = listed.map(({ key }) => key);
  const there = new Set(await keysOfFamily(directory, { dataset, family: ticker }));
  if (!keys.every((key) => there.has(key))) return undefined;
  const { files } = await readFamily(directory, { dataset, family: ticker }, keys);
  if (!listed.every((file) => isRecorded(file, files))) return undefined;
  return { request, symbol, ticker, cached: true, records: files };
}
