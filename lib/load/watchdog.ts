/**
 * Ends a run in which nothing moves any more.
 *
 * @module
 */

import { TemporaryError } from "../errors.ts";

/** Aborts its signal when it was not fed for a while. */
export class Watchdog implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: ReturnType<typeof setInterval>;
  #fedAtMs = performance.now();
  #pauses = 0;

  /** @param patienceMs how long nothing may move. */
  constructor(patienceMs: number) {
    this.#timer = setInterval(() => {
      if (this.#pauses > 0 || performance.now() - this.#fedAtMs < patienceMs) return;
      const seconds = Math.round(patienceMs / 1000);
      const message = `Cannot go on: nothing has arrived for ${seconds} seconds`;
      this.#controller.abort(new TemporaryError(message));
    }, Math.min(1_000, patienceMs));
  }

  /** Aborts with a {@linkcode TemporaryError}. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something moved. */
  keepAlive(): void {
    this.#fedAtMs = performance.now();
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
    clearInterval(this.#timer);
  }
}
