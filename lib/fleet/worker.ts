/**
 * Works on the tasks of whatever jobs a fleet has, a few at a time.
 *
 * @module
 */

import { delay } from "../deps/std_async.ts";
import { reasonOf } from "../errors.ts";
import { type FleetConnection, isGone } from "./connection.ts";
import { Pacer } from "./pacer.ts";
import { type Handed, Queues, type QueuesOptions } from "./queues.ts";
import {
  decodeTask,
  encodeOutcome,
  type FleetTask,
  MAX_HANDED_OUT,
  MAX_TRIES,
  namesOf,
  type Outcome,
} from "./protocol.ts";

/** What a worker did for a task. */
export interface WorkDone {
  /** Rows that were written; 0 when the target had them already. */
  readonly rows: number;
  /** Whether it had. @default {false} */
  readonly wasThere?: boolean;
  /** Files that this machine's cache had. @default {0} */
  readonly fromCache?: number;
  /** Bytes of the others. @default {the task's} */
  readonly bytesDownloaded?: number;
}

/** What an error of the work means. */
export interface WorkFailure {
  readonly reason: string;
  /**
   * - `throttled`: the source wants fewer requests; that is no failure of the task.
   * - `again`: another try may do better.
   * - `never`: none will.
   * - `unfit`: this worker can do no task; another one may.
   */
  readonly kind: "throttled" | "again" | "never" | "unfit";
  /** What shows that it is unfit. @default {the error itself} */
  readonly proof?: unknown;
}

/** What a worker works with. */
export interface WorkerOptions extends QueuesOptions {
  /** Tasks at once on this machine. */
  readonly slots: number;
  /** Does what a task says. */
  readonly work: (task: FleetTask, signal: AbortSignal) => Promise<WorkDone>;
  readonly judge: (error: unknown, task: FleetTask) => WorkFailure | Promise<WorkFailure>;
  /** Aborts when the worker is told to end: nothing more is begun then. */
  readonly signal: AbortSignal;
  /** How long what is under way may take to end after that. @default {8,000} */
  readonly graceMs?: number;
  /** After how long a task is tried again for the first time; then twice as long. @default {2,000} */
  readonly delayMs?: number;
  /** Called with each task that ended, or is given back. */
  readonly onEnd?: (task: FleetTask, end: WorkEnd) => void;
}

/** How the work for a task ended here. */
export type WorkEnd =
  | { readonly kind: "done"; readonly rows: number }
  | { readonly kind: "failed" | "returned"; readonly reason: string };

/**
 * For how long a worker that is told to end goes on with what is under way, before it gives that back:
 * Slurm and containers leave a process ten seconds at least, and giving back takes two at most.
 */
export const GRACE_MS = 8_000;
/** How long a slot rests that has found no task. */
const REST_MS = 500;
const ACK_WITHIN_MS = 2_000;
const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 60_000;

/**
 * Works until the signal aborts; then ends what it can within the grace and gives the rest back.
 *
 * @throws what has shown that this worker can do no task, once all is given back.
 */
export async function runWorker(fleet: FleetConnection, options: WorkerOptions): Promise<void> {
  const { graceMs = GRACE_MS } = options;
  const unfit = new AbortController();
  const signal = AbortSignal.any([options.signal, fleet.signal, unfit.signal]);
  const hurry = new AbortController();
  const startGrace = () => {
    timer = setTimeout(() => hurry.abort(signal.reason), graceMs);
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", startGrace);
  if (signal.aborted) startGrace();
  const pacer = new Pacer(fleet);
  const queues = new Queues(fleet, pacer, options);
  try {
    await Promise.all(
      Array.from(
        { length: options.slots },
        () => workInSlot({ ...options, fleet, queues, pacer, signal, unfit, hurry: hurry.signal }),
      ),
    );
  } finally {
    signal.removeEventListener("abort", startGrace);
    clearTimeout(timer);
  }
  if (!options.signal.aborted) signal.throwIfAborted();
}

interface SlotOptions extends WorkerOptions {
  readonly fleet: FleetConnection;
  readonly queues: Queues;
  readonly pacer: Pacer;
  /** To be aborted when this worker can do no task. */
  readonly unfit: AbortController;
  readonly hurry: AbortSignal;
}

/** One task after the other: a slot asks for no task that it cannot begin at once. */
async function workInSlot(options: SlotOptions): Promise<void> {
  const { queues, signal } = options;
  while (!signal.aborted) {
    const next = await queues.next().catch(() => undefined);
    if (next === undefined) await delay(REST_MS, { signal }).catch(() => {});
    else if (signal.aborted) next.message.nak();
    else await handle(next, options);
  }
}

async function handle(handed: Handed, options: SlotOptions): Promise<void> {
  const { message, job, ackWaitMs } = handed;
  const { fleet, pacer, onEnd = () => {}, delayMs = FIRST_DELAY_MS } = options;
  let task: FleetTask & { readonly id: string };
  try {
    task = decodeTask(message.string());
  } catch {
    return message.term();
  }
  const giveBack = (reason: string, afterMs: number) => {
    message.nak(afterMs);
    onEnd(task, { kind: "returned", reason });
  };
  const cancelled = new AbortController();
  const working = setInterval(() => {
    message.working();
    fleet.manager.streams.info(namesOf(job.id).tasks).catch((error) => {
      if (isGone(error)) cancelled.abort(error);
    });
  }, ackWaitMs / 3);
  try {
    const ended = await attempt(task, { handed, cancelled: cancelled.signal }, options);
    if ("afterMs" in ended) return giveBack(ended.reason, ended.afterMs);
    const { status, rows, reason = "" } = ended;
    const { id, key, bytes } = task;
    const text = encodeOutcome({ id, key, bytes, worker: fleet.name, ...ended });
    const subject = namesOf(job.id).outcomeSubject(status);
    const { tasks: stream } = namesOf(job.id);
    const { signal } = cancelled;
    await fleet.publish(subject, text, { id: `${id} ${status}`, stream, signal });
    if (status === "failed") {
      message.term();
      return onEnd(task, { kind: "failed", reason });
    }
    // Without an answer the task is handed out once more, and found done.
    await message.ackAck({ timeout: ACK_WITHIN_MS }).catch(() => {});
    await pacer.succeeded(job).catch(() => {});
    onEnd(task, { kind: "done", rows });
  } catch (error) {
    giveBack(`its outcome is not taken: ${reasonOf(error)}`, delayMs);
  } finally {
    clearInterval(working);
  }
}

/** How a task ended, or why and for how long it is given back. */
type Attempt =
  | Pick<
    Outcome,
    "status" | "rows" | "wasThere" | "fromCache" | "bytesDownloaded" | "reason" | "isTemporary"
  >
  | { readonly reason: string; readonly afterMs: number };

async function attempt(
  task: FleetTask,
  { handed: { message, job }, cancelled }: {
    readonly handed: Handed;
    readonly cancelled: AbortSignal;
  },
  { work, judge, pacer, hurry, unfit, delayMs = FIRST_DELAY_MS }: SlotOptions,
): Promise<Attempt> {
  const times = message.info.deliveryCount;
  if (times > MAX_HANDED_OUT) {
    const reason = `no worker could finish it, though it was handed out ${MAX_HANDED_OUT} times`;
    return { status: "failed", rows: 0, reason, isTemporary: true };
  }
  try {
    const done = await untilAny([hurry, cancelled], (signal) => work(task, signal));
    return { status: "done", ...done };
  } catch (error) {
    if (hurry.aborted) return { reason: "this worker ends", afterMs: 0 };
    if (cancelled.aborted) return { reason: "the job was cancelled", afterMs: 0 };
    const { kind, reason, proof = error } = await judge(error, task);
    if (kind === "unfit") {
      unfit.abort(proof);
      return { reason, afterMs: 0 };
    }
    if (kind === "throttled" && times < MAX_HANDED_OUT) {
      await pacer.throttled(job).catch(() => {});
    } else if (kind === "never" || times >= MAX_TRIES) {
      return { status: "failed", rows: 0, reason, isTemporary: kind !== "never" };
    }
    return { reason, afterMs: Math.min(LONGEST_DELAY_MS, delayMs * 2 ** (times - 1)) };
  }
}

/**
 * Works with a signal that aborts as the first of the signals does. `AbortSignal.any()` would keep
 * what each task has left in memory for as long as the worker lives.
 */
async function untilAny<T>(
  signals: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const first = new AbortController();
  const relay = () => first.abort(signals.find(({ aborted }) => aborted)?.reason);
  for (const signal of signals) signal.addEventListener("abort", relay);
  try {
    if (signals.some(({ aborted }) => aborted)) relay();
    return await work(first.signal);
  } finally {
    for (const signal of signals) signal.removeEventListener("abort", relay);
  }
}
