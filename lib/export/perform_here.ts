/**
 * Does the work of an export in this process, once both sides are listed, and says how much disk
 * room that takes meanwhile.
 *
 * @module
 */

import { THREADS_FROM_BYTES } from "../concurrency/thread.ts";
import { bytesOfAll, isLarge } from "../dated_object.ts";
import { CacheDirectory } from "../cache/directory.ts";
import { ObjectStore } from "../cache/objects.ts";
import { findSource } from "../cache/sources.ts";
import { StorageError } from "../errors.ts";
import type { Layout } from "../lake/layout.ts";
import type { Connection } from "../load/run_connection.ts";
import { reportFailure } from "../load/reports.ts";
import { runTasks } from "../load/tasks.ts";
import { Refusals, verdictOf } from "../load/verdict.ts";
import { sourceName } from "../s3/bucket_url.ts";
import { initialConcurrency, type Settings } from "../settings.ts";
import { ConverterPool } from "./converter_pool.ts";
import { exportCurrent, failureOf, memoryOf } from "./export_task.ts";
import { type ExportFailure, type ExportTask, nameOf } from "./plan_export.ts";
import type { ExportTarget, TargetObject } from "./target.ts";
import { freeBytesAt } from "../cache/filesystem.ts";
import { formatBytes } from "../deps/std_fmt.ts";

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
export interface ExportCounts {
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
  /** What could not be made; the next run tries it again. */
  readonly failures: readonly ExportFailure[];
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

/** Where the flat files' bucket has its files on this machine. */
export async function cacheOf(settings: Settings) {
  const root = new CacheDirectory(settings.cacheDirectory);
  const directory = await findSource(root, sourceName(settings));
  return { directory, store: new ObjectStore(directory) };
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
  const bytes = bytesOfAll(tasks.flatMap(({ sources }) => sources));
  using pool = await ConverterPool.start(bytes < THREADS_FROM_BYTES ? 0 : tasks.length);
  const failures = await runTasks(tasks, async (task, signal, permit) => {
    const done = await exportCurrent(task, {
      ...{ store, directory, client, semaphore, pool, target, layout, programVersion, signal },
      replaces: there.get(task.path),
      aside: permit.runOutsideLimit,
      keepAlive: () => connection.keepAlive(),
    }).catch((error) => {
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
    const key = nameOf({ path: task.path, key: task.sources[0]!.key });
    connection.report({ type: "file", key, outcome, made: { files, fromCache, rows } });
  }, {
    semaphore,
    signal: connection.signal,
    bytesOf: memoryOf,
    verdictOf: (error) => error instanceof StorageError ? "fatal" : verdictOf(error),
    onFailure: ({ task, error }) => {
      const failure = failureOf(task, error);
      const made = { key: nameOf(failure), files: task.sources.length, cause: failure.cause };
      reportFailure(made, error, connection);
    },
  });
  return {
    ...counts,
    failures: failures.map(({ task, error }) => failureOf(task, error)),
  };
}

/**
 * Bytes that are in the cache at once, at most: of the tasks whose files are on the disk while they
 * are worked on, as many of the largest as are worked on at once.
 */
export function roomFor(
  tasks: readonly Pick<ExportTask, "sources">[],
  settings: Pick<Settings, "concurrency">,
): number {
  const large = tasks.map(({ sources }) => bytesOfAll(sources)).filter((size) => isLarge({ size }));
  const atOnce = large.sort((a, b) => b - a).slice(0, initialConcurrency(settings));
  return atOnce.reduce((sum, size) => sum + size, 0);
}

/** What a user should know before the first file is fetched, in sentences. */
export async function roomNotices(
  tasks: readonly ExportTask[],
  { settings, target }: { readonly settings: Settings; readonly target: ExportTarget },
): Promise<string[]> {
  const { cacheDirectory } = settings;
  const total = bytesOfAll(tasks.flatMap(({ sources }) => sources));
  const needs = [
    [cacheDirectory, roomFor(tasks, settings), await freeBytesAt(cacheDirectory)],
    [target.name, total, await target.freeBytes()],
  ] as const;
  return needs.flatMap(([name, wanted, free = Infinity]) => {
    if (wanted <= free) return [];
    return `${name} has ${formatBytes(free)} of room, and may need ${formatBytes(wanted)}`;
  });
}
