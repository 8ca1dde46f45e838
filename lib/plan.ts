/**
 * Compares what is wanted with what is recorded and lists the tasks.
 *
 * @module
 */

import {
  bytesToLoad,
  type DatedObject,
  isInSpan,
  isRecorded,
  type ObjectVersion,
} from "./dated_object.ts";

/** What one ticker of the request wants, and has. */
export interface Want {
  readonly dataset: string;
  /** First and last date, both included. */
  readonly from: string;
  readonly to: string;
  /** The versions whose rows are recorded, by key. */
  readonly recorded: ReadonlyMap<string, ObjectVersion>;
}

/** The work for one object, for all who want it. */
export interface Task<W extends Want> {
  readonly object: DatedObject;
  readonly wants: readonly W[];
}

/** What there is to do. */
export interface Plan<W extends Want> {
  /** Objects that the bucket has for the request. */
  readonly listed: number;
  /** Those of them whose rows all are recorded. */
  readonly recorded: number;
  /** The others; the first five are spread over the whole span, the rest goes back in time. */
  readonly tasks: readonly Task<W>[];
  /** Bytes of the tasks' objects, as far as these can be loaded. */
  readonly bytes: number;
}

/** Lists the tasks: one an object, whoever wants it. Objects are given by dataset. */
export function planTasks<W extends Want>(
  listing: ReadonlyMap<string, readonly DatedObject[]>,
  wants: readonly W[],
): Plan<W> {
  let listed = 0;
  const tasks: Task<W>[] = [];
  for (const [dataset, objects] of listing) {
    const inDataset = wants.filter((want) => want.dataset === dataset);
    for (const object of objects) {
      const inSpan = inDataset.filter((want) => isInSpan(object, want));
      if (inSpan.length === 0) continue;
      listed++;
      const lacking = inSpan.filter((want) => !isRecorded(object, want.recorded));
      if (lacking.length === 0) continue;
      // Most objects are wanted by all, who are written down once for thousands of tasks.
      tasks.push({ object, wants: lacking.length === inDataset.length ? inDataset : lacking });
    }
  }
  const bytes = tasks.reduce((sum, task) => sum + bytesToLoad(task.object), 0);
  return {
    listed,
    recorded: listed - tasks.length,
    tasks: spreadFirst(newestFirst(tasks)),
    bytes,
  };
}

function newestFirst<W extends Want>(tasks: readonly Task<W>[]): Task<W>[] {
  return tasks.toSorted((a, b) =>
    compare(b.object.date, a.object.date) || compare(a.object.key, b.object.key)
  );
}

const compare = (a: string, b: string) => a < b ? -1 : a > b ? 1 : 0;

/**
 * Brings five tasks from the whole span to the front, the newest first: they show early
 * whether the account may read anything of it, since no side of a span is known to be
 * the one that a plan excludes.
 */
function spreadFirst<T>(tasks: readonly T[]): T[] {
  const last = tasks.length - 1;
  const first = new Set(
    [0, 1, 0.5, 0.25, 0.75].map((part) => Math.round(part * last)),
  );
  const spread = [...first].flatMap((i) => tasks[i] ?? []);
  return [...spread, ...tasks.filter((_, i) => !first.has(i))];
}
