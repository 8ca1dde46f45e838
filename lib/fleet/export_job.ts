/**
 * An export as a job of a fleet: its tasks as messages, and what a worker does for one.
 *
 * @module
 */

import { bytesOfAll, datasetInKey } from "../dated_object.ts";
import { reasonOf, TemporaryError } from "../errors.ts";
import { FORMAT_VERSION } from "../lake/layout.ts";
import { ConverterPool } from "../export/converter_pool.ts";
import {
  cacheOf,
  type ExportCounts,
  type ExportWork,
  NOTHING_DONE,
  type Perform,
} from "../export/perform_here.ts";
import {
  type ExportFailure,
  type ExportTask,
  filesIn,
  hasFiles,
  nameOf,
} from "../export/plan_export.ts";
import { exportCurrent, failureOf, memoryOf } from "../export/export_task.ts";
import type { Layout } from "../lake/layout.ts";
import type { ExportTarget, TargetObject } from "../export/target.ts";
import { isRefused, verdictOf } from "../load/verdict.ts";
import { Connection } from "../load/run_connection.ts";
import type { S3Client } from "../s3/client.ts";
import { classify } from "../s3/retry.ts";
import { sourceName } from "../s3/bucket_url.ts";
import { type BucketOptions, type PreloadOptions, withDefaults } from "../settings.ts";
import type { FleetConnection } from "./connection.ts";
import { followJob, leaveJob, publishJob } from "./coordinator.ts";
import { statusOf } from "./jobs.ts";
import { type FleetTask, type Job, jobId, type Outcome } from "./protocol.ts";
import { runWorker, type WorkerOptions, type WorkFailure } from "./worker.ts";

/** What a worker has to know of one object: no key of any bucket. */
interface ExportMessage extends Record<string, unknown> {
  readonly kind: "export";
  /** The place, as every worker understands it. */
  readonly place: string;
  readonly layout: Layout;
  readonly programVersion: string;
  readonly task: ExportTask;
  /** What is there and is to be replaced. */
  readonly replaces: TargetObject | null;
}

/** How an export is handed to a fleet. */
export interface FleetExportOptions {
  readonly fleet: FleetConnection;
  /** The place, as every worker understands it: `s3://bucket/prefix`, or a path that all share. */
  readonly place: string;
  /** Tasks at once over all workers. @default {20, or as it is where the work is under way} */
  readonly atOnce?: number | undefined;
  /** Only publishes the tasks, and does not wait for them. */
  readonly detach: boolean;
  /** How long a worker may say nothing of a task before another one gets it. @default {60,000} */
  readonly ackWaitMs?: number | undefined;
}

/** What a job wants of its workers: the bucket of the flat files, and how objects are written. */
const wantsOf = (source: string) => ({ files: source, format: String(FORMAT_VERSION) });

/**
 * Does the work of an export by a fleet; to be given to `exportBy()`. Whoever asks for the same
 * again while it is under way finds it, and waits for what is left.
 */
export function performByFleet(
  { fleet, place, atOnce, detach, ackWaitMs }: FleetExportOptions,
): Perform {
  return async (work) => {
    const { tasks, connection } = work;
    const job = jobFor(work, place, atOnce);
    if (tasks.length === 0) {
      await leaveJob(fleet, job);
      return NOTHING_DONE;
    }
    const messages = tasks.map((task) => messageOf(task, place, work));
    const signal = AbortSignal.any([connection.signal, fleet.signal]);
    const publishing = { tasks: messages, signal, atOnce, ackWaitMs };
    const ids = await connection.whileWaiting(() => publishJob(fleet, job, publishing));
    if (detach) return NOTHING_DONE;
    // Workers may take any time; the server says when they are gone.
    const outcomes = followJob(fleet, job, { ids, signal });
    const lonely = setTimeout(async () => {
      const { idle, running, done } = await statusOf(fleet, job).catch(() => undefined) ?? BUSY;
      const message = "No worker has asked for a file yet; it is waited for";
      if (idle + running + done === 0) connection.report({ type: "notice", message });
    }, LONELY_MS);
    try {
      const counts = await connection.whileWaiting(() => countOutcomes(outcomes, work));
      await leaveJob(fleet, job);
      return counts;
    } finally {
      clearTimeout(lonely);
    }
  };
}

/** The same whatever is left to do, so that whoever comes back finds it. */
function jobFor(work: ExportWork, place: string, atOnce: number = DEFAULT_AT_ONCE): Job {
  const { layout, settings } = work;
  const datasets = work.datasets.toSorted();
  const wants = wantsOf(sourceName(settings));
  const title = `${datasets.join(" ")} into ${place}`;
  return { id: jobId([wants, datasets, place, layout]), title, wants, atOnce };
}

function messageOf(
  task: ExportTask,
  place: string,
  { layout, programVersion, there }: ExportWork,
): FleetTask {
  const replaces = there.get(task.path) ?? null;
  const work: ExportMessage = { kind: "export", place, layout, programVersion, task, replaces };
  const bytes = bytesOfAll(task.sources);
  return { key: task.path, bytes, work };
}

/**
 * Counts what workers say, and looks whether the place has what they have done: it alone says what
 * is. So a job that somebody else has ended is complete when everything is there.
 *
 * @throws what ends the outcomes early, when something is missing then.
 */
async function countOutcomes(
  outcomes: AsyncIterable<Outcome>,
  { datasets, tasks, target, connection }: ExportWork,
): Promise<ExportCounts> {
  let [allRows, filesFromCache, allDownloaded] = [0, 0, 0];
  const written = new Set<string>();
  const causes = new Map<string, string>();
  const byPath = new Map(tasks.map((task) => [task.path, task]));
  let ended: TemporaryError | undefined;
  try {
    for await (const { key, status, bytes, rows, wasThere, reason = "", ...more } of outcomes) {
      const { fromCache = 0, bytesDownloaded = status === "done" ? bytes : 0 } = more;
      connection.report({ type: "bytes", count: bytesDownloaded });
      allRows += rows;
      filesFromCache += fromCache;
      allDownloaded += bytesDownloaded;
      if (status === "failed") causes.set(key, reason);
      else if (!wasThere) written.add(key);
      const done = { kind: "done", from: "bucket" } as const;
      const outcome = status === "done" ? done : { kind: "failed", cause: reason } as const;
      const { sources = [] } = byPath.get(key) ?? {};
      const made = { files: sources.length, fromCache, rows };
      const name = nameOf({ path: key, key: sources[0]?.key ?? key });
      connection.report({ type: "file", key: name, outcome, made });
    }
  } catch (error) {
    if (!(error instanceof TemporaryError)) throw error;
    ended = error;
  }
  const marks = new Map<string, string | undefined>();
  for (const dataset of datasets) {
    for (const { path, mark } of await target.list(dataset, connection.signal)) {
      marks.set(path, mark);
    }
  }
  for (const { path, mark } of tasks) {
    if (causes.has(path) || marks.get(path) === mark) continue;
    if (ended) throw ended;
    causes.set(path, `a worker has done it, and ${target.name} does not have it`);
    written.delete(path);
  }
  const failures = tasks.filter(({ path }) => causes.has(path)).map((
    { path, sources },
  ): ExportFailure => ({ path, key: sources[0]!.key, cause: causes.get(path)! }));
  return {
    objectsWritten: written.size,
    objectsByOthers: tasks.length - failures.length - written.size,
    filesWritten: filesIn(tasks.filter(({ path }) => written.has(path))),
    filesFromCache,
    rows: allRows,
    bytesDownloaded: allDownloaded,
    failures,
  };
}

/** When no worker has come by then, it is said. */
const LONELY_MS = 5_000;
const BUSY = { idle: 0, running: 1, done: 0 };
/** As many as one machine has by itself. */
const DEFAULT_AT_ONCE = 20;

/** What a worker of exports works with; keys, places and limits are its own. */
export interface ExportWorkerOptions
  extends
    BucketOptions,
    Pick<PreloadOptions, "maxMemoryBytes" | "maxBytesPerSecond">,
    Pick<WorkerOptions, "slots" | "graceMs" | "delayMs" | "onEnd" | "onLeftAlone"> {
  readonly signal: AbortSignal;
  readonly fleet: FleetConnection;
  /** Opens a place that a task names, with this machine's keys. */
  readonly openTarget: (place: string) => Promise<ExportTarget>;
}

/** Works on the exports of a fleet until the signal aborts. */
export async function runExportWorker(options: ExportWorkerOptions): Promise<void> {
  const { fleet, slots, openTarget } = options;
  // The signal ends the worker, not the work: that has its grace.
  const signal = new AbortController().signal;
  const settings = withDefaults({ ...options, signal, patienceMs: NEVER_MS });
  const own = sourceName(settings);
  using connection = await Connection.open(settings, { endsToday: false });
  const { directory, store } = await cacheOf(settings);
  using pool = await ConverterPool.start(slots);
  await using stack = new AsyncDisposableStack();
  const targets = new Map<string, Promise<ExportTarget>>();
  const { client, semaphore } = connection;
  /** Of each dataset that has refused a file: why nothing of it can be had, if that is so. */
  const listings = new Map<string, Promise<unknown>>();
  const open = (place: string) => openTarget(place).then((target) => stack.use(target));
  await runWorker(fleet, {
    ...options,
    has: wantsOf(own),
    judge: async (error, task) => {
      const failure = judge(error, task);
      if (!isRefused(error)) return failure;
      const dataset = datasetInKey(task.key);
      const look = () => listingRefused(client!, dataset);
      const proof = await listings.getOrInsertComputed(dataset, look);
      return proof === undefined ? failure : { ...failure, kind: "unfit", proof };
    },
    work: async ({ work }, signal) => {
      const { place, layout, programVersion, task, replaces } = readMessage(work);
      const { outcome, rows, fromCache, bytesDownloaded } = await semaphore.run(
        async ({ runOutsideLimit }) =>
          await exportCurrent(task, {
            ...{ store, directory, client, semaphore, pool, layout, programVersion, signal },
            target: await targets.getOrInsertComputed(place, open),
            replaces: replaces ?? undefined,
            aside: runOutsideLimit,
            keepAlive: () => {},
          }),
        { signal, bytes: memoryOf(task) },
      );
      return { rows, fromCache, bytesDownloaded, wasThere: outcome === "present" };
    },
  });
}

/** An idle worker is at no standstill. */
const NEVER_MS = 2 ** 40;

function readMessage(work: FleetTask["work"]): ExportMessage {
  const { kind, place, layout, task } = work as Partial<ExportMessage>;
  const isOne = kind === "export" && typeof place === "string" &&
    typeof layout === "object" && Array.isArray(task?.sources) && typeof task.path === "string" &&
    typeof task.mark === "string" && !/(^|\/)\.\.(\/|$)|^\//.test(task.path);
  if (!isOne) throw new SyntaxError("the task is no export that this version knows");
  return work as ExportMessage;
}

/** The refusal of a worker whose keys may not even list a dataset. */
async function listingRefused(client: S3Client, dataset: string): Promise<unknown> {
  try {
    await hasFiles(client, dataset, AbortSignal.timeout(LIST_WITHIN_MS));
  } catch (error) {
    if (classify(error) === "fatal") return error;
  }
  return undefined;
}

/** No worker waits longer to know why a file is refused. */
const LIST_WITHIN_MS = 30_000;

function judge(error: unknown, { work }: FleetTask): WorkFailure {
  const kind = classify(error);
  const { task } = work as Partial<ExportMessage>;
  const reason = task?.sources?.[0] ? failureOf(task, error).cause : reasonOf(error);
  if (kind === "throttle") return { kind: "throttled", reason };
  // The keys, the clock or the disk of this machine: no task can be done here.
  if (kind === "fatal" || kind === "skew") return { kind: "unfit", reason };
  const isFinal = error instanceof SyntaxError ||
    verdictOf(error) === "never" && kind !== "changed";
  return { kind: isFinal ? "never" : "again", reason };
}
