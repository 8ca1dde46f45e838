/**
 * What an export has to do: every object of the target that is missing, or was made of other files.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { DatedObject } from "../dated_object.ts";
import { FORMAT_VERSION } from "./columns.ts";
import type { TargetObject } from "./target.ts";

/** How the objects are made. */
export interface Layout {
  /** An object for each date, or for each month. */
  readonly by: "date" | "month";
  /** Parquet, or each file as it came. */
  readonly format: "parquet" | "csv.gz";
  /** Only rows of these tickers, with `*` and `?`. */
  readonly tickers: readonly string[] | undefined;
}

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
  /** Flat files that the bucket lists. */
  readonly listed: number;
  /** Objects that the target has as they have to be. */
  readonly done: number;
  /** The others. */
  readonly tasks: readonly ExportTask[];
  /** Objects of the target whose flat files the bucket does not list any more; they are left. */
  readonly unlisted: readonly string[];
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
 * @param span Objects outside of it are not looked at, and none of another layout.
 */
export function planExport(
  dataset: string,
  { tasks, objects, layout, span, isOwn }: {
    readonly tasks: readonly ExportTask[];
    readonly objects: readonly TargetObject[];
    readonly layout: Layout;
    readonly span: { readonly from: string; readonly to: string };
    readonly isOwn: (task: ExportTask) => boolean;
  },
): ExportPlan {
  const there = new Map(objects.map((object) => [object.path, object]));
  const wanted = new Set(tasks.map(({ path }) => path));
  const own = tasks.filter(isOwn);
  const open = own.filter(({ path, mark }) => there.get(path)?.mark !== mark);
  const unlisted = objects.map(({ path }) => path).filter((path) =>
    !wanted.has(path) && isInSpan(path, span, layout)
  );
  return {
    dataset,
    listed: tasks.reduce((sum, { sources }) => sum + sources.length, 0),
    done: own.length - open.length,
    tasks: open.sort((a, b) => a.path < b.path ? -1 : 1),
    unlisted: unlisted.sort(),
  };
}

function pathOf(dataset: string, { key, date }: DatedObject, { by, format }: Layout): string {
  if (format === "csv.gz") return key;
  const partition = by === "date" ? `date=${date}` : `month=${date.slice(0, 7)}`;
  return `${dataset}/${partition}/part.parquet`;
}

/** What an object is made of and how, so that equal marks are equal objects. */
function markOf(sources: readonly DatedObject[], { by, format, tickers }: Layout): string {
  const what = sources.map(({ key, size, etag }) => [key, size, etag]);
  const hash = createHash("sha256").update(JSON.stringify([what, by, namesOf(tickers)]));
  const [first] = sources;
  const etag = sources.length === 1 && /^[\x21-\x7e]{1,100}$/.test(first!.etag) ? first!.etag : "-";
  return `${FORMAT_VERSION} ${format} ${hash.digest("hex").slice(0, 32)} ${etag}`;
}

/** Each name once, in whatever order they are given. */
function namesOf(tickers: Layout["tickers"]): string[] | null {
  return tickers === undefined ? null : [...new Set(tickers)].sort();
}

/** Whether an object is one of this layout, which others may stand beside, and of the span. */
function isInSpan(
  path: string,
  { from, to }: { readonly from: string; readonly to: string },
  { by, format }: Layout,
): boolean {
  if (by === "month") {
    const month = /\/month=(\d{4}-\d{2})\//.exec(path)?.[1];
    return month !== undefined && from.slice(0, 7) <= month && month <= to.slice(0, 7);
  }
  const pattern = format === "parquet" ? /\/date=([\d-]{10})\// : /\/([\d-]{10})\.csv\.gz$/;
  const date = pattern.exec(path)?.[1];
  return date !== undefined && from <= date && date <= to;
}

/** The whole months of a span: an object of a month has all of its days. */
export function wholeMonths(
  { from, to }: { readonly from: string; readonly to: string },
): { from: string; to: string } {
  return { from: `${from.slice(0, 7)}-01`, to: `${to.slice(0, 7)}-31` };
}
