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
import type { LakeSource } from "./lake_source.ts";

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
