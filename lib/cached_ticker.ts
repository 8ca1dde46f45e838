/**
 * Reads what is cached of a symbol, without its lock and without touching anything.
 *
 * @module
 */

import { readEntry } from "./cache/entry.ts";
import { isSameJournal, readJournal } from "./cache/journal.ts";
import type { LoadedSymbol } from "./loaded_symbol.ts";
import { fileSymbol, spelling, type SymbolRequest } from "./request.ts";
import type { Place } from "./open_symbols.ts";

/**
 * The records of the cache entry and of the request's own progress marker, for the first of
 * the tickers that the symbol may stand for of which there are some, else for the last.
 *
 * @throws {JournalError} when a file is of a newer format.
 * @throws {StorageError} when the disk fails.
 */
export async function findCachedTicker(
  request: SymbolRequest,
  place: Place,
): Promise<LoadedSymbol> {
  let found: LoadedSymbol | undefined;
  for (const ticker of request.tickers) {
    const records = await readRecords(request, ticker, place);
    found = { request, ...spelling(request, ticker), ticker, cached: true, records };
    if (records.size > 0) return found;
  }
  return found!;
}

async function readRecords(
  request: SymbolRequest,
  ticker: string,
  { directory, settings }: Place,
): Promise<LoadedSymbol["records"]> {
  const { dataset, period, interval } = request;
  const entry = await readEntry(directory.entryPath(dataset.name, ticker));
  const identity = {
    host: new URL(settings.endpoint).hostname,
    bucket: settings.bucket,
    dataset: dataset.name,
    ticker,
    symbol: fileSymbol(request, ticker),
    period: period.name,
    interval,
  };
  const journal = await readJournal(directory.journalPath(identity));
  const isOurs = journal && journal !== "foreign" && isSameJournal(journal.of, identity);
  return new Map([...entry?.records ?? [], ...isOurs ? journal.records : []]);
}
