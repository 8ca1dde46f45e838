/**
 * Hands the tasks of a job to a fleet, and follows how they end.
 *
 * @module
 */

import { Semaphore } from "../concurrency/semaphore.ts";
import { delay } from "../deps/deno_std.ts";
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
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
/** How long a task's ID is remembered, so that publishing it again is nothing. */
const REMEMBER_MS = 24 * 3_600_000;

/** What is published. */
export interface PublishOptions {
  readonly tasks: Iterable<FleetTask>;
  readonly signal: AbortSignal;
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
  { tasks, signal, ackWaitMs = ACK_WAIT_MS }: PublishOptions,
): Promise<Set<string>> {
  await openJob(fleet, job, ackWaitMs);
  const { taskSubject } = namesOf(job.id);
  const ids = new Set<string>();
  const publishing = new Semaphore(PUBLISHED_AT_ONCE);
  const publish = async (task: FleetTask) => {
    const { id, text } = encodeTask(task);
    ids.add(id);
    await fleet.publish(taskSubject, text, { id, signal });
  };
  await publishing.runEach(tasks, publish, { signal });
  return ids;
}

async function openJob(fleet: FleetConnection, job: Job, ackWaitMs: number): Promise<void> {
  const { manager } = fleet;
  const { tasks, outcomes, taskSubject, outcomeSubjects } = namesOf(job.id);
  const there = await manager.streams.info(tasks).catch((error) => {
    if (!isGone(error)) throw error;
  });
  if (there !== undefined && there.state.messages > 0) {
    return await setAtOnce(fleet, job, job.atOnce);
  }
  await endJob(fleet, job);
  const kept = {
    max_age: nanos(KEEP_MS),
    storage: StorageType.File,
    duplicate_window: nanos(REMEMBER_MS),
  };
  await manager.streams.add({
    name: outcomes,
    subjects: [outcomeSubjects],
    retention: RetentionPolicy.Limits,
    ...kept,
  });
  await manager.streams.add({
    name: tasks,
    subjects: [taskSubject],
    retention: RetentionPolicy.Workqueue,
    discard: DiscardPolicy.New,
    description: describeJob(job),
    ...kept,
  });
  await manager.consumers.add(tasks, {
    durable_name: CONSUMER,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: job.atOnce,
    max_deliver: -1,
  });
}

/**
 * The outcome of each task, once, as they come, until all of them have one. Outcomes of tasks that
 * are not among the IDs are left out.
 *
 * @throws {TemporaryError} when the job was ended by somebody else.
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
    try {
      const consumer = await fleet.client.consumers.get(outcomes, {
        deliver_policy: DeliverPolicy.All,
      });
      for await (
        const message of untilAborted(
          await consumer.consume({ abort_on_missing_resource: true }),
          signal,
        )
      ) {
        const outcome = decodeOutcome(message.string());
        if (outcome === undefined || !open.delete(outcome.id)) continue;
        yield outcome;
        if (open.size === 0) return;
      }
    } catch {
      // The server is away, or has lost the reader: it is looked for again.
    }
    await delay(1_000, { signal });
    if (await isEnded(fleet, job)) {
      throw new TemporaryError("Cannot follow the fleet: the job was cancelled");
    }
  }
}

async function isEnded({ manager }: FleetConnection, { id }: Job): Promise<boolean> {
  try {
    await manager.streams.info(namesOf(id).outcomes);
    return false;
  } catch (error) {
    return isGone(error);
  }
}

/** The messages until the signal aborts; whoever leaves early ends them. */
async function* untilAborted<T>(
  messages: AsyncIterable<T> & { close(): Promise<unknown> },
  signal: AbortSignal,
): AsyncGenerator<T> {
  const stop = () => void messages.close();
  signal.addEventListener("abort", stop);
  try {
    yield* messages;
  } finally {
    signal.removeEventListener("abort", stop);
    await messages.close();
  }
}

const nanos = (ms: number) => ms * 1_000_000;
