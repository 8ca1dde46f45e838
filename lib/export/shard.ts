/**
 * The part of an export that is one machine's, where a scheduler starts the same command on many.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";

/** One of `count` parts. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
}

/** What is cut: an object and the files that it is made of. */
interface Sized {
  readonly path: string;
  readonly sources: readonly { readonly size: number }[];
}

/** What schedulers call the index, the number of parts, and from where the index counts. */
const SCHEDULERS = [
  { index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS", first: undefined },
  { index: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", first: "SLURM_ARRAY_TASK_MIN" },
  { index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE", first: undefined },
] as const;

/** Every variable that says which part is this machine's. */
export const SHARD_VARIABLES: readonly string[] = SCHEDULERS.flatMap(({ index, count, first }) =>
  first === undefined ? [index, count] : [index, count, first]
);

/**
 * The shard that `I/N` names, with I from 1 to N; `auto` takes it from the scheduler's variables, and
 * `auto/N` the number of parts from here.
 *
 * @throws {UsageError} when it cannot be read, or no scheduler says it.
 */
export function parseShard(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Shard {
  const [, given, total] = /^(auto|[1-9]\d{0,5})(?:\/([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (given === "auto") return shardIn(env, total);
  const [number, count] = [Number(given), Number(total)];
  if (given !== undefined && total !== undefined && number <= count) {
    return { index: number - 1, count };
  }
  throw new UsageError(`Cannot read shard ${quote(text)}: want I/N with I from 1 to N, or auto`);
}

function shardIn(
  env: Readonly<Record<string, string | undefined>>,
  total: string | undefined,
): Shard {
  for (const scheduler of SCHEDULERS) {
    const index = env[scheduler.index];
    if (index === undefined || index === "") continue;
    const first = Number(scheduler.first && env[scheduler.first] || 0);
    const count = Number(total ?? env[scheduler.count]);
    const place = Number(index) - first;
    if (Number.isSafeInteger(count) && Number.isSafeInteger(place) && 0 <= place && place < count) {
      return { index: place, count };
    }
    throw new UsageError(
      `Cannot read the shard from ${scheduler.index}=${
        quote(index)
      }: want its number of parts in ` +
        `${scheduler.count}, or --shard auto/N`,
    );
  }
  const names = SCHEDULERS.map(({ index }) => index).join(", ");
  throw new UsageError(`Cannot find the shard: none of ${names} is set`);
}

/**
 * The tasks of a shard: the same cut on every machine that has the same list. Each part gets about the
 * same number of bytes, the largest tasks first, each to the part that has the least.
 */
export function shardOf<Task extends Sized>(
  tasks: readonly Task[],
  { index, count }: Shard,
): Task[] {
  const sized = tasks.map((task) => ({
    task,
    bytes: task.sources.reduce((sum, { size }) => sum + Math.max(0, size), 0),
  }));
  sized.sort((a, b) => b.bytes - a.bytes || (a.task.path < b.task.path ? -1 : 1));
  const loads = new Float64Array(count);
  const own: Task[] = [];
  for (const { task, bytes } of sized) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least]! += bytes;
    if (least === index) own.push(task);
  }
  return own.sort((a, b) => a.path < b.path ? -1 : 1);
}
