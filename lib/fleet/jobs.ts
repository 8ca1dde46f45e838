/**
 * The jobs of a fleet: what its server knows of them, and how they are ended or paced.
 *
 * @module
 */

import type { StreamInfo } from "../deps/nats.ts";
import { type FleetConnection, isGone } from "./connection.ts";
import { CONSUMER, describeJob, type Job, jobOf, namesOf } from "./protocol.ts";

/** How far a job has come. */
export interface JobStatus extends Job {
  /** Tasks that wait for a worker. */
  readonly waiting: number;
  /** Tasks that workers have. */
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  /** How many tasks may run at once now: less than `atOnce` while the source throttles. */
  readonly limit: number;
  /** Workers that wait for a task at this moment. */
  readonly idle: number;
}

/** Every job that is not ended, by title. */
export async function listJobs(fleet: FleetConnection): Promise<Job[]> {
  const infos = await fleet.insist(({ streams }) =>
    Array.fromAsync(streams.list("flatfetch.tasks.*"))
  );
  return infos.map(({ config }) => jobOf(config.name, config.description))
    .filter((job) => job !== undefined)
    .sort((a, b) => a.title < b.title ? -1 : 1);
}

/** What the server knows of a job; `undefined` when it is ended. */
export async function statusOf(fleet: FleetConnection, job: Job): Promise<JobStatus | undefined> {
  const { tasks, outcomes, outcomeSubject, outcomeSubjects } = namesOf(job.id);
  try {
    const info = await fleet.insist(({ consumers }) => consumers.info(tasks, CONSUMER));
    const ended = await fleet.insist(({ streams }) =>
      streams.info(outcomes, { subjects_filter: outcomeSubjects })
    );
    return {
      ...job,
      waiting: info.num_pending,
      running: info.num_ack_pending,
      done: countOf(ended, outcomeSubject("done")),
      failed: countOf(ended, outcomeSubject("failed")),
      limit: info.config.max_ack_pending ?? job.atOnce,
      idle: info.num_waiting,
    };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function countOf({ state }: StreamInfo, subject: string): number {
  return state.subjects?.[subject] ?? 0;
}

/** Ends a job: workers drop what they have of it, and nothing of it is left at the server. */
export async function endJob(fleet: FleetConnection, { id }: Pick<Job, "id">): Promise<void> {
  const { tasks, outcomes } = namesOf(id);
  // In this order, so that no outcome of an ended job is ever found by the next one.
  for (const stream of [outcomes, tasks]) {
    try {
      await fleet.insist(({ streams }) => streams.delete(stream));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

/** Sets how many tasks of a job may be worked on at once, while they are. */
export async function setAtOnce(fleet: FleetConnection, job: Job, atOnce: number): Promise<void> {
  const { tasks } = namesOf(job.id);
  const description = describeJob({ ...job, atOnce });
  await fleet.insist(async ({ streams, consumers }) => {
    await streams.update(tasks, { description });
    await consumers.update(tasks, CONSUMER, { max_ack_pending: atOnce });
  });
}
