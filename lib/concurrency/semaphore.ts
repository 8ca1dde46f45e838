/**
 * Lets at most N tasks run that hold at most B bytes; N can change while they run. A task may
 * release their permits for work that is not what N is there to limit.
 *
 * Strictly in the order in which they came: while a large task waits for bytes, no smaller
 * one overtakes it, so that none starves.
 *
 * @module
 */

/** How one task waits for its permit. */
export interface TurnOptions {
  /** An abort while waiting rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes that the task holds while it runs. @default {0} */
  readonly bytes?: number | undefined;
}

/** A task's permit, which lasts until it is disposed of. */
export interface Permit extends Disposable {
  /**
   * Does a part of the task's work with the place lent to the next one, while no more than N
   * tasks do; the bytes are held all the time. When it is done the place is taken back without
   * waiting; when it fails, and is perhaps to be done again, only when one is free.
   */
  readonly runOutsideLimit: <T>(work: () => Promise<T>) => Promise<T>;
}

/** How the tasks of a list wait for their permits. */
export interface TurnsOptions<T> {
  /** An abort while any waits rejects with its reason, once those that run have ended. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes that a task holds while it runs. @default {none} */
  readonly bytesOf?: ((task: T) => number) | undefined;
}

/** A task that waits, or a list of them. */
interface Waiter {
  /** Of the first. */
  bytes: number;
  /** Whether it has released its permit, and holds its bytes already. */
  readonly isBack?: boolean;
  /** Gives the first its permit; whether others wait behind it. */
  readonly admit: (permit: Permit) => boolean;
}

/** A counting semaphore, by tasks and by bytes. */
export class Semaphore {
  #limit: number;
  readonly #maxBytes: number;
  #running = 0;
  #outside = 0;
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

  /** How many tasks run now, without those that have released their permits. */
  get running(): number {
    return this.#running;
  }

  /** How many bytes they hold. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Runs the task when its permit has come and returns its result. One that holds more bytes than
   * all may runs alone. An abort while waiting rejects with the signal's reason and the task
   * never starts; a task that has started is not interrupted here.
   */
  async run<T>(
    task: (permit: Permit) => Promise<T>,
    { signal, bytes = 0 }: TurnOptions = {},
  ): Promise<T> {
    const given = Promise.withResolvers<Permit>();
    using permit = await this.#wait(waiterFor(given.resolve, bytes), given, signal);
    return await task(permit);
  }

  /**
   * Runs the work for each task when its permit has come, in their order; resolves when all have
   * ended. Nothing more starts once one has failed: it rejects with what the first to fail has
   * thrown, when those that run have ended.
   *
   * A task that waits is no promise yet: thousands of old ones would keep what they have
   * fetched in memory until the collector comes to the old.
   */
  async runEach<T>(
    tasks: Iterable<T>,
    work: (task: T, permit: Permit) => Promise<void>,
    { signal, bytesOf = () => 0 }: TurnsOptions<T> = {},
  ): Promise<void> {
    const line = tasks[Symbol.iterator]();
    let first = line.next();
    if (first.done) return;
    const all = Promise.withResolvers<void>();
    const runs: Promise<void>[] = [];
    const failed = new AbortController();
    const workOrStop = async (task: T, permit: Permit) => {
      try {
        await work(task, permit);
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    };
    const waiter: Waiter = {
      bytes: bytesOf(first.value),
      admit: (permit) => {
        runs.push(runIn(permit, first.value, workOrStop));
        first = line.next();
        if (first.done) all.resolve();
        else waiter.bytes = bytesOf(first.value);
        return !first.done;
      },
    };
    try {
      await this.#wait(waiter, all, AbortSignal.any([failed.signal, ...signal ? [signal] : []]));
    } finally {
      await Promise.allSettled(runs);
    }
    await Promise.all(runs);
  }

  async #wait<T>(
    waiter: Waiter,
    { promise, reject }: PromiseWithResolvers<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    signal?.throwIfAborted();
    const giveUp = () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      reject(signal?.reason);
      this.#admit();
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#waiting.push(waiter);
    this.#admit();
    return await promise.finally(() => signal?.removeEventListener("abort", giveUp));
  }

  #leave(bytes: number): void {
    this.#running--;
    this.#bytes -= bytes;
    this.#admit();
  }

  async #runOutside<T>(work: () => Promise<T>): Promise<T> {
    if (this.#outside >= this.#limit) return await work();
    this.#outside++;
    this.#running--;
    this.#admit();
    try {
      const result = await work();
      this.#running++;
      return result;
    } catch (error) {
      await this.#comeBack();
      throw error;
    } finally {
      this.#outside--;
    }
  }

  /** Waits for a place before all others: they may wait for bytes that are held here. */
  async #comeBack(): Promise<void> {
    const given = Promise.withResolvers<Permit>();
    this.#waiting.unshift({ ...waiterFor(given.resolve), isBack: true });
    this.#admit();
    await given.promise;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next); next = this.#waiting[0]) {
      this.#running++;
      this.#bytes += next.bytes;
      if (!next.admit(this.#permitFor(next.bytes))) this.#waiting.shift();
    }
  }

  #permitFor(bytes: number): Permit {
    return {
      runOutsideLimit: (work) => this.#runOutside(work),
      [Symbol.dispose]: () => this.#leave(bytes),
    };
  }

  #fits({ bytes, isBack = false }: Waiter): boolean {
    if (this.#running + this.#outside === 0) return true;
    if (this.#running >= this.#limit) return false;
    return isBack || this.#bytes + bytes <= this.#maxBytes;
  }
}

/** A single task that waits. */
function waiterFor(take: (permit: Permit) => void, bytes = 0): Waiter {
  const admit = (permit: Permit) => {
    take(permit);
    return false;
  };
  return { bytes, admit };
}

/** Begins a moment later, so that no work runs while permits are given. */
async function runIn<T>(permit: Permit, task: T, work: (task: T, permit: Permit) => Promise<void>) {
  using own = permit;
  await Promise.resolve();
  await work(task, own);
}

function checkedLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new RangeError(
    `Cannot limit to ${limit} tasks: want a whole number of at least 1`,
  );
}
