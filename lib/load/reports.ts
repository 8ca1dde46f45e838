/**
 * Reports what a run has understood, found and not got.
 *
 * @module
 */

import type { Listing } from "../bucket/listing.ts";
import type { StoredRecords } from "../cache/stored_records.ts";
import type { DatedObject } from "../dated_object.ts";
import { causeOf, isRefused } from "./verdict.ts";
import type { Reporter } from "../progress.ts";
import type { SymbolRequest } from "../request.ts";
import type { Connection } from "./run_connection.ts";
import type { Fetcher } from "./fetcher.ts";
import type { Settings } from "../settings.ts";

/** The request was understood. */
export function reportStart(requests: readonly SymbolRequest[], settings: Settings): void {
  settings.reporter({
    type: "start",
    symbols: requests.map(({ symbol, asset, isFamily, period }) => ({
      symbol,
      asset,
      ...(isFamily && { isFamily }),
      period: period.name,
      from: period.from,
      to: period.to,
    })),
    interval: requests[0]!.interval,
    host: new URL(settings.endpoint).host,
    isAssetGiven: settings.asset !== undefined,
  });
}

/** The bucket has files from before the date on which the longest period begins. */
export function reportEarlierStarts(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { reporter }: Pick<Settings, "reporter">,
): void {
  const longest = requests.filter(({ period }) => period.name === "max");
  const datasets = new Map(longest.map((request) => [request.dataset.name, request]));
  for (const [name, { dataset, period: { from } }] of datasets) {
    const start = listing.earlierStartOf(dataset);
    if (start === undefined || start >= from) continue;
    const message = `The bucket has files of ${name} since ${start}, and max begins on ${from}: ` +
      `give ${start} as the first date (--from) to have all`;
    reporter({ type: "notice", message });
  }
}

/** The bucket is needed. */
export function reportMiss(
  requests: readonly SymbolRequest[],
  { stored, settings, isKept }: {
    readonly stored: StoredRecords;
    readonly settings: Settings;
    readonly isKept: boolean;
  },
): void {
  if (settings.offline) return;
  settings.reporter({
    type: "miss",
    symbols: [...new Set(requests.map(({ symbol, partOf }) => partOf ?? symbol))],
    from: requests.map(({ period }) => period.from).sort()[0]!,
    to: requests.map(({ period }) => period.to).sort().at(-1)!,
    isKnown: requests.every((request) => hasEntry(request, stored)),
    isKept,
  });
}

function hasEntry({ dataset, tickers }: SymbolRequest, stored: StoredRecords): boolean {
  return tickers.some((ticker) => stored.hasEntry({ dataset: dataset.name, ticker }));
}

/** A file cannot be had, or what is made of several. */
export function reportFailure(
  { key, files, cause }: Pick<DatedObject, "key"> & {
    readonly files?: number;
    readonly cause?: string;
  },
  error: unknown,
  { report }: { report: Reporter },
): void {
  const outcome = isRefused(error)
    ? { kind: "refused" as const }
    : { kind: "failed" as const, cause: cause ?? causeOf(error) };
  const made = files === undefined ? {} : { made: { files, fromCache: 0, rows: 0 } };
  report({ type: "file", key, outcome, ...made });
}

/** Some files were proved without their MD5. */
export function reportProofs(
  counts: Fetcher["counts"],
  { report }: Pick<Connection, "report">,
): void {
  const files = counts.fromStore + counts.downloaded;
  const others = files - counts.md5Checked;
  if (others === 0) return;
  const message = `${others} of ${files} files were proved by length and gzip alone: ` +
    "their ETags are no MD5";
  report({ type: "notice", message });
}
