/**
 * Brings the symbols that the cache cannot answer alone up to date with the bucket, with no more
 * files open at once than the system allows.
 *
 * @module
 */

import { TickerRecords } from "../cache/ticker_records.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { confirmDownload } from "./confirm_download.ts";
import { bytesInMemory } from "../bucket/large_object.ts";
import { OfflineError, StorageError } from "../errors.ts";
import { Refusals, verdictOf } from "./verdict.ts";
import { fetchTask } from "./fetch_task.ts";
import { keptOptions, type Listing } from "../bucket/listing.ts";
import type { Suggestions } from "./suggestions.ts";
import { byKind, type OpenDemand, type OpenOptions, openSymbols } from "./open_symbols.ts";
import { openStored, type RunContext } from "./run_context.ts";
import { isAllKept, totalOf } from "./dry_run_plan.ts";
import type { LakeSource } from "./lake_source.ts";
import { type Plan, planTasks, type Task } from "./plan.ts";
import { RecordBatch } from "./record_batch.ts";
import { reportFailure, reportMiss, reportProofs } from "./reports.ts";
import type { SymbolRequest } from "../request.ts";
import { Connection } from "./run_connection.ts";
import { Fetcher } from "./fetcher.ts";
import { THREADS_FROM_BYTES } from "../concurrency/thread.ts";
import type { Update } from "./summary.ts";
import { isUnanswered } from "../s3/retry.ts";
import { runTasks, type TaskFailure } from "./tasks.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import { countFreeFiles } from "../cache/free_files.ts";
import { MOST_THREADS } from "../flatfile/extractor.ts";
import { initialConcurrency, MAX_CONCURRENCY, type Settings } from "../settings.ts";

/**
 * Lists the bucket, plans what is missing, fetches it and records it, and folds it in.
 *
 * @throws what `preload()` does.
 */
export async function bringUpToDate(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { directory, settings, lake, suggestions }: RunContext & { readonly suggestions: Suggestions },
): Promise<Update> {
  const isKept = await isAllKept(requests, listing, { directory, lake });
  const stored = await openStored({ directory, settings });
  reportMiss(requests, { stored, settings, isKept });
  using connection = await Connection.open(fitOpenFiles(settings, directory, requests.length));
  await completeListing(requests, listing, { connection, directory, settings });
  connection.client?.expect([...listing.byDataset().values()].flat().map(({ key }) => key));
  await confirmDownload(requests, { listing, connection, directory, settings, lake });
  await using fetcher = new Fetcher(connection, { directory, lake });
  await using stack = new AsyncDisposableStack();
  const options = { directory, stored, listing, settings, lake, connection, fetcher, suggestions };
  const all = await openSymbols(requests, stack, options);
  const { symbols, families } = byKind(all);
  const plan = planTasks(listing.byDataset(), all);
  const isResumed = symbols.some(({ store }) => store.isResumed);
  const { listed, recorded, tasks } = plan;
  const inLake = await tasksInLake(tasks, lake);
  const bytes = plan.bytes - totalOf([...inLake].map(({ object }) => object)).bytes;
  connection.report({ type: "plan", listed, recorded, isResumed, toFetch: tasks.length, bytes });
  const failures = await fetchAll(plan, {
    ...options,
    inLake,
    keep: bytes <= settings.keepLimitBytes,
  });
  lake?.report(connection.report);
  reportProofs(fetcher.counts, connection);
  await TickerRecords.foldAll(symbols.map(({ store }) => store));
  for (const { store } of families) await store.sync();
  const loaded = await Promise.all(
    symbols.map(async (one) => ({ ...one, suggestions: await one.suggestions })),
  );
  const { counts } = fetcher;
  const { client } = connection;
  return { loaded, families, failures, counts, requests: client?.requests ?? 0 };
}

interface FetchAllOptions extends OpenOptions {
  /** Those that are fetched from nowhere, unless their objects turn out to be damaged. */
  readonly inLake: ReadonlySet<Task<OpenDemand>>;
  /** Whether the files are kept. */
  readonly keep: boolean;
}

async function tasksInLake(
  tasks: readonly Task<OpenDemand>[],
  lake: LakeSource | undefined,
): Promise<Set<Task<OpenDemand>>> {
  const found = new Set<Task<OpenDemand>>();
  if (lake === undefined) return found;
  const giveWay = givingWay();
  for (const task of tasks) {
    await giveWay();
    if (lake.has(task.object, task.demands.map(({ ticker }) => ticker))) found.add(task);
  }
  return found;
}

/**
 * Fetches every file; what is finished is recorded when this ends, however it does. While it is
 * found out what an unknown symbol may mean, no file is begun, so that its user can stop early.
 */
async function fetchAll(
  { tasks, bytes, recorded }: Plan<OpenDemand>,
  { inLake, keep, directory, listing, settings, connection, fetcher, suggestions }: FetchAllOptions,
): Promise<TaskFailure<Task<OpenDemand>>[]> {
  const threads = bytes >= THREADS_FROM_BYTES ? fetcher.extractor.startThreads() : undefined;
  const refusals = new Refusals(tasks.map(({ object }) => object.key), recorded);
  await using batch = new RecordBatch(settings.saveEvery);
  const options = { connection, fetcher, listing, directory, refusals, keep, batch };
  const failures = await runTasks(
    tasks,
    async (task, signal, permit) => {
      await suggestions.whenFound(signal);
      await fetchTask(task, { ...options, signal, permit });
    },
    {
      semaphore: connection.semaphore,
      signal: connection.signal,
      bytesOf: (task) => inLake.has(task) ? 0 : bytesInMemory(task.object),
      verdictOf: (error) => isUnreached(error, connection) ? "fatal" : verdictOf(error),
      onFailure: ({ task, error }) => reportFailure(task.object, error, connection),
    },
  ).finally(() => threads);
  await batch.flushDeferred();
  return failures;
}

/** A server that has answered nothing is not there at all: that is no failure of one file. */
function isUnreached(error: unknown, { client }: Connection): boolean {
  return client?.hasAnswered === false && isUnanswered(error);
}

/**
 * Lists the years that no young listing is kept of; offline the kept ones have to do.
 *
 * @throws {OfflineError} when they do not, and what `Listing.complete()` does.
 */
export async function completeListing(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { connection, directory, settings }: RunContext & { readonly connection: Connection },
): Promise<void> {
  const { client, semaphore, signal } = connection;
  if (client !== undefined) {
    const options = { ...keptOptions(settings, directory), semaphore, signal };
    return await listing.complete(requests, client, options);
  }
  if (requests.every((request) => listing.covers(request))) return;
  throw new OfflineError("Cannot work offline: the bucket was not listed for this period yet");
}

/** Open files of each symbol: a lock and a journal. */
const A_SYMBOL = 2;
/** Of each task: a connection, and the file that is kept of what it brought. */
const A_TASK = 2;
/** Of each thread: what Deno opens for a worker of its own. */
const A_THREAD = 6;
/** Entries that are folded in at once, each beside its name. */
const FOLDED = 32;
/** Listings, directories that are synced, the system's own for looking up a host. */
const OTHERS = 12;

/**
 * The settings, with fewer files at once where the system does not give enough, which is said.
 *
 * @throws {StorageError} with the code `"EMFILE"` when it does not give enough for the symbols.
 */
function fitOpenFiles(
  settings: Settings,
  directory: CacheDirectory,
  symbols: number,
): Settings {
  const { concurrency, reporter } = settings;
  const threads = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
  const fixed = A_SYMBOL * symbols + Math.min(FOLDED, symbols) + A_THREAD * threads + OTHERS;
  const wanted = fixed + A_TASK * (concurrency === "auto" ? MAX_CONCURRENCY : concurrency);
  const { path } = directory;
  const free = countFreeFiles(path, wanted);
  if (free === wanted) return settings;
  const fitting = Math.floor((free - fixed) / A_TASK);
  if (fitting < 1) {
    const message = `Cannot start: this run takes at least ${fixed + A_TASK} open files, and the ` +
      `system gives this process ${free} more`;
    throw new StorageError(message, { path, code: "EMFILE" });
  }
  const most = initialConcurrency(settings);
  if (fitting < most) {
    const message = `Works on ${fitting} files at once instead of ${most}: the system gives this ` +
      `process ${free} open files more`;
    reporter({ type: "notice", message });
  }
  return { ...settings, concurrency: Math.min(fitting, most) };
}
