/**
 * Cuts the tasks of an export into parts, one for each machine.
 *
 * @module
 */

import { byDate, bytesOfAll } from "../dated_object.ts";
import type { Shard } from "./export_request.ts";

/** What is cut: an object and the files that it is made of, the first date first. */
interface Sized {
  readonly path: string;
  readonly sources: readonly { readonly size: number; readonly date: string }[];
}

/**
 * The tasks of a shard: the same cut on every machine that has the same list, whatever of it is done.
 * No part has more bytes than another by more than the largest task.
 *
 * The tasks are dealt by date, each to the part that has the least. So what is listed later, with a
 * newer date, changes nothing for those before it.
 */
export function shardOf<Task extends Sized>(
  tasks: readonly Task[],
  { index, count }: Shard,
): Task[] {
  const dated = tasks.map((task) => ({ task, date: task.sources[0]!.date }));
  dated.sort((a, b) => byDate(a, b) || (a.task.path < b.task.path ? -1 : 1));
  // A part beyond the tasks gets none.
  const parts = Array.from(
    { length: Math.min(count, tasks.length) },
    (_, index): Part => ({ index, bytes: 0, tasks: 0 }),
  );
  const own: Task[] = [];
  for (const { task } of dated) {
    const least = parts[0]!;
    if (least.index === index) own.push(task);
    least.bytes += bytesOfAll(task.sources);
    least.tasks++;
    siftDown(parts);
  }
  return own;
}

interface Part {
  readonly index: number;
  bytes: number;
  tasks: number;
}

/** Brings the first of a heap, which has grown, to where it belongs. */
function siftDown(heap: Part[]): void {
  const grown = heap[0]!;
  let at = 0;
  for (;;) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    const child = right < heap.length && isLess(heap[right]!, heap[left]!) ? right : left;
    if (child >= heap.length || !isLess(heap[child]!, grown)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = grown;
}

function isLess(a: Part, b: Part): boolean {
  return (a.bytes - b.bytes || a.tasks - b.tasks || a.index - b.index) < 0;
}
