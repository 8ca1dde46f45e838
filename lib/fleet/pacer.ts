/**
 * Lets a fleet do fewer tasks at once while the source throttles, and more again afterwards.
 *
 * @module
 */

import type { FleetConnection } from "./connection.ts";
import { CONSUMER, type Job, namesOf } from "./protocol.ts";

/** Workers that are throttled in the same moment count as one. */
const ONCE_IN_MS = 2_000;
/** How long nothing may be throttled before the limit rises by one. */
const CALM_MS = 30_000;

/** Changes the limit of jobs, which all workers share. */
export class Pacer {
  readonly #fleet: FleetConnection;
  readonly #now: () => number;
  /** By job: when this worker last knew of throttling, or raised the limit. */
  readonly #changedAtMs = new Map<string, number>();

  /** @param now Milliseconds since the epoch. */
  constructor(fleet: FleetConnection, now: () => number = Date.now) {
    this.#fleet = fleet;
    this.#now = now;
  }

  /** Whether the limit of a job is lowered, as far as this worker knows. */
  isThrottled({ id }: Job): boolean {
    return this.#changedAtMs.has(id);
  }

  /** Halves the limit, unless some worker has just done so. */
  async throttled(job: Job): Promise<void> {
    const nowMs = this.#now();
    this.#changedAtMs.set(job.id, nowMs);
    const { limit, changedAtMs } = await this.#limitOf(job);
    if (nowMs - changedAtMs < ONCE_IN_MS) return;
    await this.#setLimit(job, Math.max(1, Math.floor(limit / 2)), nowMs);
  }

  /** Raises the limit by one when all was calm for a while. */
  async succeeded(job: Job): Promise<void> {
    const nowMs = this.#now();
    const mineMs = this.#changedAtMs.get(job.id);
    if (mineMs === undefined || nowMs - mineMs < CALM_MS) return;
    this.#changedAtMs.set(job.id, nowMs);
    const { limit, changedAtMs } = await this.#limitOf(job);
    if (limit >= job.atOnce) return void this.#changedAtMs.delete(job.id);
    if (nowMs - changedAtMs >= CALM_MS) await this.#setLimit(job, limit + 1, nowMs);
  }

  async #limitOf(job: Job): Promise<{ limit: number; changedAtMs: number }> {
    const { config } = await this.#fleet.manager.consumers.info(namesOf(job.id).tasks, CONSUMER);
    return {
      limit: config.max_ack_pending ?? job.atOnce,
      changedAtMs: Number(config.description ?? 0) || 0,
    };
  }

  async #setLimit(job: Job, limit: number, nowMs: number): Promise<void> {
    await this.#fleet.manager.consumers.update(namesOf(job.id).tasks, CONSUMER, {
      max_ack_pending: limit,
      description: String(nowMs),
    });
  }
}
