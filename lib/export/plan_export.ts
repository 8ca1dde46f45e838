/**
 * What an export has to do: every object of the target that is missing, or was made of other files.
 *
 * @module
 */

import type { DatedObject } from "../dated_object.ts";
import { type Layout, layoutOf, markOf, pathOf } from "../lake/layout.ts";
import type { TargetObject } from "./target.ts";

/** The work for one object of the target, which any machine can do. */
export interface ExportTask {
  /** The object's path in the target. */
  readonly path: string;
  /** The flat files that it is made of, by date. */
  readonly sources: readonly DatedObject[];
  /** What it is made of and how. */
  readonly mark: string;
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
  /** The others of them. */
  readonly tasks: readonly ExportTask[];
  /** Objects of the target whose flat files the bucket does not list any more; they are left. */
  readonly objectsUnlisted: readonly string[];
}

/** All objects that the flat files of a dataset make, whatever of them is there. */
export function tasksOf(
  dataset: string,
  { files, layout }: { readonly files: readonly DatedObject[]; readonly layout: Layout },
): ExportTask[] {
  return [...Map.groupBy(files, (file) => pathOf(dataset, file, layout))]
    .map(([path, sources]): ExportTask => {
      const ascending = sources.toSorted((a, b) => a.date < b.date ? -1 : 1);
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
  { tasks, objects, layout, span, isOwn, isListed = true }: {
    readonly tasks: readonly ExportTask[];
    readonly objects: readonly TargetObject[];
    readonly layout: Layout;
    readonly span: { readonly from: string; readonly to: string };
    readonly isOwn: (task: ExportTask) => boolean;
    /** @default {true} */
    readonly isListed?: boolean;
  },
): ExportPlan {
  const there = new Map(objects.map((object) => [object.path, object]));
  const wanted = new Set(tasks.map(({ path }) => path));
  const own = tasks.filter(isOwn);
  const open = own.filter((task) => !isDone(task, there.get(task.path), layout));
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
    filesThere: filesIn(own) - filesIn(open),
    tasks: open.sort((a, b) => a.path < b.path ? -1 : 1),
    objectsUnlisted: unlisted.sort(),
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

/** The whole months of a span: an object of a month has all of its days. */
export function wholeMonths(
  { from, to }: { readonly from: string; readonly to: string },
): { from: string; to: string } {
  return { from: `${from.slice(0, 7)}-01`, to: `${to.slice(0, 7)}-31` };
}
