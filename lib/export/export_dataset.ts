/**
 * Brings whole datasets of flat files to a place as Parquet, what is there already once.
 *
 * The place alone says what is done: each run lists the flat files, lists the place, and does the rest.
 *
 * @module
 */

import { CacheDirectory } from "../cache/directory.ts";
import { ObjectStore } from "../cache/objects.ts";
import { findSource } from "../cache/sources.ts";
import { DeclinedError, OfflineError, StorageError } from "../errors.ts";
import { formatBytes } from "../deps/deno_std.ts";
import { Connection } from "../load/connection.ts";
import { keptOf, totalOf } from "../load/dry_run_plan.ts";
import { reportFailure } from "../load/reports.ts";
import { runTasks } from "../load/tasks.ts";
import { Refusals, verdictOf } from "../load/verdict.ts";
import { checkDatasetName } from "../market/dataset.ts";
import type { Layout } from "../lake/layout.ts";
import { type PeriodRequest, resolvePeriod } from "../market/period.ts";
import { sourceName } from "../s3/endpoint.ts";
import {
  type FileTotal,
  type PreloadOptions,
  type Settings,
  todayOf,
  withDefaults,
} from "../settings.ts";
import { ConverterPool } from "./converter_pool.ts";
import { roomFor, roomNotices } from "./disk_room.ts";
import { exportCurrent, memoryOf, whyFailed } from "./export_task.ts";
import { refuseOtherLayout } from "./mixture.ts";
import {
  type ExportPlan,
  type ExportTask,
  planExport,
  tasksOf,
  wholeMonths,
} from "./plan_export.ts";
import type { Shard } from "./shard.ts";
import { shardOf } from "./shard_tasks.ts";
import { listFiles } from "./source_files.ts";
import type { ExportTarget, TargetObject } from "./target.ts";

/** What is exported, where to, and how the run works. */
export interface ExportOptions extends
  PeriodRequest,
  Pick<
    PreloadOptions,
    | "cacheDirectory"
    | "credentials"
    | "endpoint"
    | "bucket"
    | "region"
    | "concurrency"
    | "maxMemoryBytes"
    | "maxBytesPerSecond"
    | "offline"
    | "confirm"
    | "confirmAboveBytes"
    | "limits"
    | "signal"
    | "reporter"
    | "fetch"
    | "nowMs"
  > {
  /** The place; it stays open. */
  readonly target: ExportTarget;
  /** An object for each date or each month. @default {"date"} */
  readonly by?: Layout["by"] | undefined;
  /** Parquet, or each gzip as it came, once it is proved. @default {"parquet"} */
  readonly format?: Layout["format"] | undefined;
  /** Only rows of these tickers, with `*` and `?`. @default {all} */
  readonly tickers?: readonly string[] | undefined;
  /** The part of the work that is this machine's. @default {all of it} */
  readonly shard?: Shard | undefined;
  /** Only say what there is to do. @default {false} */
  readonly dryRun?: boolean | undefined;
  /** What the files name as their maker. @default {"unknown"} */
  readonly programVersion?: string | undefined;
}

/** The work of a run, once both sides are listed. */
export interface ExportWork {
  /** Each once, whatever of them is left to do. */
  readonly datasets: readonly string[];
  readonly tasks: readonly ExportTask[];
  readonly layout: Layout;
  readonly target: ExportTarget;
  /** What the place has, by path. */
  readonly there: ReadonlyMap<string, TargetObject>;
  readonly settings: Settings;
  readonly connection: Connection;
  readonly programVersion: string;
}

/** Does the work that is found. */
export type Perform = (work: ExportWork) => Promise<ExportCounts>;

/** What came of the work. */
export type ExportCounts = Pick<
  ExportResult,
  | "objectsWritten"
  | "objectsByOthers"
  | "filesWritten"
  | "filesFromCache"
  | "rows"
  | "bytesDownloaded"
  | "failures"
>;

/** A file that could not be exported. */
export interface ExportFailure {
  /** The object of the place. */
  readonly path: string;
  /** The first of its flat files. */
  readonly key: string;
  /** Why, in words that are the same for all files that failed so. */
  readonly cause: string;
}

/** What an export came to. */
export interface ExportResult {
  /** Whether the place has everything now that was asked for, and the bucket some of each dataset. */
  readonly complete: boolean;
  /** The place, as it was given. */
  readonly place: string;
  /** What its objects are. */
  readonly layout: Layout;
  /** By dataset, before the work. */
  readonly plans: readonly Omit<ExportPlan, "tasks">[];
  /**
   * Objects that there were to make, their flat files and the bytes of these, how many of these were kept in
   * this machine's cache, and how many are there at once at most, where they do not go through memory.
   */
  readonly planned: {
    readonly objects: number;
    readonly files: number;
    readonly bytes: number;
    readonly keptBytes: number;
    readonly diskBytes: number;
  };
  /** Objects that this run wrote. */
  readonly objectsWritten: number;
  /** Objects that another run had written meanwhile. */
  readonly objectsByOthers: number;
  /** Flat files in what this run wrote. */
  readonly filesWritten: number;
  /** Rows in what was written. */
  readonly rows: number;
  /** Flat files that were not downloaded, since the cache of whoever exported them has them. */
  readonly filesFromCache: number;
  /** Bytes of the others; those of failed attempts do not count. */
  readonly bytesDownloaded: number;
  /** How long it took. */
  readonly seconds: number;
  /** What could not be made; the next run tries it again. */
  readonly failures: readonly ExportFailure[];
}

/**
 * Exports datasets, whatever their columns are.
 *
 * One file that fails stops nothing: it is named, and the next run tries it again. An abort rejects
 * with the signal's reason; nothing is half there.
 *
 * @param datasets Such as `us_stocks_sip/minute_aggs_v1`.
 * @throws {UsageError} when a dataset or the period cannot be read, or the place has the dataset in
 * another layout.
 * @throws {DeclinedError} when `confirm` says no.
 * @throws {StorageError} when the place cannot be written.
 * @throws what `preload()` does of the bucket.
 */
export function exportDataset(
  datasets: readonly string[],
  options: ExportOptions,
): Promise<ExportResult> {
  return exportBy(performHere, datasets, options);
}

/** The same by whatever does the work, such as a fleet. */
export async function exportBy(
  perform: Perform,
  datasets: readonly string[],
  options: ExportOptions,
): Promise<ExportResult> {
  const startedAtMs = performance.now();
  const settings = withDefaults(options);
  const { by = "date", format = "parquet", tickers, target } = options;
  const layout: Layout = { by, format, tickers };
  const span = spanOf(options, settings, layout);
  using connection = await Connection.open(settings);
  const { client, signal } = connection;
  if (client === undefined) {
    throw new OfflineError("Cannot export offline: the bucket is not listed");
  }
  const there = new Map<string, TargetObject>();
  const found = [];
  for (const dataset of new Set(datasets.map(checkDatasetName))) {
    const [files, objects] = await Promise.all([
      listFiles(client, dataset, { span, signal }),
      target.list(dataset, signal),
    ]);
    refuseOtherLayout(dataset, { objects, layout, target });
    for (const object of objects) there.set(object.path, object);
    found.push({ dataset, tasks: tasksOf(dataset, { files, layout }), objects });
  }
  const isOwn = isOwnOf(found.flatMap(({ tasks }) => tasks), options.shard);
  const plans = found.map(({ dataset, ...both }) =>
    planExport(dataset, { ...both, layout, span, isOwn })
  );
  const tasks = plans.flatMap((plan) => plan.tasks);
  const sources = tasks.flatMap((task) => task.sources);
  const { bytes } = totalOf(sources);
  // The machines of a fleet have caches of their own.
  const isHere = perform === performHere;
  const kept = isHere ? await keptOf(sources, (await cacheOf(settings)).store) : [];
  const keptBytes = totalOf(kept).bytes;
  const recorded = sumOf(plans.map(({ filesThere }) => filesThere));
  connection.report({
    ...{ type: "plan", listed: recorded + sources.length, recorded, toFetch: sources.length },
    objects: { count: sumOf(plans.map(({ objects }) => objects)), by: layout.by },
    ...{ isResumed: false, bytes },
  });
  const isListed = plans.every(({ filesListed }) => filesListed > 0);
  const result = {
    complete: isListed && tasks.length === 0,
    ...{ place: target.name, layout },
    plans: plans.map(({ tasks: _, ...plan }) => plan),
    planned: {
      objects: tasks.length,
      files: sources.length,
      bytes,
      keptBytes,
      diskBytes: roomFor(tasks, settings),
    },
    ...NOTHING_DONE,
  };
  const seconds = () => Math.round(performance.now() - startedAtMs) / 1000;
  if (options.dryRun) return { ...result, seconds: seconds() };
  const total = { files: sources.length - kept.length, bytes: bytes - keptBytes };
  await confirmWork({ ...total, diskBytes: result.planned.diskBytes }, { settings, connection });
  const { programVersion = "unknown" } = options;
  const work = {
    ...{ datasets: found.map(({ dataset }) => dataset), tasks, layout, target, there },
    ...{ settings, connection, programVersion },
  };
  const counts = await perform(work);
  const complete = isListed && counts.failures.length === 0;
  return { ...result, ...counts, complete, seconds: seconds() };
}

/** Whether a task is of the shard, which is cut of all datasets together. */
function isOwnOf(
  tasks: readonly ExportTask[],
  shard: Shard | undefined,
): (task: ExportTask) => boolean {
  if (shard === undefined) return () => true;
  const own = new Set(shardOf(tasks, shard));
  return (task) => own.has(task);
}

function spanOf(request: PeriodRequest, settings: Settings, { by }: Layout) {
  const defaults = { period: "max", today: todayOf(settings), firstDate: "0001-01-01" };
  const period = resolvePeriod(request, defaults);
  return by === "month" ? wholeMonths(period) : period;
}

/** What came of no work. */
export const NOTHING_DONE: ExportCounts = {
  objectsWritten: 0,
  objectsByOthers: 0,
  filesWritten: 0,
  filesFromCache: 0,
  rows: 0,
  bytesDownloaded: 0,
  failures: [],
};

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);

/** Where the flat files' bucket has its files on this machine. */
async function cacheOf(settings: Settings) {
  const root = new CacheDirectory(settings.cacheDirectory);
  const directory = await findSource(root, sourceName(settings));
  return { directory, store: new ObjectStore(directory) };
}

async function confirmWork(
  total: FileTotal,
  { settings, connection }: { readonly settings: Settings; readonly connection: Connection },
): Promise<void> {
  const { confirm, confirmAboveBytes } = settings;
  const { files, bytes } = total;
  if (confirm === undefined || bytes <= confirmAboveBytes) return;
  if (await connection.whileWaiting(async () => await confirm(total))) return;
  const what = `${formatBytes(bytes)} in ${files.toLocaleString("en-US")} files`;
  throw new DeclinedError(`Cannot download ${what}: it was not confirmed`, total);
}

/** Does the work in this process. */
export async function performHere(
  { tasks, target, settings, connection, layout, there, programVersion }: ExportWork,
): Promise<ExportCounts> {
  if (tasks.length === 0) return NOTHING_DONE;
  const counts = { ...NOTHING_DONE };
  for (const message of await roomNotices(tasks, { settings, target })) {
    connection.report({ type: "notice", message });
  }
  const { directory, store } = await cacheOf(settings);
  const { client, semaphore } = connection;
  const refusals = new Refusals(tasks.map(({ path }) => path), 0);
  using pool = await ConverterPool.start();
  const failures = await runTasks(tasks, async (task, signal, permit) => {
    const replaces = there.get(task.path);
    const tools = {
      store,
      directory,
      client,
      semaphore,
      pool,
      target,
      layout,
      programVersion,
      signal,
      replaces,
    };
    const aside = permit.runOutsideLimit;
    const keepAlive = () => connection.keepAlive();
    const done = await exportCurrent(task, { ...tools, aside, keepAlive }).catch((error) => {
      throw refusals.judge(task.path, error);
    });
    refusals.served();
    const files = task.sources.length;
    const isWritten = done.outcome === "written";
    counts[isWritten ? "objectsWritten" : "objectsByOthers"]++;
    if (isWritten) counts.filesWritten += files;
    counts.rows += done.rows;
    counts.filesFromCache += done.fromCache;
    counts.bytesDownloaded += done.bytesDownloaded;
    for (const message of done.notices) connection.report({ type: "notice", message });
    const { rows, fromCache } = done;
    const outcome = { kind: "done", from: fromCache === files ? "store" : "bucket" } as const;
    connection.report({ type: "file", key: task.path, outcome, made: { files, fromCache, rows } });
  }, {
    semaphore,
    signal: connection.signal,
    bytesOf: memoryOf,
    verdictOf: (error) => error instanceof StorageError ? "fatal" : verdictOf(error),
    onFailure: ({ task: { path, sources }, error }) =>
      reportFailure({ key: path, files: sources.length }, error, connection),
  });
  return {
    ...counts,
    failures: failures.map(({ task: { path, sources }, error }) => (
      { path, key: sources[0]!.key, cause: whyFailed(error) }
    )),
  };
}
