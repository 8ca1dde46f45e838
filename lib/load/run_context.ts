/**
 * Where a run works, and how.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { readFamily } from "../cache/family_store.ts";
import type { JournalIdentity } from "../cache/journal.ts";
import { type JournalSource, StoredRecords } from "../cache/stored_records.ts";
import type { TickerContent } from "../cache/ticker_reading.ts";
import { fileSymbol, spelling, type SymbolRequest } from "../request.ts";
import type { Settings } from "../settings.ts";
import type { LakeSource } from "./lake_source.ts";
import type { LoadedFamily } from "./loaded_family.ts";
import type { LoadedSymbol } from "./loaded_symbol.ts";

/** Where a run works, and how. */
export interface RunContext {
  readonly directory: CacheDirectory;
  readonly settings: Settings;
  /** The lake that files are taken from where it has them. */
  readonly lake?: LakeSource | undefined;
}

/**
 * Opens the lake that a run is told of, for which no other run loads anything.
 *
 * @throws {import("../errors.ts").UsageError} when there is no such folder.
 */
export async function openLake({ fromLake }: Settings): Promise<LakeSource | undefined> {
  if (fromLake === undefined) return undefined;
  const { LakeSource } = await import("./lake_source.ts");
  return await LakeSource.open(fromLake);
}

/** Finds what is recorded of the bucket of a run. */
export function openStored(
  { directory, settings }: Pick<RunContext, "directory" | "settings">,
): Promise<StoredRecords> {
  return StoredRecords.open(directory, journalSource(settings));
}

/** The bucket of a run, as its journals name it. */
function journalSource({ endpoint, bucket }: Settings): JournalSource {
  return { host: new URL(endpoint).hostname, bucket };
}

/**
 * What is recorded of a symbol, of the spelling that is cached, else of the likeliest; and what
 * stands in the place of its cache entry.
 *
 * @throws {JournalError} when a file is of a newer format.
 * @throws {StorageError} when the disk fails.
 */
export async function recordedSymbol(
  request: SymbolRequest,
  stored: StoredRecords,
): Promise<LoadedSymbol & Pick<TickerContent, "entry">> {
  const { tickers, dataset: { name: dataset } } = request;
  const ticker = await stored.findRecorded(dataset, tickers) ?? tickers.at(-1)!;
  const { records, entry } = await stored.readAll({ dataset, ticker });
  return { request, ...spelling(request, ticker), ticker, cached: true, records, entry };
}

/**
 * What is kept of a family.
 *
 * @param keys those of the objects that matter. @default {all of which something is kept}
 * @throws as `readFamily()` does.
 */
export async function keptFamily(
  request: SymbolRequest,
  directory: CacheDirectory,
  keys?: Iterable<string>,
): Promise<LoadedFamily> {
  const { symbol, tickers: [ticker], dataset } = request;
  const of = { dataset: dataset.name, family: ticker };
  const { files: records } = await readFamily(directory, of, keys);
  return { request, symbol, ticker, cached: true, records };
}

/** What the journal of a symbol is of. */
export function identityOf(
  request: SymbolRequest,
  ticker: string,
  settings: Settings,
): JournalIdentity {
  const { dataset, period, interval } = request;
  return {
    ...journalSource(settings),
    dataset: dataset.name,
    ticker,
    symbol: fileSymbol(request, ticker),
    period: period.name,
    interval,
  };
}
