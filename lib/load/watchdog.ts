/**
 * Ends a run in which nothing moves any more.
 *
 * @module
 */

import { TemporaryError } from "../errors.ts";

/** What tells the time, and calls again and again until it is disposed of. */
export interface Clock {
  now(): number;
  every(ms: number, run: () => void): Disposable;
}

const CLOCK: Clock = {
  now: () => performance.now(),
  every(ms, run) {
    const timer = setInterval(run, ms);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};

/** Aborts its signal when it was not fed for a while. */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #timer: Disposable;
  #fedAtMs: number;
  #pauses = 0;

  /** @param patienceMs how long nothing may move. */
  constructor(patienceMs: number, clock = CLOCK) {
    this.#clock = clock;
    this.#fedAtMs = clock.now();
    this.#timer = clock.every(Math.min(1_000, patienceMs), () => {
      if (this.#pauses > 0 || clock.now() - this.#fedAtMs < patienceMs) return;
      const seconds = Math.round(patienceMs / 1000);
      const message = `Cannot go on: nothing has arrived for ${seconds} seconds`;
      this.#controller.abort(new TemporaryError(message));
    });
  }

  /** Aborts with a {@linkcode TemporaryError}. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something moved. */
  keepAlive(): void {
    this.#fedAtMs = this.#clock.now();
  }

  /** Takes the time as fed until the pause is disposed of. */
  pause(): Disposable {
    this.#pauses++;
    const resume = () => {
      this.#pauses--;
      this.keepAlive();
    };
    return { [Symbol.dispose]: resume };
  }

  [Symbol.dispose]() {
    this.#timer[Symbol.dispose]();
  }
}
