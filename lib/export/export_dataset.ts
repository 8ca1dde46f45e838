/**
 * Brings whole datasets of flat files to a place as Parquet, what is there already once.
 *
 * The place alone says what is done: each run lists the flat files, lists the place, and does the rest.
 *
 * @module
 */

import type { Span } from "../dated_object.ts";
import type { ObjectStore } from "../cache/objects.ts";
import { OfflineError } from "../errors.ts";
import { checkGiven, FLAG, needed, number, object, text } from "../given.ts";
import { confirmWork } from "../load/confirm_download.ts";
import { Connection } from "../load/run_connection.ts";
import { keptOf, totalOf } from "../load/dry_run_plan.ts";
import type { Layout } from "../lake/layout.ts";
import { type PeriodRequest, resolvePeriod } from "../market/period.ts";
import {
  type BucketOptions,
  type PreloadOptions,
  type Settings,
  todayOf,
  withDefaults,
} from "../settings.ts";
import {
  cacheOf,
  type ExportCounts,
  NOTHING_DONE,
  type Perform,
  performHere,
  roomFor,
} from "./perform_here.ts";
import { readDatasets, readLayout, type Shard, TARGET } from "./export_request.ts";
import { findMixed, refuseOtherLayout, refuseOtherTickers } from "./mixture.ts";
import {
  type ExportPlan,
  type ExportTask,
  hasFiles,
  isAt,
  listFiles,
  planExport,
  tasksOf,
  wholeMonths,
} from "./plan_export.ts";
import { findBeside, findReplaced } from "./replaced_objects.ts";
import { shardOf } from "./shard.ts";
import type { ExportTarget, TargetObject } from "./target.ts";

/** What is exported, where to, and how the run works. */
export interface ExportOptions extends
  BucketOptions,
  PeriodRequest,
  Pick<
    PreloadOptions,
    | "concurrency"
    | "maxMemoryBytes"
    | "maxBytesPerSecond"
    | "offline"
    | "confirm"
    | "confirmAboveBytes"
    | "random"
    | "nowMs"
  > {
  /** The place; it stays open. */
  readonly target: ExportTarget;
  /** An object for each date or each month. @default {"date"} */
  readonly by?: Layout["by"] | undefined;
  /** Parquet, or each gzip as it came, once it is proved. @default {"parquet"} */
  readonly format?: Layout["format"] | undefined;
  /** Only rows of these tickers, with `*` for any characters and `?` for one. @default {all} */
  readonly tickers?: readonly string[] | undefined;
  /** The part of the work that is this machine's. @default {all of it} */
  readonly shard?: Shard | undefined;
  /** Only say what there is to do. @default {false} */
  readonly dryRun?: boolean | undefined;
  /** What the files name as their maker. @default {"unknown"} */
  readonly programVersion?: string | undefined;
}

/** What an export came to. */
export interface ExportResult extends ExportCounts {
  /** Whether the place has everything now that was asked for, and the bucket some of each dataset. */
  readonly complete: boolean;
  /** The place, as it was given. */
  readonly place: string;
  /** What its objects are. */
  readonly layout: Layout;
  /** By dataset, before the work. */
  readonly plans: readonly Omit<ExportPlan, "tasks" | "failures">[];
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
  /** The datasets that another run has written in another layout meanwhile, and an object of that run. */
  readonly mixedLayouts: readonly {
    readonly dataset: string;
    readonly path: string;
    readonly cause: string;
  }[];
  /** How long it took. */
  readonly seconds: number;
}

/**
 * Exports datasets, whatever their columns are.
 *
 * One file that fails stops nothing: it is named, and the next run tries it again. An abort rejects
 * with the signal's reason; nothing is half there.
 *
 * @param datasets Such as `us_stocks_sip/minute_aggs_v1`.
 * @throws {UsageError} when a dataset, the period or the layout cannot be read, or the place has the
 * dataset in another layout, or of other tickers.
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

/** Beside those of the layout, which has a reader. */
const EXPORT_KINDS = {
  target: TARGET,
  shard: object({
    index: needed(number([0], { isWhole: true })),
    count: needed(number([1], { isWhole: true })),
  }),
  dryRun: FLAG,
  programVersion: text(),
};

/** The same by whatever does the work, such as a fleet. */
export async function exportBy(
  perform: Perform,
  datasets: readonly string[],
  options: ExportOptions,
): Promise<ExportResult> {
  const startedAtMs = performance.now();
  const settings = withDefaults(options);
  checkGiven(options, EXPORT_KINDS);
  const { target } = options;
  const layout = readLayout(options);
  const span = spanOf(options, settings, layout);
  const names = readDatasets(datasets);
  using connection = await Connection.open(settings);
  const { plans, there } = await compareSides(names, { ...options, layout, span, connection });
  const tasks = plans.flatMap((plan) => plan.tasks);
  // The machines of a fleet have caches of their own.
  const store = perform === performHere ? (await cacheOf(settings)).store : undefined;
  const { planned, toDownload } = await weigh(tasks, { settings, store });
  reportPlan(plans, { planned, layout, connection });
  const failures = plans.flatMap((plan) => plan.failures);
  const canComplete = plans.every((plan) => plan.isListed) && failures.length === 0;
  const result = {
    complete: canComplete && tasks.length === 0,
    ...{ place: target.name, layout },
    plans: plans.map(({ tasks: _, failures: __, ...plan }) => plan),
    ...{ planned, ...NOTHING_DONE, failures, mixedLayouts: [] },
  };
  const seconds = () => Math.round(performance.now() - startedAtMs) / 1000;
  if (options.dryRun) return { ...result, seconds: seconds() };
  await confirmWork(toDownload, { settings, connection });
  target.sweep?.();
  const { programVersion = "unknown" } = options;
  const work = { datasets: names, tasks, layout, target, there };
  const counts = await perform({ ...work, settings, connection, programVersion });
  const made = counts.objectsWritten + counts.objectsByOthers;
  const written = counts.objectsWritten > 0 ? names : [];
  const mixedLayouts = await findMixed(written, { layout, target, signal: connection.signal });
  const complete = canComplete && mixedLayouts.length === 0 && made === tasks.length;
  const all = { failures: [...failures, ...counts.failures], mixedLayouts };
  return { ...result, ...counts, ...all, complete, seconds: seconds() };
}

/** Lists the flat files and the place, and finds what there is to do. */
async function compareSides(
  datasets: readonly string[],
  { target, shard, layout, span, connection: { client, signal } }:
    & Pick<ExportOptions, "target" | "shard">
    & { readonly layout: Layout; readonly span: Span; readonly connection: Connection },
): Promise<{ plans: ExportPlan[]; there: Map<string, TargetObject> }> {
  if (client === undefined) {
    throw new OfflineError("Cannot export offline: the bucket is not listed");
  }
  const there = new Map<string, TargetObject>();
  const found = [];
  for (const dataset of datasets) {
    // A target of somebody's own may throw at once, when the other listing has begun.
    const [objects, files] = await Promise.all([
      (async () => await target.list(dataset, signal))(),
      listFiles(client, dataset, { span, signal }),
    ]);
    const isListed = files.length > 0 || await hasFiles(client, dataset, signal);
    const placed = { dataset, target, objects, layout, signal };
    refuseOtherLayout(placed);
    const tasks = tasksOf(dataset, { files, layout });
    refuseUnreadable(tasks, objects);
    const replaced = await findReplaced(tasks, placed);
    refuseOtherTickers(placed, { made: replaced, loss: "go, such as in" });
    const made = await findBeside(tasks, placed);
    refuseOtherTickers(placed, { made, loss: "be missing on these dates, unlike in" });
    for (const object of objects) there.set(object.path, object);
    found.push({ dataset, tasks, objects, replaced, isListed });
  }
  // The shard is cut of all datasets together.
  const own = shard && new Set(shardOf(found.flatMap(({ tasks }) => tasks), shard));
  const isOwn = (task: ExportTask) => own?.has(task) ?? true;
  const plans = found.map(({ dataset, ...both }) =>
    planExport(dataset, { ...both, layout, span, isOwn })
  );
  return { plans, there };
}

/** @throws why an object of the tasks cannot be read: what is in it may be lost with it. */
function refuseUnreadable(tasks: readonly ExportTask[], objects: readonly TargetObject[]): void {
  for (const { path: there, unreadable } of objects) {
    if (unreadable !== undefined && tasks.some(({ path }) => isAt(path, there))) throw unreadable;
  }
}

/** How much some tasks are, and what of it is not in the store. */
async function weigh(
  tasks: readonly ExportTask[],
  { settings, store }: { readonly settings: Settings; readonly store: ObjectStore | undefined },
) {
  const sources = tasks.flatMap((task) => task.sources);
  const { files, bytes } = totalOf(sources);
  const kept = totalOf(store === undefined ? [] : await keptOf(sources, store));
  const diskBytes = roomFor(tasks, settings);
  return {
    planned: { objects: tasks.length, files, bytes, keptBytes: kept.bytes, diskBytes },
    toDownload: { files: files - kept.files, bytes: bytes - kept.bytes, diskBytes },
  };
}

function reportPlan(
  plans: readonly ExportPlan[],
  { planned: { files, bytes }, layout: { by }, connection }: {
    readonly planned: ExportResult["planned"];
    readonly layout: Layout;
    readonly connection: Connection;
  },
): void {
  const recorded = sumOf(plans.map(({ filesThere }) => filesThere));
  const count = sumOf(plans.map(({ objects }) => objects));
  connection.report({
    ...{ type: "plan", listed: recorded + files, recorded, isResumed: false },
    ...{ toFetch: files, bytes, objects: { count, by } },
  });
}

function spanOf(request: PeriodRequest, settings: Settings, { by }: Layout) {
  const defaults = { period: "max", today: todayOf(settings), firstDate: "0001-01-01" };
  const period = resolvePeriod(request, defaults);
  return by === "month" ? wholeMonths(period) : period;
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);
