/**
 * Fits the number of running tasks to what the server bears.
 *
 * Additive increase, multiplicative decrease: a throttled request halves the semaphore's
 * limit, at most once in two seconds, since the requests under way then were all sent at
 * the old pace; twenty requests in a row without one let one more run, up to the limit
 * that was asked for.
 *
 * @module
 */

import type { Semaphore } from "./semaphore.ts";

const HALVE_EVERY_MS = 2_000;
const RAISE_AFTER = 20;

/** Adjusts the limit of a semaphore. */
export class Pace {
  readonly #semaphore: Semaphore;
  readonly #highest: number;
  #halvedAtMs = -Infinity;
  #clean = 0;

  /** The semaphore's limit now is the highest that it will have. */
  constructor(semaphore: Semaphore) {
    this.#semaphore = semaphore;
    this.#highest = semaphore.limit;
  }

  /** The server asked for fewer requests. */
  throttled(nowMs: number): void {
    this.#clean = 0;
    if (nowMs - this.#halvedAtMs < HALVE_EVERY_MS) return;
    this.#halvedAtMs = nowMs;
    this.#semaphore.limit = Math.max(1, this.#semaphore.limit >> 1);
  }

  /** A request went well at once. */
  succeeded(): void {
    if (++this.#clean < RAISE_AFTER) return;
    this.#clean = 0;
    if (this.#semaphore.limit < this.#highest) this.#semaphore.limit++;
  }
}
