/**
 * What machines of a fleet say to each other, over NATS JetStream.
 *
 * ## Streams of a job
 *
 *     FLATFETCH_TASKS_<job>      flatfetch.tasks.<job>                work queue: what is to be done
 *     FLATFETCH_OUTCOMES_<job>   flatfetch.outcomes.<job>.done        limits: how each task ended
 *                                flatfetch.outcomes.<job>.failed
 *
 * `<job>` is 16 hexadecimal digits, the hash of what is to be done where, so that whoever asks for
 * the same finds the job that is under way. The description of the task stream is the JSON of a
 * {@linkcode Job}. The durable consumer `workers` of the task stream hands each task to one worker.
 *
 * ## Messages
 *
 * JSON in UTF-8. A task is `{"version":1,"key":…,"bytes":…,"work":{…}}`; its message ID is the hash of
 * that text, so that publishing it twice is one. An outcome is `{"version":1,"id":…,"status":…,…}`
 * as {@linkcode Outcome} has it, where `id` is the task's message ID. No secret is in a message:
 * each worker has keys of its own.
 *
 * ## States of a task, and who changes them
 *
 *     published ── coordinator
 *       └▶ handed to a worker, who says that it is working every 20 seconds
 *            ├▶ done: the worker publishes the outcome, then acknowledges the task
 *            ├▶ tried again: given back with a delay, or nothing said for 60 seconds
 *            └▶ failed: the worker publishes the outcome, then ends the task (`term`)
 *
 * A task is failed when no try can do better, or when it cannot be done by the worker that has it
 * for the fifth time or later. One that is throttled by the source, or whose workers end or say no
 * more, is handed out up to twenty times. The server's own `max_deliver` has no limit: a message
 * beyond it would stay in the stream unseen.
 *
 * ## States of a job, and who changes them
 *
 *     open ── a coordinator makes it, and hands tasks over; any number of them may do so and follow it
 *       ├▶ done: each task has an outcome. A coordinator that has all of its own removes the streams;
 *       │  of a job that nobody follows they stay, and the next one who asks for the same begins anew
 *       └▶ cancelled: anybody removes the streams. Workers drop what they have of it
 *
 * A worker takes tasks only of jobs that want what it has: the bucket of the flat files, the version
 * of the format. One that can do no task, since its keys are refused or its disk is full, gives
 * back what it has and ends.
 *
 * The truth about what is done is the target. A coordinator lists it before the tasks are published
 * and after they have ended; a worker that finds a task done says so. So streams that are lost cost
 * work that is done twice, and no result.
 *
 * At most `atOnce` tasks are handed out over all workers: the server keeps that as
 * `max_ack_pending` of the consumer, which any machine may change while they work. A worker that is
 * throttled halves it, at most once in two seconds for the whole fleet; any worker takes it up again
 * by one after half a minute without. The consumer's description counts these changes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { isObject } from "../given.ts";

/** What is to be done for one object. */
export interface FleetTask {
  /** The key of the flat file, for people. */
  readonly key: string;
  /** Bytes of it. */
  readonly bytes: number;
  /** All that a worker has to know. */
  readonly work: Readonly<Record<string, unknown>>;
}

/** How a task ended. */
export interface Outcome {
  /** The task's message ID. */
  readonly id: string;
  readonly key: string;
  readonly status: "done" | "failed";
  /** Bytes of the flat file. */
  readonly bytes: number;
  /** What was written; 0 where it failed, or was there already. */
  readonly rows: number;
  /** Whether the target had it already. */
  readonly wasThere?: boolean | undefined;
  /** Flat files that the worker had in its cache. */
  readonly fromCache?: number | undefined;
  /** Bytes of the others; a worker of an older version does not say. */
  readonly bytesDownloaded?: number | undefined;
  /** Why it failed. */
  readonly reason?: string | undefined;
  /** Whether a later run may do better. */
  readonly isTemporary?: boolean | undefined;
  /** The worker's name: host and process. */
  readonly worker: string;
}

/** What a job is. */
export interface Job {
  readonly id: string;
  /** What is done where, for people. */
  readonly title: string;
  /** What a worker has to have for it, by name. */
  readonly wants: Readonly<Record<string, string>>;
  /** Tasks that may be worked on at once, over all workers. */
  readonly atOnce: number;
}

/** How often a task is tried. */
export const MAX_TRIES = 5;
/** How often a task is handed out, however it comes back. */
export const MAX_HANDED_OUT = 20;
/** How long a worker may say nothing of a task; it says so three times as often. */
export const ACK_WAIT_MS = 60_000;
/** How long streams of a job are kept that nobody ends. */
export const KEEP_MS = 7 * 24 * 3_600_000;

export const CONSUMER = "workers";
const TASKS = "FLATFETCH_TASKS_";
const VERSION = 1;
/** Characters; the server takes a description of 4 KiB, and JSON has at most six bytes for each. */
const MAX_TITLE = 400;

/** The names of a job's streams and subjects. */
export function namesOf(job: string) {
  return {
    tasks: `${TASKS}${job}`,
    outcomes: `FLATFETCH_OUTCOMES_${job}`,
    taskSubject: `flatfetch.tasks.${job}`,
    outcomeSubject: (status: Outcome["status"]) => `flatfetch.outcomes.${job}.${status}`,
    outcomeSubjects: `flatfetch.outcomes.${job}.*`,
  };
}

/** The ID of a job of what is done where. */
export function jobId(what: unknown): string {
  return hashOf(JSON.stringify([VERSION, what])).slice(0, 16);
}

/** The job of a stream, or `undefined` when that is no task stream of this version. */
export function jobOf(stream: string, description: string | undefined): Job | undefined {
  const id = stream.startsWith(TASKS) ? stream.slice(TASKS.length) : "";
  const { version, title, wants, atOnce } = parse(description ?? "") ?? {};
  if (!/^[0-9a-f]{16}$/.test(id) || version !== VERSION) return undefined;
  if (typeof title !== "string" || !Number.isSafeInteger(atOnce)) return undefined;
  if (typeof wants !== "object" || wants === null) return undefined;
  return { id, title, wants: wants as Job["wants"], atOnce: atOnce as number };
}

/** The description of a job's task stream. */
export function describeJob({ title, wants, atOnce }: Job): string {
  return JSON.stringify({ version: VERSION, title: title.slice(0, MAX_TITLE), wants, atOnce });
}

/** A task's message and its ID. */
export function encodeTask({ key, bytes, work }: FleetTask): { id: string; text: string } {
  const text = JSON.stringify({ version: VERSION, key, bytes, work });
  return { id: hashOf(text), text };
}

/** @throws {SyntaxError} when it is no task of this version. */
export function decodeTask(text: string): FleetTask & { readonly id: string } {
  const { version, key, bytes, work } = parse(text) ?? {};
  const isTask = version === VERSION && typeof key === "string" && Number.isSafeInteger(bytes) &&
    isObject(work);
  if (!isTask) throw new SyntaxError("the message is no task that this version knows");
  return { id: hashOf(text), key, bytes: bytes as number, work: work as FleetTask["work"] };
}

/** An outcome's message. */
export function encodeOutcome(outcome: Outcome): string {
  return JSON.stringify({ version: VERSION, ...outcome });
}

/** The outcome in a message, or `undefined` when it is none of this version. */
export function decodeOutcome(text: string): Outcome | undefined {
  const value = parse(text);
  const { version, id, key, status, bytes, rows, worker } = value ?? {};
  const { reason, wasThere, isTemporary, fromCache, bytesDownloaded } = value ?? {};
  if (version !== VERSION || status !== "done" && status !== "failed") return undefined;
  const areTexts = [id, key, worker, reason ?? ""].every((field) => typeof field === "string");
  if (!areTexts || !Number.isSafeInteger(bytes) || !Number.isSafeInteger(rows)) return undefined;
  const facts = { id, key, status, bytes, rows, worker } as unknown as Outcome;
  const more = { wasThere: wasThere === true, isTemporary: isTemporary === true };
  const brought = {
    ...Number.isSafeInteger(fromCache) && { fromCache: fromCache as number },
    ...Number.isSafeInteger(bytesDownloaded) && { bytesDownloaded: bytesDownloaded as number },
  };
  return { ...facts, ...more, ...brought, reason: reason as string | undefined };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
