/**
 * Brings the cache up to date with the bucket for one request.
 *
 * @module
 */

import { CacheDirectory } from "./cache/directory.ts";
import { TemporaryError } from "./errors.ts";
import { Refusals, verdictOf } from "./failure.ts";
import { type FetchOptions, fetchTask } from "./fetch_task.ts";
import { type KeptOptions, Listing } from "./listing.ts";
import { type OpenSymbol, openSymbols, readHit } from "./open_symbols.ts";
import { planTasks, type Task } from "./plan.ts";
import { RecordBatch } from "./record_batch.ts";
import { reportFailure, reportHit, reportMiss, reportStart } from "./reports.ts";
import { readRequest, type SymbolRequest } from "./request.ts";
import { Session } from "./session.ts";
import { type PreloadOptions, type Settings, withDefaults } from "./settings.ts";
import { type LoadedSymbol, type PreloadResult, summarize, type Update } from "./summary.ts";
import { runTasks, type TaskFailure } from "./tasks.ts";

/**
 * Loads every bar of the symbols' periods, from the cache where it has them, else from the
 * bucket; whatever was finished before an interruption is not fetched again.
 *
 * One file that fails stops nothing: it is named in the summary, whose `complete` is false
 * then, and the next run tries it again. The result's bars ascend by date and time.
 *
 * An abort rejects with the signal's reason once what is finished is safely recorded.
 *
 * @throws {UsageError} when a symbol, period or interval cannot be read.
 * @throws {ConfigurationError} when the network is needed and credentials are missing.
 * @throws {S3Error} when the server refuses the keys or the listing.
 * @throws {EntitlementError} when the account's plan covers none of the files.
 * @throws {NetworkError} {@linkcode IntegrityError} when the bucket cannot be listed.
 * @throws {TemporaryError} when nothing arrives any more.
 * @throws {LockedError} when another process loads the same ticker.
 * @throws {StorageError} {@linkcode JournalError} when the cache cannot be read or written.
 */
export async function preload(
  symbols: readonly string[],
  options: PreloadOptions,
): Promise<PreloadResult> {
  const startedAt = performance.now();
  const settings = withDefaults(options);
  const requests = readRequest(symbols, settings, dateOf(settings.nowMs));
  reportStart(requests, settings);
  const directory = new CacheDirectory(settings.cacheDirectory);
  await directory.make();
  const listing = await Listing.readKept(
    requests,
    keptOptions(settings, directory),
  );
  const { hits, misses } = await splitHits(requests, listing, {
    directory,
    settings,
  });
  const update = misses.length === 0
    ? undefined
    : await bringUpToDate(misses, listing, { directory, settings });
  return summarize(requests, [...hits, ...update?.loaded ?? []], {
    listing: listing.byDataset(),
    update,
    elapsedMs: performance.now() - startedAt,
  });
}

/** With less to extract, threads take longer to start than they save. */
const THREADS_FROM_BYTES = 1 << 20;

interface Place {
  readonly directory: CacheDirectory;
  readonly settings: Settings;
}

/** Lists the bucket, plans what is missing, fetches and records it, and folds it in. */
async function bringUpToDate(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { directory, settings }: Place,
): Promise<Update> {
  reportMiss(requests, settings);
  using session = await Session.open(settings, directory);
  await completeListing(requests, listing, { session, directory, settings });
  await using stack = new AsyncDisposableStack();
  const symbols = await openSymbols(requests, stack, {
    directory,
    listing,
    settings,
    session,
  });
  const plan = planTasks(listing.byDataset(), symbols);
  const { listed, recorded, tasks, bytes } = plan;
  session.tell({
    type: "plan",
    listed,
    recorded,
    toFetch: tasks.length,
    bytes,
  });
  if (bytes >= THREADS_FROM_BYTES) await session.extractor.startThreads();
  const refusals = new Refusals(tasks.map(({ object }) => object.key), recorded);
  const keep = bytes <= settings.keepLimitBytes;
  const options = { session, listing, directory, refusals, keep };
  const failures = await fetchAll(tasks, options, settings);
  for (const symbol of symbols) await symbol.store.fold();
  const requestCount = session.client?.requests ?? 0;
  return {
    loaded: symbols,
    plan,
    failures,
    counts: session.counts,
    requests: requestCount,
  };
}

/** Fetches every file; what is finished is recorded when this ends, however it does. */
async function fetchAll(
  tasks: readonly Task<OpenSymbol>[],
  options: Omit<FetchOptions, "batch" | "signal">,
  { saveEvery }: Settings,
): Promise<TaskFailure<Task<OpenSymbol>>[]> {
  const { session } = options;
  using batch = new RecordBatch(saveEvery);
  return await runTasks(
    tasks,
    (task, signal) => fetchTask(task, { ...options, batch, signal }),
    {
      semaphore: session.semaphore,
      signal: session.signal,
      verdictOf,
      onFailure: ({ task, error }) => reportFailure(task.object, error, session),
    },
  );
}

/** The symbols that the cache answers alone, and those for which the bucket is needed. */
async function splitHits(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { directory, settings }: Place,
): Promise<{ hits: LoadedSymbol[]; misses: SymbolRequest[] }> {
  const hits: LoadedSymbol[] = [];
  const misses: SymbolRequest[] = [];
  for (const request of requests) {
    const hit = await readHit(request, { directory, listing });
    if (hit === undefined) misses.push(request);
    else hits.push(hit);
  }
  for (const { symbol } of hits) {
    reportHit(symbol, listing.listedAtMs, settings);
  }
  return { hits, misses };
}

/** Lists the years that no young listing is kept of; offline the kept ones have to do. */
async function completeListing(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { session, directory, settings }: Place & { session: Session },
): Promise<void> {
  const { client, semaphore, signal } = session;
  if (client !== undefined) {
    const options = { ...keptOptions(settings, directory), semaphore, signal };
    return await listing.complete(requests, client, options);
  }
  if (requests.every((request) => listing.covers(request))) return;
  throw new TemporaryError(
    "Cannot work offline: the bucket was not listed for this period yet",
  );
}

function keptOptions(
  settings: Settings,
  directory: CacheDirectory,
): KeptOptions {
  const { endpoint, bucket, offline, refresh, nowMs } = settings;
  const maxAgeMs = offline ? Infinity : refresh ? -1 : settings.maxAgeMs;
  return {
    directory,
    source: `${new URL(endpoint).origin} ${bucket}`,
    maxAgeMs,
    nowMs,
  };
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
