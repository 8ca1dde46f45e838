/**
 * Reads what is cached of a symbol, without its lock and without touching anything.
 *
 * @module
 */

import { readRecorded } from "../cache/recorded.ts";
import { joinParts } from "./joined_symbol.ts";
import { isKnown, type LoadedSymbol } from "./loaded_symbol.ts";
import { identityOf, type RunContext } from "./run_context.ts";
import { partsOf, spelling, type SymbolRequest } from "../request.ts";

/**
 * The records of the cache entry and of the request's own progress marker, for the first of
 * the tickers that the symbol may stand for of which a row is recorded, else any file, else for
 * the last; where its
 * company's history is followed, those of each ticker of it.
 *
 * @throws {JournalError} when a file is of a newer format.
 * @throws {StorageError} when the disk fails.
 */
export async function findCachedTicker(
  request: SymbolRequest,
  context: RunContext,
): Promise<LoadedSymbol> {
  if (request.history === undefined) return await findCached(request, context);
  return joinParts(
    request,
    await Promise.all(partsOf([request]).map((part) => findCached(part, context))),
  );
}

async function findCached(
  request: SymbolRequest,
  { directory, settings }: RunContext,
): Promise<LoadedSymbol> {
  const found: LoadedSymbol[] = [];
  for (const ticker of request.tickers) {
    const records = await readRecorded(directory, identityOf(request, ticker, settings));
    const one = { request, ...spelling(request, ticker), ticker, cached: true, records };
    if (isKnown(one)) return one;
    found.push(one);
  }
  return found.find(({ records }) => records.size > 0) ?? found.at(-1)!;
}
