/**
 * Fits the number of running tasks to what the server bears and the machine makes use of.
 *
 * A refused request shows how many the server bore: the limit falls to nine tenths of that, by
 * half at most, comes back to it task by task, stays there for long, and then goes on beyond.
 *
 * Where the limit may be higher than the one to begin with, throughput moves it while nothing is
 * refused. It is doubled for as long as throughput grows by the root of 2 at least: twice would
 * mean that each further task works like those before it, once that it only waits. Then a quarter
 * more and a fifth less are tried in turn. More is kept, and doubled, by the same measure; less is
 * kept, and lessened again, as long as it costs a twentieth at most.
 *
 * @module
 */

import type { Semaphore } from "./semaphore.ts";

/** Tasks that end before something is tried again. */
const BETWEEN_TRIALS = 200;
const AFTER_REFUSAL = 800;
/** Less would measure the pauses of the machine. */
const SHORTEST_SAMPLE_MS = 100;
/** The least growth of throughput, as a power of the limit's, for which more is kept. */
const MORE_PAYS = 0.5;
/** The least part of the throughput for which less is kept. */
const LESS_LEAVES = 0.95;
/** A pipe that is only just full runs empty at times. */
const HEADROOM = 1.25;
/** What is left of what the server bore, right after it refused more. */
const CUT = 0.9;
/** So far beyond what the server bore, it bears more by now. */
const IS_OVER = 1.25;

/** A request that the server refused. */
export interface Refused {
  readonly sentMs: number;
  readonly nowMs: number;
}

/** Tasks that end under one limit. */
interface Sample {
  /** Those that end first do not count, because they began under another limit. */
  settle: number;
  finished: number;
  sinceMs: number;
  readonly size: number;
}

/** What the server bore when it last refused more. */
interface Borne {
  /** Requests under way at one moment say no more than that moment, so the limit stays above. */
  readonly half: number;
  limit: number;
  sinceMs: number;
}

/** Adjusts the limit of a semaphore. Its clock is what it is told, in milliseconds. */
export class Pace {
  readonly #semaphore: Pick<Semaphore, "limit" | "running">;
  readonly #lowest: number;
  readonly #highest: number;
  #sample: Sample | undefined;
  #borne: Borne | undefined;
  /** What the trial under way is compared with; throughput in tasks a millisecond. */
  #before: { readonly limit: number; readonly rate: number } | undefined;
  #isUpwards = true;
  #growth = 2;

  /**
   * @param semaphore Its limit is the one to begin with, and the lowest but for throttling.
   * @param highest The highest limit. @default {the limit to begin with}
   */
  constructor(semaphore: Pick<Semaphore, "limit" | "running">, highest: number = semaphore.limit) {
    this.#semaphore = semaphore;
    this.#lowest = semaphore.limit;
    this.#highest = highest;
  }

  /** The server asked for fewer requests. */
  throttled({ sentMs, nowMs }: Refused): void {
    const { limit, running } = this.#semaphore;
    if (this.#borne === undefined || sentMs > this.#borne.sinceMs) {
      // More run than are allowed, since the last cut or since some have come back from
      // aside: that says nothing of the new limit.
      if (this.#borne !== undefined && running > limit) return;
      const half = Math.max(1, Math.floor(limit / 2));
      this.#borne = { half, limit: Math.min(limit, running), sinceMs: nowMs };
      this.#before = undefined;
    }
    this.#borne.limit--;
    this.#borne.sinceMs = nowMs;
    const left = Math.max(this.#borne.half, Math.floor(CUT * this.#borne.limit));
    this.#semaphore.limit = Math.min(limit, left);
    this.#begin({ nowMs });
  }

  /** A request went well at once. */
  succeeded(nowMs: number): void {
    if (this.#borne === undefined && this.#lowest === this.#highest) return;
    this.#sample ??= this.#begin({ settle: 1, nowMs });
    const rate = finish(this.#sample, nowMs);
    if (rate === undefined) return;
    if (this.#borne !== undefined) this.#comeBack(this.#borne, nowMs);
    else this.#move(rate, nowMs);
  }

  #comeBack(borne: Borne, nowMs: number): void {
    const { limit } = this.#semaphore;
    const isOver = this.#lowest < this.#highest &&
      limit >= IS_OVER * Math.max(borne.half, borne.limit);
    if (isOver || limit >= this.#highest) {
      this.#borne = undefined;
      this.#begin({ tasks: BETWEEN_TRIALS, nowMs });
    } else {
      this.#semaphore.limit = limit + 1;
      this.#begin({ tasks: limit + 1 === borne.limit ? AFTER_REFUSAL : 0, nowMs });
    }
  }

  /** Judges the trial under way, if there is one, and begins the next one or to wait for it. */
  #move(rate: number, nowMs: number): void {
    const { limit } = this.#semaphore;
    const before = this.#before ?? { limit, rate };
    const ratio = rate / before.rate;
    const isPaid = limit > before.limit
      ? ratio >= (limit / before.limit) ** MORE_PAYS
      : ratio >= LESS_LEAVES;
    if (this.#before !== undefined) this.#growth = isPaid && this.#isUpwards ? 2 : 1.25;
    const next = isPaid ? this.#beyond(limit) : this.#backTo(before.limit * Math.max(1, ratio));
    const isTrial = isPaid && next !== limit;
    if (isTrial) {
      // Each step down is compared with the throughput before the first one.
      this.#before = { limit, rate: this.#isUpwards ? rate : before.rate };
    } else {
      this.#before = undefined;
      this.#isUpwards = !this.#isUpwards;
    }
    this.#semaphore.limit = next;
    this.#begin({ settle: next === limit ? 0 : limit, tasks: isTrial ? 0 : BETWEEN_TRIALS, nowMs });
  }

  #beyond(limit: number): number {
    return this.#isUpwards
      ? Math.min(this.#highest, Math.ceil(this.#growth * limit))
      : Math.min(limit, Math.max(this.#lowest, Math.floor(limit / HEADROOM)));
  }

  /** By Little's law so many tasks, at the pace of the lower limit, make up the throughput seen. */
  #backTo(full: number): number {
    const { limit } = this.#semaphore;
    return this.#isUpwards ? Math.min(limit, Math.ceil(HEADROOM * full)) : full;
  }

  #begin({ settle = 0, tasks = 0, nowMs }: { settle?: number; tasks?: number; nowMs: number }) {
    const size = Math.max(tasks, this.#semaphore.limit);
    return this.#sample = { settle, finished: 0, sinceMs: nowMs, size };
  }
}

/** Counts a task that ended: the tasks a millisecond, when the sample is complete with it. */
function finish(sample: Sample, nowMs: number): number | undefined {
  if (sample.settle > 0) {
    sample.settle--;
    sample.sinceMs = nowMs;
    return undefined;
  }
  sample.finished++;
  const elapsedMs = nowMs - sample.sinceMs;
  const isComplete = sample.finished >= sample.size && elapsedMs >= SHORTEST_SAMPLE_MS;
  return isComplete ? sample.finished / elapsedMs : undefined;
}
