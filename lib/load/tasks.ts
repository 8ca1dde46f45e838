/**
 * Runs the work for many tasks at once, so that one that fails stops no other.
 *
 * @module
 */

import type { Permit, Semaphore } from "../concurrency/semaphore.ts";

/** What is to happen after an error: another pass, nothing more, or the end of the run. */
export type Verdict = "again" | "never" | "fatal";

/** A task whose work failed for good. */
export interface TaskFailure<T> {
  readonly task: T;
  readonly error: unknown;
}

/** How often a task is tried; the later passes come when all others are through. */
const PASSES = 3;

/** How tasks are run. */
export interface RunOptions<T> {
  readonly semaphore: Semaphore;
  readonly signal: AbortSignal;
  readonly verdictOf: (error: unknown) => Verdict;
  /** Called when a task's work failed for good. */
  readonly onFailure: (failure: TaskFailure<T>) => void;
  /** Bytes that the work for a task holds, by which the semaphore bounds it. @default {none} */
  readonly bytesOf?: (task: T) => number;
}

/**
 * Runs the work of every task and returns those that failed for good.
 *
 * An abort, or a fatal error, aborts the signal that the work was given; when the last
 * running work has ended, it rejects with the reason or the error.
 */
export async function runTasks<T>(
  tasks: readonly T[],
  work: (task: T, signal: AbortSignal, permit: Permit) => Promise<void>,
  { semaphore, signal, verdictOf, onFailure, bytesOf }: RunOptions<T>,
): Promise<TaskFailure<T>[]> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const failures: TaskFailure<T>[] = [];
  let queue = tasks;
  for (let pass = 1; queue.length > 0; pass++) {
    const again: T[] = [];
    // The verdict falls before the permit ends, so that nothing starts after a fatal one.
    const run = async (task: T, permit: Permit) => {
      try {
        await work(task, either, permit);
      } catch (error) {
        if (either.aborted) return;
        const verdict = verdictOf(error);
        if (verdict === "fatal") return stop.abort(error);
        if (verdict === "again" && pass < PASSES) return void again.push(task);
        failures.push({ task, error });
        onFailure({ task, error });
      }
    };
    const runOrStop = (task: T, permit: Permit) =>
      run(task, permit).catch((error) => stop.abort(error));
    await semaphore.runEach(queue, runOrStop, { signal: either, bytesOf });
    either.throwIfAborted();
    queue = again;
  }
  return failures;
}
