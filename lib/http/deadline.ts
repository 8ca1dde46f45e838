/**
 * Ends an attempt that is too slow: before the answer's head, between two chunks of the
 * body, over a window of time, or as a whole.
 *
 * @module
 */

import { delay } from "../deps/std_async.ts";
import { NetworkError } from "../errors.ts";
import { type Kind, number, object } from "../given.ts";

/** How slow an attempt may be. */
export interface TimeLimits {
  /** Until the answer's head, on the first attempt. @default {10,000} */
  readonly firstHeadersMs: number;
  /** Until the answer's head, on the later attempts. @default {20,000} */
  readonly headersMs: number;
  /** Without a byte of the body. @default {20,000} */
  readonly idleMs: number;
  /** Over how long `minBytesPerSecond` must be reached. @default {30,000} */
  readonly windowMs: number;
  /** The least speed over a window. @default {1,024} */
  readonly minBytesPerSecond: number;
  /** The whole attempt, however small the object. @default {60,000} */
  readonly attemptMs: number;
  /** At this speed a large object may go beyond `attemptMs`. @default {32,768} */
  readonly attemptBytesPerSecond: number;
}

/** The limits that hold where none are given. */
export const DEFAULT_LIMITS: TimeLimits = {
  firstHeadersMs: 10_000,
  headersMs: 20_000,
  idleMs: 20_000,
  windowMs: 30_000,
  minBytesPerSecond: 1_024,
  attemptMs: 60_000,
  attemptBytesPerSecond: 32_768,
};

/** What the limits that are given may be. */
export const LIMITS: Kind = object(
  Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, number([0])])),
);

/** What an attempt's deadline is made of. */
export interface DeadlineOptions {
  readonly limits: TimeLimits;
  /** The attempt; the first is 1. */
  readonly attempt: number;
  /** What an error's message begins with, such as `Cannot download "a/b"`. */
  readonly action: string;
  /** Bytes that are expected, where it is known. */
  readonly size?: number | undefined;
  /** Bytes that are sent before an answer can come. @default {0} */
  readonly uploadSize?: number | undefined;
  /** What each limit is multiplied by. @default {1} */
  readonly patience?: number | undefined;
  /** Ends the attempt for the caller's own reason. */
  readonly signal?: AbortSignal | undefined;
}

type Timer = ReturnType<typeof setTimeout>;

/**
 * The running limits of one attempt, from its making to its disposal. Its signal aborts
 * with a `NetworkError`, or with the reason of the caller's signal.
 *
 * `AbortSignal.any()` would keep each attempt in memory for as long as the caller's signal
 * lives; here nothing is left on it after the disposal.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #limits: TimeLimits;
  readonly #action: string;
  readonly #caller: AbortSignal | undefined;
  readonly #relay = () => this.#end(this.#caller?.reason);
  #whole: Timer;
  #waiting: Timer;
  #window: Timer | undefined;
  #windowBytes = 0;
  /** What this side has waited, which is not the server's: in the window, and of the whole. */
  #windowSleptMs = 0;
  #sleptMs = 0;
  #phase: "headers" | "body" = "headers";

  constructor(options: DeadlineOptions) {
    const { attempt, action, size = 0, uploadSize = 0, patience = 1, signal } = options;
    const limits = this.#limits = relaxed(options.limits, patience);
    this.#action = action;
    const headersMs = attempt === 1 ? limits.firstHeadersMs : limits.headersMs;
    const uploadMs = uploadSize / limits.attemptBytesPerSecond * 1_000;
    this.#waiting = this.#after(headersMs + uploadMs, "no answer");
    this.#whole = this.#armWhole(size + uploadSize);
    this.#caller = signal;
    signal?.addEventListener("abort", this.#relay);
    if (signal?.aborted) this.#relay();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The head is here: from now on the body's limits hold. */
  enterBody(size: number | undefined): void {
    this.#phase = "body";
    clearTimeout(this.#whole);
    this.#whole = this.#armWhole(size);
    this.#awaitChunk();
    const { windowMs } = this.#limits;
    this.#window = setInterval(() => this.#checkWindow(), windowMs);
  }

  /** A chunk of the body is here. */
  received(count: number): void {
    this.#windowBytes += count;
    this.#awaitChunk();
  }

  /** Waits for a reason of this side's own, and prolongs the limits by that. */
  async sleep(ms: number): Promise<void> {
    clearTimeout(this.#waiting);
    this.#sleptMs += ms;
    this.#windowSleptMs += ms;
    await delay(ms, { signal: this.signal });
    this.#awaitChunk();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#waiting);
    clearTimeout(this.#whole);
    clearInterval(this.#window);
    this.#caller?.removeEventListener("abort", this.#relay);
  }

  #armWhole(size = 0): Timer {
    const { attemptMs, attemptBytesPerSecond } = this.#limits;
    const ms = Math.max(attemptMs, size / attemptBytesPerSecond * 1_000);
    return setTimeout(() => this.#endWhole(ms), ms);
  }

  #endWhole(ms: number): void {
    const sleptMs = this.#sleptMs;
    if (sleptMs === 0) return this.#expire("not complete", ms);
    this.#sleptMs = 0;
    this.#whole = setTimeout(() => this.#endWhole(ms + sleptMs), sleptMs);
  }

  #awaitChunk(): void {
    clearTimeout(this.#waiting);
    this.#waiting = this.#after(this.#limits.idleMs, "no byte");
  }

  #checkWindow(): void {
    const { windowMs, minBytesPerSecond } = this.#limits;
    // Where this side has waited for most of it, the window says nothing of the server.
    const isServers = this.#windowSleptMs < windowMs / 2;
    if (isServers && this.#windowBytes < windowMs / 1_000 * minBytesPerSecond) {
      this.#expire(`only ${this.#windowBytes} bytes`, windowMs);
    }
    this.#windowBytes = 0;
    this.#windowSleptMs = Math.max(0, this.#windowSleptMs - windowMs);
  }

  #after(ms: number, what: string): Timer {
    return setTimeout(() => this.#expire(what, ms), ms);
  }

  #expire(what: string, ms: number): void {
    const message = `${this.#action}: ${what} in ${Math.round(ms)} ms`;
    const facts = { phase: this.#phase, timedOut: true };
    this.#end(new NetworkError(message, facts));
  }

  #end(reason: unknown): void {
    this[Symbol.dispose]();
    this.#controller.abort(reason);
  }
}

function relaxed(limits: TimeLimits, patience: number): TimeLimits {
  if (patience === 1) return limits;
  return {
    firstHeadersMs: limits.firstHeadersMs * patience,
    headersMs: limits.headersMs * patience,
    idleMs: limits.idleMs * patience,
    windowMs: limits.windowMs * patience,
    minBytesPerSecond: limits.minBytesPerSecond / patience,
    attemptMs: limits.attemptMs * patience,
    attemptBytesPerSecond: limits.attemptBytesPerSecond / patience,
  };
}
