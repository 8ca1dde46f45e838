/**
 * Lets at most N tasks run; N can change while they run.
 *
 * @module
 */

/** A counting semaphore; waiters are served in the order in which they came. */
export class Semaphore {
  #limit: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @throws {RangeError} when the limit is not a whole number of at least 1. */
  constructor(limit: number) {
    this.#limit = checkedLimit(limit);
  }

  /** How many tasks may run at once. Lowering it lets running tasks finish. */
  get limit(): number {
    return this.#limit;
  }

  set limit(limit: number) {
    this.#limit = checkedLimit(limit);
    this.#admit();
  }

  /** How many tasks run now. */
  get running(): number {
    return this.#running;
  }

  /**
   * Runs the task when its turn has come and returns its result. An abort while
   * waiting rejects with the signal's reason and the task never starts; a task that
   * has started is not interrupted here.
   */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.#enter(signal);
    try {
      return await task();
    } finally {
      this.#running--;
      this.#admit();
    }
  }

  #enter(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(admit), 1);
        reject(signal?.reason);
      };
      const admit = () => {
        signal?.removeEventListener("abort", leave);
        this.#running++;
        resolve();
      };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(admit);
      this.#admit();
    });
  }

  #admit() {
    while (this.#running < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next();
    }
  }
}

function checkedLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new RangeError(
    `Cannot limit to ${limit} tasks: want a whole number of at least 1`,
  );
}
