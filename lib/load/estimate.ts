/**
 * Says what `preload()` would do and how long that takes, and does none of it.
 *
 * @module
 */

import { CacheDirectory } from "../cache/directory.ts";
import { isTooLarge } from "../dated_object.ts";
import { makeSource } from "../cache/sources.ts";
import { keptOptions, Listing } from "../bucket/listing.ts";
import { openLake, type RunContext } from "./run_context.ts";
import { type DatasetPlan, dryRunPlan, totalOf } from "./dry_run_plan.ts";
import { withHistories } from "./follow.ts";
import { partitionByCache } from "./partition_by_cache.ts";
import { partsOf, readRequest, type SymbolRequest } from "../request.ts";
import { sourceName } from "../s3/bucket_url.ts";
import { Connection } from "./run_connection.ts";
import {
  type FileTotal,
  initialConcurrency,
  type PreloadOptions,
  type Settings,
  todayOf,
  withDefaults,
} from "../settings.ts";
import { completeListing } from "./update.ts";
import { reportEarlierStarts } from "./reports.ts";

/** Files that would be downloaded. */
export interface FetchTotal extends FileTotal {
  /** Date of the first one, `YYYY-MM-DD`; `null` when there is none. */
  readonly from: string | null;
  /** Date of the last one. */
  readonly to: string | null;
}

/** What a run would do in all. */
export interface EstimateTotal {
  /** Files that the bucket lists for the request. */
  readonly listed: number;
  /** Those whose bars are recorded already for all the symbols that want them. */
  readonly recorded: number;
  /** Those that would be read from the kept objects, unless they turn out to be damaged. */
  readonly kept: FileTotal;
  /** Those whose rows would be read from the lake, likewise. */
  readonly lake: FileTotal;
  /** Those that would be downloaded. */
  readonly fetch: FetchTotal;
  /**
   * Those that could not be had: they are neither recorded nor kept, and it works offline, or
   * they are larger than the 64 GiB that are loaded.
   */
  readonly missing: number;
}

/** What a run would do in one dataset. */
export interface DatasetEstimate extends EstimateTotal {
  /** Such as `us_stocks_sip/day_aggs_v1`. */
  readonly dataset: string;
  /** The symbols of the request whose bars are in it. */
  readonly symbols: readonly string[];
}

/** What a run would do. */
export interface Estimate {
  /** In each dataset, in the order of their names. */
  readonly datasets: readonly DatasetEstimate[];
  /** In all of them. */
  readonly total: EstimateTotal;
  /** Requests that were made now to list the bucket; the run would find the listing kept. */
  readonly listingRequests: number;
  /**
   * Roughly how long the run would take, in seconds: for the files to download, the latency of
   * each and 1 MB/s a connection, which is what users report of the vendor; for the kept ones,
   * 100 MB/s. There are as many connections as `concurrency` and `maxMemoryBytes` allow,
   * `"auto"` counting as the 20 that it begins with. The latency is that of the fastest
   * request for a listing; without one it is not known, and left out.
   */
  readonly seconds: number;
}

/**
 * What `preload()` would do with the same arguments: it lists the bucket as that does, and
 * keeps the listing; nothing else is asked for or written, and no lock is taken. Splits are not
 * looked for, but companies' earlier tickers where those are followed.
 *
 * A symbol of which nothing is recorded is taken to be written in upper case, which is right
 * but for a few preferred shares.
 *
 * @throws what `preload()` does before it downloads anything.
 */
export async function estimate(
  symbols: readonly string[],
  options: PreloadOptions,
): Promise<Estimate> {
  const settings = withDefaults(options);
  const asked = readRequest(symbols, settings, todayOf(settings));
  const lake = await openLake(settings);
  const root = new CacheDirectory(settings.cacheDirectory);
  const directory = await makeSource(root, sourceName(settings));
  const requests = partsOf(await withHistories(asked, settings));
  const listing = await Listing.readKept(requests, keptOptions(settings, directory));
  const partition = await partitionByCache(requests, { directory, settings, listing });
  const { latencyMs, requests: listingRequests } = partition.stale.length === 0
    ? NO_REQUESTS
    : await list(partition.stale, listing, { directory, settings });
  const plans = await dryRunPlan(partition, listing, { directory, settings, lake });
  lake?.report(settings.reporter);
  reportEarlierStarts(requests, listing, settings);
  const datasets = plans.toSorted(byName).map((plan) => ({
    dataset: plan.dataset,
    symbols: plan.symbols,
    ...countFiles([plan], settings),
  }));
  const total = countFiles(plans, settings);
  const { maxMemoryBytes, maxBytesPerSecond } = settings;
  const seconds = estimateSeconds(total, {
    concurrency: initialConcurrency(settings),
    maxMemoryBytes,
    maxBytesPerSecond,
    latencyMs,
  });
  return { datasets, total, listingRequests, seconds };
}

const NO_REQUESTS = { latencyMs: undefined, requests: 0 };

/** Lists what no young listing is kept of. */
async function list(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { directory, settings }: RunContext,
): Promise<{ latencyMs: number | undefined; requests: number }> {
  using connection = await Connection.open(settings);
  await completeListing(requests, listing, { connection, directory, settings });
  return { latencyMs: connection.latencyMs, requests: connection.client?.requests ?? 0 };
}

function countFiles(plans: readonly DatasetPlan[], { offline }: Settings): EstimateTotal {
  const sum = (count: (plan: DatasetPlan) => number) =>
    plans.reduce((total, plan) => total + count(plan), 0);
  const missing = plans.flatMap((plan) => plan.missing);
  const fetched = offline ? [] : missing.filter((file) => !isTooLarge(file));
  const dates = fetched.map(({ date }) => date).sort();
  return {
    listed: sum(({ listed }) => listed),
    recorded: sum(({ recorded }) => recorded),
    kept: totalOf(plans.flatMap(({ kept }) => kept)),
    lake: totalOf(plans.flatMap(({ lake }) => lake)),
    fetch: { ...totalOf(fetched), from: dates[0] ?? null, to: dates.at(-1) ?? null },
    missing: missing.length - fetched.length,
  };
}

const byName = (a: DatasetPlan, b: DatasetPlan) => a.dataset < b.dataset ? -1 : 1;

/** What the time depends on. */
interface EstimateSecondsOptions {
  /** How many files are worked on at once. */
  readonly concurrency: number;
  /** How many bytes of files may be worked on at once. */
  readonly maxMemoryBytes: number;
  /** How many bytes a second may be read. @default {any number} */
  readonly maxBytesPerSecond?: number | undefined;
  /** How long a small request takes; what is not known counts as no time. */
  readonly latencyMs: number | undefined;
}

/** What users report of one connection to the vendor: 0.9 MB/s, and 12.4 MB/s over twelve. */
const CONNECTION_BYTES_PER_SECOND = 1e6;

/** `deno task bench:micro` extracts a day of stocks, 0.22 MB, in 1.4 to 2.4 ms on one core. */
const KEPT_BYTES_PER_SECOND = 100e6;

/**
 * Seconds for downloading some files and reading others that are kept, to a tenth:
 *
 *     connections = the least of concurrency, files, and files that fit into the memory
 *     speed = connections × 1 MB/s, at most the limit
 *     files × latency ÷ connections  +  bytes ÷ speed  +  kept bytes ÷ 100 MB/s
 */
export function estimateSeconds(
  { fetch, kept }: { readonly fetch: FileTotal; readonly kept: FileTotal },
  { concurrency, maxMemoryBytes, maxBytesPerSecond = Infinity, latencyMs = 0 }:
    EstimateSecondsOptions,
): number {
  const { files, bytes } = fetch;
  const fitting = Math.floor(maxMemoryBytes * files / bytes) || 1;
  const connections = Math.max(1, Math.min(concurrency, files, fitting));
  const speed = Math.min(maxBytesPerSecond, connections * CONNECTION_BYTES_PER_SECOND);
  const seconds = files * latencyMs / 1000 / connections +
    bytes / speed +
    kept.bytes / KEPT_BYTES_PER_SECOND;
  return Math.round(seconds * 10) / 10;
}
