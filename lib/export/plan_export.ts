/**
 * What an export has to do: lists the flat files of a dataset, whatever its columns are, and names
 * every object of the target that is missing, or was made of other files.
 *
 * @module
 */

import {
  byDate,
  type DatedObject,
  isInSpan,
  isRecorded,
  type ObjectVersion,
  type Span,
} from "../dated_object.ts";
import { boundedNames } from "../errors.ts";
import { type Layout, layoutOf, markOf, pathOf } from "../lake/layout.ts";
import { dateOfKey } from "../market/dataset.ts";
import type { TargetObject } from "./target.ts";
import type { S3Client } from "../s3/client.ts";

/** The work for one object of the target, which any machine can do. */
export interface ExportTask {
  /** The object's path in the target. */
  readonly path: string;
  /** The flat files that it is made of, by date. */
  readonly sources: readonly DatedObject[];
  /** What it is made of and how. */
  readonly mark: string;
}

/** What an object of the target was made of. */
export interface MadeOf {
  readonly mark: string;
  readonly sources: readonly ObjectVersion[];
  readonly tickers: Layout["tickers"];
}

/** An object that could not be made. */
export interface ExportFailure {
  /** The object of the place. */
  readonly path: string;
  /** The first of its flat files. */
  readonly key: string;
  /** Why, in words that are the same for all files that failed so. */
  readonly cause: string;
}

/** What a failure is called by: its flat file, or the object of a month. */
export function nameOf({ path, key }: Pick<ExportFailure, "path" | "key">): string {
  return /\/month=[\d-]+\/[^/]+$/.test(path) ? path : key;
}

/** What there is to do in one dataset. */
export interface ExportPlan {
  /** Such as `us_stocks_sip/day_aggs_v1`. */
  readonly dataset: string;
  /** Whether the bucket lists any file of it, whenever that is of. */
  readonly isListed: boolean;
  /** Flat files that the bucket lists in the period. */
  readonly filesListed: number;
  /** Objects that this run is to see to. */
  readonly objects: number;
  /** Flat files in those of them that the target has as they have to be. */
  readonly filesThere: number;
  /** Those of them that are to be made. */
  readonly tasks: readonly ExportTask[];
  /** The others of them, by which rows would go that the bucket has no more. */
  readonly failures: readonly ExportFailure[];
  /** Objects of the target whose flat files the bucket does not list any more; they are left. */
  readonly objectsUnlisted: readonly string[];
  /** Dates whose flat files the bucket does not list any more, and months have rows of; these are left. */
  readonly datesUnlisted: readonly string[];
}

/** Whether an object is what a place has under a path, or in a folder of that path. */
export function isAt(path: string, there: string): boolean {
  return path === there || path.startsWith(`${there}/`);
}

/** All objects that the flat files of a dataset make, whatever of them is there. */
export function tasksOf(
  dataset: string,
  { files, layout }: { readonly files: readonly DatedObject[]; readonly layout: Layout },
): ExportTask[] {
  return [...Map.groupBy(files, (file) => pathOf(dataset, file, layout))]
    .map(([path, sources]): ExportTask => {
      const ascending = sources.toSorted(byDate);
      return { path, sources: ascending, mark: markOf(ascending, layout) };
    });
}

/**
 * Compares the objects that a dataset makes with those that the target has.
 *
 * @param isOwn Whether a task is this machine's.
 * @param span Objects outside of it are not looked at.
 */
export function planExport(
  dataset: string,
  { tasks, objects, replaced, layout, span, isOwn, isListed }: {
    readonly tasks: readonly ExportTask[];
    readonly objects: readonly TargetObject[];
    /** What those were made of that have another mark, by path. */
    readonly replaced: ReadonlyMap<string, MadeOf>;
    readonly layout: Layout;
    readonly span: Span;
    readonly isOwn: (task: ExportTask) => boolean;
    readonly isListed: boolean;
  },
): ExportPlan {
  const there = new Map(objects.map((object) => [object.path, object]));
  const wanted = new Set(tasks.map(({ path }) => path));
  const own = tasks.filter(isOwn);
  const open = own.filter((task) => !isDone(task, there.get(task.path), layout))
    .sort((a, b) => a.path < b.path ? -1 : 1)
    .map((task) => {
      const made = layout.by === "month" ? replaced.get(task.path) : undefined;
      const lost = made === undefined ? [] : datesLost(dataset, task, made);
      return { task, lost, isThere: made !== undefined && hasAllOf(task, made, layout) };
    });
  const lossy = open.filter(({ lost, isThere }) => lost.length > 0 && !isThere);
  const todo = open.filter(({ lost }) => lost.length === 0).map(({ task }) => task);
  const isInSpan = (path: string) => {
    const day = layoutOf(dataset, path)?.day;
    // A month is within whole months as its first seven letters are.
    return day !== undefined && span.from.slice(0, day.length) <= day &&
      day <= span.to.slice(0, day.length);
  };
  const unlisted = objects.map(({ path }) => path).filter((path) =>
    !wanted.has(path) && isInSpan(path)
  );
  return {
    dataset,
    isListed,
    filesListed: filesIn(tasks),
    objects: own.length,
    filesThere: filesIn(own) - filesIn(todo) - filesIn(lossy.map(({ task }) => task)),
    tasks: todo,
    failures: lossy.map(({ task: { path, sources }, lost }) => (
      { path, key: sources[0]!.key, cause: lossText(lost) }
    )),
    objectsUnlisted: unlisted.sort(),
    datesUnlisted: open.flatMap(({ lost }) => lost),
  };
}

/** Flat files of some tasks. */
export function filesIn(tasks: readonly ExportTask[]): number {
  return tasks.reduce((sum, { sources }) => sum + sources.length, 0);
}

/** A copy tells by its size as well whether it is whole; a Parquet file that is cut has no mark. */
function isDone(
  { mark, sources }: ExportTask,
  object: TargetObject | undefined,
  { format }: Layout,
): boolean {
  if (object?.mark !== mark) return false;
  const { size } = sources[0]!;
  return format === "parquet" || size < 0 || object.size === size;
}

/** The dates that an object has rows of and the bucket has no file. */
function datesLost(dataset: string, { sources }: ExportTask, made: MadeOf): string[] {
  const listed = new Set(sources.map(({ key }) => key));
  const lost = made.sources.filter(({ key }) => !listed.has(key));
  return lost.map(({ key }) => dateOfKey({ name: dataset }, key) ?? key);
}

/** Whether an object has, as it would be made today, all that the bucket lists of it. */
export function hasAllOf(
  { sources }: Pick<ExportTask, "sources">,
  made: MadeOf,
  layout: Layout,
): boolean {
  const versions = new Map(made.sources.map((one) => [one.key, one]));
  return made.mark === markOf(made.sources, layout) &&
    sources.every((source) => isRecorded(source, versions));
}

function lossText(dates: readonly string[]): string {
  return `it has rows of ${datesText(dates)}, which the bucket lists no more, and is to be made ` +
    "anew; left as it is: remove it to give these rows up";
}

/** Dates as a list: the first five, and how many more. */
export function datesText(dates: readonly string[]): string {
  return boundedNames(dates, 5);
}

/** The whole months of a span: an object of a month has all of its days. */
export function wholeMonths({ from, to }: Span): Span {
  return { from: `${from.slice(0, 7)}-01`, to: `${to.slice(0, 7)}-31` };
}

/** The flat files of a dataset in a span, ascending by date. */
export async function listFiles(
  client: S3Client,
  dataset: string,
  { span, signal }: { readonly span: Span; readonly signal: AbortSignal },
): Promise<DatedObject[]> {
  const files = new Map<string, DatedObject>();
  for (const prefix of prefixesOf(dataset, span)) {
    for await (const { key, size, etag } of client.list(prefix, { signal })) {
      const date = dateOfKey({ name: dataset }, key);
      const file = date !== undefined && { key, size, etag, date };
      if (file && isInSpan(file, span)) files.set(key, file);
    }
  }
  return [...files.values()].sort(byDate);
}

/** Whether a dataset has anything at all. */
export async function hasFiles(
  client: S3Client,
  dataset: string,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const _ of client.list(`${dataset}/`, { pageSize: 1, signal })) return true;
  return false;
}

/** Those of the years; of many years the dataset's own, which takes fewer requests. */
function prefixesOf(dataset: string, { from, to }: Span): string[] {
  const [first, last] = [Number(from.slice(0, 4)), Number(to.slice(0, 4))];
  if (last - first > 10) return [`${dataset}/`];
  return Array.from(
    { length: last - first + 1 },
    (_, i) => `${dataset}/${String(first + i).padStart(4, "0")}/`,
  );
}
