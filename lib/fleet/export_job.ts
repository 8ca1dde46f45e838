/**
 * An export as a job of a fleet: its tasks as messages, and what a worker does for one.
 *
 * @module
 */

import { CacheDirectory } from "../cache/directory.ts";
import { ObjectStore } from "../cache/objects.ts";
import { findSource } from "../cache/sources.ts";
import { UsageError } from "../errors.ts";
import { ConverterPool } from "../export/converter_pool.ts";
import type { ExportFailure, Perform } from "../export/export_dataset.ts";
import { exportTask, memoryOf } from "../export/export_task.ts";
import type { ExportTask } from "../export/plan_export.ts";
import type { Layout } from "../lake/layout.ts";
import type { ExportTarget, TargetObject } from "../export/target.ts";
import { causeOf, verdictOf } from "../load/verdict.ts";
import { Connection } from "../load/connection.ts";
import { classify } from "../s3/retry.ts";
import { sourceName } from "../s3/endpoint.ts";
import { type PreloadOptions, withDefaults } from "../settings.ts";
import type { FleetConnection } from "./connection.ts";
import { followJob, publishJob } from "./coordinator.ts";
import { endJob } from "./jobs.ts";
import { type FleetTask, type Job, jobId } from "./protocol.ts";
import { runWorker, type WorkerOptions, type WorkFailure } from "./worker.ts";

/** What a worker has to know of one object: no key of any bucket. */
interface ExportMessage extends Record<string, unknown> {
  readonly kind: "export";
  /** The bucket of the flat files, as `sourceName()` has it. */
  readonly source: string;
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
  /** Tasks at once over all workers. */
  readonly atOnce: number;
  /** Only publishes the tasks, and does not wait for them. */
  readonly detach: boolean;
  /** How long a worker may say nothing of a task before another one gets it. @default {60,000} */
  readonly ackWaitMs?: number | undefined;
}

/**
 * Does the work of an export by a fleet; to be given to `exportDataset()`. Whoever asks for the same
 * again while it is under way finds it, and waits for what is left.
 */
export function performByFleet(
  { fleet, place, atOnce, detach, ackWaitMs }: FleetExportOptions,
): Perform {
  return async ({ tasks, layout, there, settings, connection, programVersion }) => {
    const counts = { written: 0, present: 0, rows: 0 };
    const failures: ExportFailure[] = [];
    if (tasks.length === 0) return { ...counts, failures };
    const source = sourceName(settings);
    const datasets = [...new Set(tasks.map(({ path }) => path.split("/", 2).join("/")))].sort();
    const title = `${datasets.join(" ")} into ${place}`;
    const job: Job = { id: jobId([source, datasets, place, layout]), title, atOnce };
    const { signal } = connection;
    const messages = tasks.map((task): FleetTask => {
      const replaces = there.get(task.path) ?? null;
      const what = { source, place, layout, programVersion, task, replaces };
      const work: ExportMessage = { kind: "export", ...what };
      const bytes = task.sources.reduce((sum, { size }) => sum + Math.max(0, size), 0);
      return { key: task.path, bytes, work };
    });
    const ids = await connection.whileWaiting(() => (
      publishJob(fleet, job, { tasks: messages, signal, ackWaitMs })
    ));
    if (detach) return { ...counts, failures };
    const keys = new Map(tasks.map(({ path, sources }) => [path, sources[0]!.key]));
    // Workers may take any time; the server says when they are gone.
    await connection.whileWaiting(async () => {
      for await (const outcome of followJob(fleet, job, { ids, signal })) {
        const { key, status, bytes, rows, reason = "" } = outcome;
        connection.report({ type: "bytes", count: bytes });
        counts.rows += rows;
        if (status === "done") {
          counts[rows > 0 ? "written" : "present"]++;
          connection.report({ type: "file", key, outcome: { kind: "done", from: "bucket" } });
          continue;
        }
        failures.push({ path: key, key: keys.get(key)!, cause: reason });
        connection.report({ type: "file", key, outcome: { kind: "failed", cause: reason } });
      }
    });
    await endJob(fleet, job);
    return { ...counts, failures };
  };
}

/** What a worker of exports works with; keys, places and limits are its own. */
export interface ExportWorkerOptions extends
  Pick<
    PreloadOptions,
    | "cacheDirectory"
    | "credentials"
    | "endpoint"
    | "bucket"
    | "region"
    | "maxMemoryBytes"
    | "maxBytesPerSecond"
    | "limits"
    | "fetch"
    | "reporter"
  >,
  Pick<WorkerOptions, "slots" | "signal" | "graceMs" | "delayMs" | "onEnd"> {
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
  using connection = await Connection.open(settings);
  const directory = await findSource(new CacheDirectory(settings.cacheDirectory), own);
  const store = new ObjectStore(directory);
  using pool = await ConverterPool.start(slots);
  await using stack = new AsyncDisposableStack();
  const targets = new Map<string, Promise<ExportTarget>>();
  const targetOf = (place: string) => {
    const target = targets.get(place) ?? openTarget(place).then((target) => stack.use(target));
    targets.set(place, target);
    return target;
  };
  await runWorker(fleet, {
    ...options,
    judge,
    work: async ({ work }, signal) => {
      const { source, place, layout, programVersion, task, replaces } = readMessage(work);
      if (source !== own) {
        throw new UsageError(`the job's files are those of ${source}, this worker's of ${own}`);
      }
      const { client, semaphore } = connection;
      return await semaphore.run(async ({ runOutsideLimit }) =>
        await exportTask(task, {
          ...{ store, directory, client, semaphore, pool, layout, programVersion, signal },
          target: await targetOf(place),
          replaces: replaces ?? undefined,
          aside: runOutsideLimit,
          keepAlive: () => {},
        }), { signal, bytes: memoryOf(task) });
    },
  });
}

/** An idle worker is at no standstill. */
const NEVER_MS = 2 ** 40;

function readMessage(work: FleetTask["work"]): ExportMessage {
  const { kind, source, place, layout, task } = work as Partial<ExportMessage>;
  const isOne = kind === "export" && typeof source === "string" && typeof place === "string" &&
    typeof layout === "object" && Array.isArray(task?.sources) && typeof task.path === "string" &&
    typeof task.mark === "string" && !/(^|\/)\.\.(\/|$)|^\//.test(task.path);
  if (!isOne) throw new SyntaxError("the task is no export that this version knows");
  return work as ExportMessage;
}

function judge(error: unknown): WorkFailure {
  const kind = classify(error);
  const reason = causeOf(error);
  if (kind === "throttle") return { kind: "throttled", reason };
  const isFinal = error instanceof SyntaxError ||
    verdictOf(error) === "never" && kind !== "changed";
  return { kind: isFinal ? "never" : "again", reason };
}
