/**
 * The queues that a worker takes tasks from: those of all jobs that it can do.
 *
 * @module
 */

import type { Consumer, JsMsg } from "../deps/nats.ts";
import { type FleetConnection, isGone } from "./connection.ts";
import { listJobs } from "./jobs.ts";
import type { Pacer } from "./pacer.ts";
import { CONSUMER, type Job, namesOf } from "./protocol.ts";

/** How long one look for a task waits: whoever is told to end has to have looked by then. */
const LOOK_MS = 1_000;
/** How old the list of jobs may be. */
const JOBS_MS = 5_000;

/** Which jobs a worker can do. */
export interface QueuesOptions {
  /** What it has of what jobs want; it leaves those alone that want something else. @default {nothing} */
  readonly has?: Job["wants"];
  /** Called once with each job that it leaves alone. */
  readonly onLeftAlone?: (job: Job) => void;
}

/** The task queue of a job. */
interface Queue {
  readonly job: Job;
  readonly consumer: Consumer;
  readonly ackWaitMs: number;
}

/** A task that was handed to this worker. */
export interface Handed extends Queue {
  readonly message: JsMsg;
}

/** The task queues of all jobs, looked at in turn. */
export class Queues {
  readonly #fleet: FleetConnection;
  readonly #pacer: Pacer;
  readonly #options: QueuesOptions;
  readonly #leftAlone = new Set<string>();
  #listed: Promise<readonly Queue[]> | undefined;
  #listedAtMs = -Infinity;
  #turn = 0;

  constructor(fleet: FleetConnection, pacer: Pacer, options: QueuesOptions) {
    this.#fleet = fleet;
    this.#pacer = pacer;
    this.#options = options;
  }

  /**
   * A task of the job whose turn it is, else of any other one, or `undefined` when there is none for
   * a while. Jobs of which nothing is left keep nobody from the others.
   */
  async next(): Promise<Handed | undefined> {
    try {
      const queues = await this.#list();
      const turn = this.#turn++ % queues.length;
      const inTurn = [...queues.slice(turn), ...queues.slice(0, turn)];
      const queue = await firstWithTask(inTurn);
      const message = await queue?.consumer.next({ expires: LOOK_MS });
      return queue && message ? { ...queue, message } : undefined;
    } catch (error) {
      this.#listedAtMs = -Infinity;
      throw error;
    }
  }

  async #list(): Promise<readonly Queue[]> {
    const nowMs = performance.now();
    if (nowMs - this.#listedAtMs > JOBS_MS) {
      this.#listedAtMs = nowMs;
      this.#listed = this.#look();
    }
    const listed = await this.#listed!;
    if (listed.length === 0) this.#listedAtMs = -Infinity;
    return listed;
  }

  async #look() {
    const { client } = this.#fleet;
    const found: Queue[] = [];
    for (const job of await listJobs(this.#fleet)) {
      if (!this.#canDo(job)) continue;
      try {
        const consumer = await client.consumers.get(namesOf(job.id).tasks, CONSUMER);
        const { config } = await consumer.info(true);
        this.#pacer.saw(job, config);
        found.push({ job, consumer, ackWaitMs: (config.ack_wait ?? 0) / 1e6 });
      } catch (error) {
        // The job is about to be there, or was just ended.
        if (!isGone(error)) throw error;
      }
    }
    return found;
  }

  #canDo(job: Job): boolean {
    const { has = {}, onLeftAlone = () => {} } = this.#options;
    const canDo = Object.entries(job.wants).every(([name, wanted]) => has[name] === wanted);
    if (!canDo && !this.#leftAlone.has(job.id)) onLeftAlone(job);
    if (!canDo) this.#leftAlone.add(job.id);
    return canDo;
  }
}

/** The first queue that would hand out a task now, else the first one. */
async function firstWithTask(queues: readonly Queue[]): Promise<Queue | undefined> {
  for (const queue of queues.length > 1 ? queues : []) {
    const { num_pending, num_ack_pending, config } = await queue.consumer.info();
    if (num_pending > 0 && num_ack_pending < (config.max_ack_pending ?? Infinity)) return queue;
  }
  return queues[0];
}
