/**
 * Measures throughput over rounds of work: long enough for every place to be used once.
 *
 * @module
 */

/** Shorter rounds would measure the pauses of the machine. */
const SHORTEST_MS = 100;

/** What a round is made of. */
export interface RoundOptions {
  /** Tasks that end first and do not count, because they began under another limit. */
  readonly settle: number;
  /** Tasks that count, at the least. */
  readonly size: number;
  readonly nowMs: number;
}

/** One round; a new one is made for the next. */
export class Sample {
  readonly #size: number;
  #settle: number;
  #sinceMs: number;
  #finished = 0;

  constructor({ settle, size, nowMs }: RoundOptions) {
    this.#settle = settle;
    this.#size = size;
    this.#sinceMs = nowMs;
  }

  /** A task ended: the tasks a millisecond, when the round is complete with it. */
  finish(nowMs: number): number | undefined {
    if (this.#settle > 0) {
      this.#settle--;
      this.#sinceMs = nowMs;
      return undefined;
    }
    this.#finished++;
    const elapsedMs = nowMs - this.#sinceMs;
    const isComplete = this.#finished >= this.#size && elapsedMs >= SHORTEST_MS;
    return isComplete ? this.#finished / elapsedMs : undefined;
  }
}
