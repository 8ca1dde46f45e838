/**
 * Reads what is cached of a symbol, without its lock and without touching anything.
 *
 * @module
 */

import type { StoredRecords } from "../cache/stored_records.ts";
import { joinParts } from "./joined_symbol.ts";
import { isKnown, type LoadedSymbol } from "./loaded_symbol.ts";
import { partsOf, spelling, type SymbolRequest } from "../request.ts";

/**
 * What is recorded, for the first of
 * the tickers that the symbol may stand for of which a row is recorded, else any file, else for
 * the last; where its
 * company's history is followed, those of each ticker of it.
 *
 * @throws {JournalError} when a file is of a newer format.
 * @throws {StorageError} when the disk fails.
 */
export async function findCachedTicker(
  request: SymbolRequest,
  stored: StoredRecords,
): Promise<LoadedSymbol> {
  if (request.history === undefined) return await findCached(request, stored);
  return joinParts(
    request,
    await Promise.all(partsOf([request]).map((part) => findCached(part, stored))),
  );
}

async function findCached(
  request: SymbolRequest,
  stored: StoredRecords,
): Promise<LoadedSymbol> {
  const found: LoadedSymbol[] = [];
  for (const ticker of request.tickers) {
    const { records } = await stored.readAll({ dataset: request.dataset.name, ticker });
    const one = { request, ...spelling(request, ticker), ticker, cached: true, records };
    if (isKnown(one)) return one;
    found.push(one);
  }
  return found.find(({ records }) => records.size > 0) ?? found.at(-1)!;
}
