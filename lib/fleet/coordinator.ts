/**
 * Hands the tasks of a job to a fleet, and follows how they end.
 *
 * @module
 */

import { Semaphore } from "../concurrency/semaphore.ts";
import { delay } from "../deps/std_async.ts";
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from "../deps/nats.ts";
import { TemporaryError } from "../errors.ts";
import { type FleetConnection, isGone } from "./connection.ts";
import { endJob, setAtOnce } from "./jobs.ts";
import {
  ACK_WAIT_MS,
  CONSUMER,
  decodeOutcome,
  describeJob,
  encodeTask,
  type FleetTask,
  type Job,
  KEEP_MS,
  namesOf,
  type Outcome,
} from "./protocol.ts";

/** Messages that are published before the first of them is acknowledged. */
const PUBLISHED_AT_ONCE = 500;
/** For how long no outcome may have come, before it is asked whether any still can. */
const WATCH_EVERY_MS = 1_000;
/** How long a task's ID is remembered, so that publishing it again is nothing. */
const REMEMBER_MS = 24 * 3_600_000;

/** What is published. */
export interface PublishOptions {
  readonly tasks: Iterable<FleetTask>;
  readonly signal: AbortSignal;
  /** The limit of a job that is under way. @default {as it is} */
  readonly atOnce?: number | undefined;
  /** How long a worker may say nothing of a task before another one gets it. @default {60,000} */
  readonly ackWaitMs?: number | undefined;
}

/**
 * Makes a job, or finds the one that is under way, and publishes its tasks. A job of which nothing is
 * left to do is begun anew, so that what failed in it is tried again.
 *
 * @returns the IDs of the tasks, each once.
 * @throws {TemporaryError} when the server does not take them, or the job is cancelled meanwhile.
 */
export async function publishJob(
  fleet: FleetConnection,
  job: Job,
  { tasks, signal, atOnce, ackWaitMs = ACK_WAIT_MS }: PublishOptions,
): Promise<Set<string>> {
  const isNew = await openJob(fleet, job, ackWaitMs);
  if (!isNew && atOnce !== undefined) await setAtOnce(fleet, job, atOnce);
  const { tasks: stream, taskSubject } = namesOf(job.id);
  const ids = new Set<string>();
  const publishing = new Semaphore(PUBLISHED_AT_ONCE);
  const publish = async (task: FleetTask) => {
    const { id, text } = encodeTask(task);
    ids.add(id);
    await fleet.publish(taskSubject, text, { id, stream, signal });
  };
  await publishing.runEach(tasks, publish, { signal });
  return ids;
}

/** Whether it is made now. */
async function openJob(fleet: FleetConnection, job: Job, ackWaitMs: number): Promise<boolean> {
  const { tasks, outcomes, taskSubject, outcomeSubjects } = namesOf(job.id);
  const state = await stateOf(fleet, job);
  if (state === "open") return false;
  if (state !== undefined) await endJob(fleet, job);
  const kept = {
    max_age: nanos(KEEP_MS),
    storage: StorageType.File,
    duplicate_window: nanos(REMEMBER_MS),
  };
  await fleet.insist(async ({ streams, consumers }) => {
    await streams.add({
      name: outcomes,
      subjects: [outcomeSubjects],
      retention: RetentionPolicy.Limits,
      ...kept,
    });
    await streams.add({
      name: tasks,
      subjects: [taskSubject],
      retention: RetentionPolicy.Workqueue,
      discard: DiscardPolicy.New,
      description: describeJob(job),
      ...kept,
    });
    await consumers.add(tasks, {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_ack_pending: job.atOnce,
      max_deliver: -1,
    });
  });
  return true;
}

/**
 * The outcome of each task, once, as they come, until all of them have one. Outcomes of tasks that
 * are not among the IDs are left out.
 *
 * @throws {TemporaryError} when the job was ended by somebody else, or nothing of it is left to do
 * and some outcomes are not there all the same.
 * @throws the signal's reason when it aborts.
 */
export async function* followJob(
  fleet: FleetConnection,
  job: Job,
  { ids, signal }: { readonly ids: ReadonlySet<string>; readonly signal: AbortSignal },
): AsyncGenerator<Outcome> {
  const open = new Set(ids);
  const { outcomes } = namesOf(job.id);
  while (open.size > 0) {
    signal.throwIfAborted();
    const ended = new AbortController();
    let [heard, heardBefore] = [0, -1];
    const watch = setInterval(async () => {
      if (heard === heardBefore && await isOver(fleet, job)) ended.abort();
      heardBefore = heard;
    }, WATCH_EVERY_MS);
    try {
      const consumer = await fleet.client.consumers.get(outcomes, {
        deliver_policy: DeliverPolicy.All,
      });
      for await (
        const message of untilAborted(
          await consumer.consume({ abort_on_missing_resource: true }),
          AbortSignal.any([signal, ended.signal]),
        )
      ) {
        heard++;
        const outcome = decodeOutcome(message.string());
        if (outcome === undefined || !open.delete(outcome.id)) continue;
        yield outcome;
        if (open.size === 0) return;
      }
    } catch {
      // The server is away, or has lost the reader: it is looked for again.
    } finally {
      clearInterval(watch);
    }
    if (!ended.signal.aborted) await delay(1_000, { signal });
    const isCancelled = await infoOf(fleet, outcomes) === undefined;
    if (isCancelled) throw new TemporaryError("Cannot follow the fleet: the job was cancelled");
    if (ended.signal.aborted) {
      throw new TemporaryError(
        `Cannot follow the fleet: the outcomes of ${open.size} tasks are lost`,
      );
    }
  }
}

/** Ends a job that is done. One that others have handed more tasks to goes on. */
export async function leaveJob(fleet: FleetConnection, job: Job): Promise<void> {
  if (await stateOf(fleet, job) === "done") await endJob(fleet, job);
}

/**
 * - `open`: tasks may still be handed over, or have no outcome.
 * - `done`: every task that was ever handed over has an outcome, or is too old to have one.
 * - `half`: somebody has died while ending it.
 */
async function stateOf(
  fleet: FleetConnection,
  { id }: Job,
): Promise<"open" | "done" | "half" | undefined> {
  const { tasks, outcomes } = namesOf(id);
  const [handed, ended] = [await infoOf(fleet, tasks), await infoOf(fleet, outcomes)];
  if (handed === undefined) return undefined;
  if (ended === undefined) return "half";
  const { last_seq, messages } = handed.state;
  if (last_seq === 0) return "open";
  return messages === 0 || ended.state.last_seq >= last_seq ? "done" : "open";
}

/** Whether no worker has anything of a job to do, or will have. */
async function isOver(fleet: FleetConnection, { id }: Job): Promise<boolean> {
  try {
    const { state } = await fleet.manager.streams.info(namesOf(id).tasks);
    return state.messages === 0;
  } catch (error) {
    return isGone(error);
  }
}

async function infoOf(fleet: FleetConnection, stream: string): Promise<StreamInfo | undefined> {
  try {
    return await fleet.insist(({ streams }) => streams.info(stream));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** The messages until the signal aborts; whoever leaves early ends them. */
async function* untilAborted<T>(
  messages: AsyncIterable<T> & { close(): Promise<unknown> },
  signal: AbortSignal,
): AsyncGenerator<T> {
  const stop = () => messages.close().catch(() => {});
  signal.addEventListener("abort", stop);
  try {
    yield* messages;
  } finally {
    signal.removeEventListener("abort", stop);
    await messages.close();
  }
}

const nanos = (ms: number) => ms * 1_000_000;
