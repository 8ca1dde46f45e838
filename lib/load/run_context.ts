/**
 * Where a run works, and how.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import type { JournalIdentity } from "../cache/journal.ts";
import { type JournalSource, StoredRecords } from "../cache/stored_records.ts";
import { fileSymbol, type SymbolRequest } from "../request.ts";
import type { Settings } from "../settings.ts";

/** Where a run works, and how. */
export interface RunContext {
  readonly directory: CacheDirectory;
  readonly settings: Settings;
}

/** Finds what is recorded of the bucket of a run. */
export function openStored({ directory, settings }: RunContext): Promise<StoredRecords> {
  return StoredRecords.open(directory, journalSource(settings));
}

/** The bucket of a run, as its journals name it. */
function journalSource({ endpoint, bucket }: Settings): JournalSource {
  return { host: new URL(endpoint).hostname, bucket };
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
