/**
 * Lets at most N tasks run that hold at most B bytes; N can change while they run. A task may
 * step aside for work that is not what N is there to limit.
 *
 * Strictly in the order in which they came: while a large task waits for bytes, no smaller
 * one overtakes it, so that none starves.
 *
 * @module
 */

/** How one task waits for its turn. */
export interface TurnOptions {
  /** An abort while waiting rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes that the task holds while it runs. @default {0} */
  readonly bytes?: number | undefined;
}

/** A task's turn, which lasts until it is disposed of. */
export interface Turn extends Disposable {
  /**
   * Does a part of the task's work with the place lent to the next one, while no more than N
   * tasks do. The place is taken back without waiting, the bytes are held all the time.
   */
  readonly aside: <T>(work: () => Promise<T>) => Promise<T>;
}

/** A task that waits. */
interface Waiter {
  readonly bytes: number;
  readonly admit: () => void;
}

/** A counting semaphore, by tasks and by bytes. */
export class Semaphore {
  #limit: number;
  readonly #maxBytes: number;
  #running = 0;
  #aside = 0;
  #bytes = 0;
  #waiting: Waiter[] = [];

  /**
   * @param maxBytes What running tasks may hold together.
   * @throws {RangeError} when the limit is not a whole number of at least 1.
   */
  constructor(limit: number, maxBytes: number = Infinity) {
    this.#limit = checkedLimit(limit);
    this.#maxBytes = maxBytes;
  }

  /** How many tasks may run at once. Lowering it lets running tasks finish. */
  get limit(): number {
    return this.#limit;
  }

  set limit(limit: number) {
    this.#limit = checkedLimit(limit);
    this.#admit();
  }

  /** How many tasks run now, without those that have stepped aside. */
  get running(): number {
    return this.#running;
  }

  /** How many bytes they hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Runs the task when its turn has come and returns its result. An abort while waiting
   * rejects with the signal's reason and the task never starts; a task that has started is
   * not interrupted here.
   */
  async run<T>(task: (turn: Turn) => Promise<T>, options: TurnOptions = {}): Promise<T> {
    using turn = await this.turn(options);
    return await task(turn);
  }

  /**
   * Waits for a turn. One that holds more bytes than all may has its turn alone. An abort
   * while waiting rejects with the signal's reason.
   */
  async turn({ signal, bytes = 0 }: TurnOptions = {}): Promise<Turn> {
    signal?.throwIfAborted();
    const turn = Promise.withResolvers<void>();
    const waiter = { bytes, admit: turn.resolve };
    const giveUp = () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      turn.reject(signal?.reason);
      this.#admit();
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#waiting.push(waiter);
    this.#admit();
    await turn.promise.finally(() => signal?.removeEventListener("abort", giveUp));
    return {
      aside: (work) => this.#stepAside(work),
      [Symbol.dispose]: () => this.#leave(bytes),
    };
  }

  #leave(bytes: number): void {
    this.#running--;
    this.#bytes -= bytes;
    this.#admit();
  }

  async #stepAside<T>(work: () => Promise<T>): Promise<T> {
    if (this.#aside >= this.#limit) return await work();
    this.#aside++;
    this.#running--;
    this.#admit();
    try {
      return await work();
    } finally {
      this.#aside--;
      this.#running++;
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#running++;
      this.#bytes += next.bytes;
      next.admit();
    }
  }

  #fits({ bytes }: Waiter): boolean {
    if (this.#running + this.#aside === 0) return true;
    return this.#running < this.#limit && this.#bytes + bytes <= this.#maxBytes;
  }
}

function checkedLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new RangeError(
    `Cannot limit to ${limit} tasks: want a whole number of at least 1`,
  );
}
