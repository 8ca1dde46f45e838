/**
 * Lets a fleet do fewer tasks at once while the source throttles, and more again afterwards.
 *
 * The limit and a count of its changes stand in the configuration of the job's consumer. Whoever sees
 * a count that it has not seen takes the change for one of this moment, by its own clock: those of
 * other machines may be wrong.
 *
 * @module
 */

import { Semaphore } from "../concurrency/semaphore.ts";
import type { ConsumerConfig } from "../deps/nats.ts";
import type { FleetConnection } from "./connection.ts";
import { CONSUMER, type Job, namesOf } from "./protocol.ts";

/** Workers that are throttled in the same moment count as one. */
const ONCE_IN_MS = 2_000;
/** How long nothing may be throttled before the limit rises by one. */
const CALM_MS = 30_000;

/** A job's limit, as this worker has last seen it. */
interface Seen {
  readonly limit: number;
  readonly changes: number;
  /** When this worker has first seen that count of changes, or was throttled last. */
  readonly atMs: number;
}

/** Changes the limit of jobs, which all workers share. */
export class Pacer {
  readonly #fleet: FleetConnection;
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen>();
  readonly #oneByOne = new Semaphore(1);

  /** @param now Milliseconds of a clock that is never set. */
  constructor(fleet: FleetConnection, now: () => number = () => performance.now()) {
    this.#fleet = fleet;
    this.#now = now;
  }

  /** Notes how a job's consumer is configured; whether somebody has changed its limit. */
  saw({ id, atOnce }: Job, { max_ack_pending, description }: Partial<ConsumerConfig>): boolean {
    const limit = max_ack_pending ?? atOnce;
    const changes = Number(description ?? 0) || 0;
    const before = this.#seen.get(id) ?? { changes: 0, atMs: -Infinity };
    const isChanged = changes !== before.changes;
    this.#seen.set(id, { limit, changes, atMs: isChanged ? this.#now() : before.atMs });
    return isChanged;
  }

  /** Halves the limit, unless some worker has just done so. */
  async throttled(job: Job): Promise<void> {
    await this.#oneByOne.run(async () => {
      if (await this.#isChanged(job) || this.#calmMs(job) < ONCE_IN_MS) return;
      const { limit } = this.#seen.get(job.id)!;
      await this.#set(job, Math.max(1, Math.floor(limit / 2)));
    });
  }

  /** Raises the limit by one when all was calm for a while. */
  async succeeded(job: Job): Promise<void> {
    const { limit = job.atOnce } = this.#seen.get(job.id) ?? {};
    if (limit >= job.atOnce) return;
    await this.#oneByOne.run(async () => {
      if (this.#calmMs(job) < CALM_MS || await this.#isChanged(job)) return;
      await this.#set(job, limit + 1);
    });
  }

  /** For how long nothing was changed, as far as this worker knows. */
  #calmMs({ id }: Job): number {
    return this.#now() - (this.#seen.get(id)?.atMs ?? -Infinity);
  }

  async #isChanged(job: Job): Promise<boolean> {
    const { config } = await this.#fleet.manager.consumers.info(namesOf(job.id).tasks, CONSUMER);
    return this.saw(job, config);
  }

  /** Two workers that do so in one moment have seen the same, and do the same. */
  async #set(job: Job, limit: number): Promise<void> {
    const changes = this.#seen.get(job.id)!.changes + 1;
    const change = { max_ack_pending: limit, description: String(changes) };
    this.saw(job, change);
    await this.#fleet.manager.consumers.update(namesOf(job.id).tasks, CONSUMER, change);
  }
}
