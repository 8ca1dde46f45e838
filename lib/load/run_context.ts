/**
 * Where a run works, and how.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import type { JournalIdentity } from "../cache/journal.ts";
import { fileSymbol, type SymbolRequest } from "../request.ts";
import type { Settings } from "../settings.ts";

/** Where a run works, and how. */
export interface RunContext {
  readonly directory: CacheDirectory;
  readonly settings: Settings;
}

/** What the journal of a symbol is of. */
export function identityOf(
  request: SymbolRequest,
  ticker: string,
  { endpoint, bucket }: Settings,
): JournalIdentity {
  const { dataset, period, interval } = request;
  return {
    host: new URL(endpoint).hostname,
    bucket,
    dataset: dataset.name,
    ticker,
    symbol: fileSymbol(request, ticker),
    period: period.name,
    interval,
  };
}
