/**
 * Fits the number of running tasks to what the server bears and the machine makes use of.
 *
 * One controller for a fixed limit and for a sought one. Whenever the server asks for fewer
 * requests, the semaphore's limit is cut and comes back on CUBIC's curve (`recovery.ts`), at
 * most up to the highest. Where the highest is above the limit to begin with, the limit is
 * also moved by throughput (`probe.ts`), round by round (`round.ts`), unless a cut is being
 * recovered from. So a run has a start phase, which ends with the first doubling that does
 * not pay or the first throttled request.
 *
 * @module
 */

import { ThroughputProbe } from "./throughput_probe.ts";
import { Recovery, type Refused } from "./recovery.ts";
import { Sample } from "./sample.ts";
import type { Semaphore } from "./semaphore.ts";

/** Adjusts the limit of a semaphore. Its clock is what it is told, in milliseconds. */
export class Pace {
  readonly #semaphore: Pick<Semaphore, "limit" | "running">;
  readonly #highest: number;
  readonly #probe: ThroughputProbe | undefined;
  #recovery: Recovery | undefined;
  #sample: Sample | undefined;

  /**
   * @param semaphore Its limit is the one to begin with, and the lowest but for throttling.
   * @param highest The highest limit. @default {the limit to begin with}
   */
  constructor(
    semaphore: Pick<Semaphore, "limit" | "running">,
    highest: number = semaphore.limit,
  ) {
    this.#semaphore = semaphore;
    this.#highest = highest;
    const lowest = semaphore.limit;
    if (highest > lowest) this.#probe = new ThroughputProbe({ lowest, highest });
  }

  /** The server asked for fewer requests. */
  throttled(refused: Refused): void {
    const { limit, running } = this.#semaphore;
    if (!this.#recovery?.covers(refused)) {
      // More run than are allowed, since the last cut or since some have come back from
      // aside: that says nothing of the new limit.
      if (this.#recovery && running > limit) return;
      this.#recovery = new Recovery({ limit, running }, refused);
    }
    this.#semaphore.limit = Math.min(limit, this.#recovery!.lowest);
  }

  /** A request went well at once. */
  succeeded(nowMs: number): void {
    if (this.#recovery) return this.#recover(this.#recovery, nowMs);
    if (this.#probe) this.#measure(this.#probe, nowMs);
  }

  /** A step on the curve, but no more than one task for each that has gone well. */
  #recover(recovery: Recovery, nowMs: number): void {
    const { limit } = this.#semaphore;
    const goal = Math.min(this.#highest, recovery.limitAt(nowMs));
    if (goal > limit) this.#semaphore.limit = limit + 1;
    const isOver = limit >= this.#highest || this.#probe && limit >= recovery.forgottenAt;
    if (!isOver) return;
    this.#recovery = undefined;
    this.#probe?.hold();
    this.#begin({ settle: 0, nowMs });
  }

  #measure(probe: ThroughputProbe, nowMs: number): void {
    this.#sample ??= this.#begin({ settle: 1, nowMs });
    const rate = this.#sample.finish(nowMs);
    if (rate === undefined) return;
    const { limit } = this.#semaphore;
    const next = probe.next({ limit, rate });
    this.#semaphore.limit = next;
    this.#begin({ settle: next === limit ? 0 : limit, nowMs });
  }

  #begin(options: { settle: number; nowMs: number }): Sample {
    return this.#sample = new Sample({ ...options, size: this.#semaphore.limit });
  }
}
