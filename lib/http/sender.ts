/**
 * Sends requests to one server until an answer is accepted or none can be: the one loop of
 * attempts. What differs between the bucket and the REST API is a {@linkcode Protocol}.
 *
 * @module
 */

import { delay } from "../deps/std_async.ts";
import { isLastingDefect } from "../errors.ts";
import { backoffMs, MAX_ATTEMPTS, RetryQuota } from "./backoff.ts";
import { Connections } from "./connections.ts";
import { DEFAULT_LIMITS, type TimeLimits } from "./deadline.ts";
import type { Bandwidth } from "./bandwidth.ts";
import { type Answer, exchange, FIRST_BYTE, type HttpRequest } from "./exchange.ts";
import { Gate } from "./gate.ts";

/** What makes a request authentic. */
export interface Authentication {
  readonly headers: Headers;
  /** How far the clock by which they were made is from this machine's. */
  readonly offsetMs: number;
}

/** When to try again. */
export interface RetryPlan {
  /** Whether the server wants fewer requests. */
  readonly pace: "retry" | "throttle";
  /** What the server asks to wait, in milliseconds. */
  readonly hintMs?: number | undefined;
}

/** What a server's answers mean, and how it knows who asks. */
export interface Protocol {
  /** Made afresh for every attempt. */
  readonly authenticate: (request: HttpRequest) => Authentication | Promise<Authentication>;
  /** The error for an answer of another status than those asked for, with what of its body could be read. */
  readonly refuse: (request: HttpRequest, response: Response, body: Uint8Array | string) => Error;
  /** What to do about an error of an attempt; `undefined` when no other one can succeed. */
  readonly plan: (error: Error, authentication: Authentication) => RetryPlan | undefined;
  /** Whether no answer of the server itself has come, though one in between may have spoken. */
  readonly isUnanswered: (error: unknown) => boolean;
}

/** A failed attempt that another one follows. */
export interface Retry {
  /** What was asked for: a key, the prefix of a listing, or a path of the REST API. */
  readonly subject: string;
  /** The attempt that failed; the first is 1. */
  readonly attempt: number;
  /** Why it failed. */
  readonly error: Error;
  /** How long the next attempt waits. */
  readonly delayMs: number;
  /** Whether the server asks to slow down. */
  readonly throttled: boolean;
}

/** How requests are sent, and what is reported. */
export interface SendOptions {
  /** What sends a request. @default {globalThis.fetch, over HTTP/1.1 connections of its own} */
  readonly fetch?: typeof fetch | undefined;
  /** Numbers from 0 up to 1, for the jitter. @default {Math.random} */
  readonly random?: (() => number) | undefined;
  /** Where the limits for slow servers differ from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<TimeLimits> | undefined;
  /** Is called with a failed attempt that another one follows. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /**
   * Is called with an answer that asks to slow down, whether or not another attempt follows, and
   * how many milliseconds after its request it came.
   */
  readonly onThrottled?: ((elapsedMs: number) => void) | undefined;
  /** Bounds how fast answers are read, with all others that share it. */
  readonly bandwidth?: Bandwidth | undefined;
  /** Is called with the bytes of each chunk of an answer's body. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /**
   * Is called with a request that succeeded at its first attempt, and how many milliseconds that
   * took.
   */
  readonly onSuccess?: ((elapsedMs: number) => void) | undefined;
  /** Is called when a connection has failed, and that the server answers others all the same. */
  readonly onOthersAnswered?: (() => void) | undefined;
  /**
   * Is called when no connection succeeds any more, and when one does again. Meanwhile requests
   * wait, at most two minutes, and none of their attempts counts.
   */
  readonly onAway?: ((isAway: boolean) => void) | undefined;
}

/** Which server, and how it is talked to. */
export interface SenderOptions extends SendOptions {
  /** Where every request goes. */
  readonly server: URL;
  readonly protocol: Protocol;
  /** Requests that run at once: so many connections are kept. */
  readonly concurrency: number;
  /** An object that the server should be able to send, to ask for before it has answered any. */
  readonly landmark?: (() => URL | undefined) | undefined;
}

/** Sends requests over connections that it owns until it is closed. */
export class Sender implements Disposable {
  readonly #options: SenderOptions;
  readonly #limits: TimeLimits;
  readonly #connections: Connections;
  readonly #quota = new RetryQuota();
  readonly #gate: Gate;
  /** What was answered last: an object, and anything else. */
  readonly #known: { object?: URL; other?: URL } = {};
  #requests = 0;
  #closed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#connections = new Connections(options.server, options.concurrency);
    const { random = Math.random, onAway } = options;
    this.#gate = new Gate({ random, onAway, ask: (signal) => this.#ask(signal) });
  }

  /** Attempts made so far. */
  get requests(): number {
    return this.#requests;
  }

  /** Whether the server has answered anything so far. */
  get hasAnswered(): boolean {
    return this.#gate.hasAnswered;
  }

  /**
   * Sends until `consume` accepts an answer; what it throws fails that attempt, and may
   * so lead to another one. An abort rejects with the signal's reason.
   *
   * @throws what the last attempt has thrown.
   */
  async send<T>(request: HttpRequest, consume: (answer: Answer) => T | Promise<T>): Promise<T> {
    const { signal } = request;
    let last: Retry | undefined;
    for (let attempt = 1;; attempt++) {
      await this.#gate.pass(signal);
      signal?.throwIfAborted();
      const authentication = await this.#options.protocol.authenticate(request);
      const sentMs = performance.now();
      try {
        const fresh = last?.throttled === false;
        const context = { attempt, authentication, fresh };
        const result = await consume(await this.#exchange(request, context));
        this.#quota.giveBack(attempt - 1);
        this.#answered(request);
        if (attempt === 1) this.#options.onSuccess?.(performance.now() - sentMs);
        return result;
      } catch (error) {
        signal?.throwIfAborted();
        if (await this.#isOutage(request, { error, sentMs })) {
          // What it has spent already was for the same outage.
          this.#quota.giveBack(attempt - 1);
          attempt = 0;
          continue;
        }
        last = this.#plan(request, { attempt, error, authentication });
        if (last?.throttled) this.#options.onThrottled?.(performance.now() - sentMs);
        if (last === undefined || attempt === MAX_ATTEMPTS) throw error;
        const isPaid = this.#quota.take();
        if (isPaid) this.#options.onRetry?.(last);
        // Without a token the wait is kept all the same: failing at once would spur the caller
        // to its next request while the server wants fewer.
        await delay(last.delayMs, signal ? { signal } : {});
        if (!isPaid) throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#gate[Symbol.dispose]();
    this.#connections[Symbol.dispose]();
  }

  /** Whether an attempt failed because the server was away; then it is back by now. */
  async #isOutage(
    request: HttpRequest,
    { error, sentMs }: { error: unknown; sentMs: number },
  ): Promise<boolean> {
    if (!this.#options.protocol.isUnanswered(error)) {
      this.#answered(request);
      return false;
    }
    const blame = await this.#gate.blame(sentMs, request.signal);
    if (blame === "request") this.#options.onOthersAnswered?.();
    return blame === "outage";
  }

  #answered({ key, url }: HttpRequest): void {
    this.#gate.answered();
    this.#known[key === undefined ? "other" : "object"] = url;
  }

  /**
   * Asks for a byte of what the server has answered before, else of what it should be able to send.
   * What is answered once is asked for again: of others, many may be never answered.
   */
  async #ask(signal: AbortSignal): Promise<boolean> {
    const { landmark, protocol } = this.#options;
    const object = this.#known.object ?? landmark?.();
    const url = object ?? this.#known.other;
    if (url === undefined || this.#closed) return false;
    const request = { ...FIRST_BYTE, url, subject: "", action: "", signal };
    try {
      const authentication = await protocol.authenticate(request);
      await this.#exchange(request, { attempt: 1, authentication, fresh: true });
    } catch (error) {
      if (signal.aborted || protocol.isUnanswered(error)) return true;
    }
    if (object !== undefined) this.#known.object = object;
    this.#gate.answered();
    return true;
  }

  #exchange(
    request: HttpRequest,
    context: { attempt: number; authentication: Authentication; fresh: boolean },
  ): Promise<Answer> {
    if (this.#closed) throw new TypeError("Cannot send: the client is closed");
    const { fetch, onBytes, bandwidth, protocol } = this.#options;
    const { attempt, authentication, fresh } = context;
    this.#requests++;
    return exchange(request, {
      attempt,
      authentication: authentication.headers,
      refuse: (response, body) => protocol.refuse(request, response, body),
      limits: this.#limits,
      bandwidth,
      onBytes: (count) => {
        this.#gate.answered();
        onBytes?.(count);
      },
      // deno-lint-ignore require-await
      fetch: async (url, init) =>
        fetch ? fetch(url, init) : this.#connections.fetch(url, { ...init, fresh }),
    });
  }

  /** The next attempt, or `undefined` when none can succeed. */
  #plan(
    { subject }: HttpRequest,
    failed: { attempt: number; error: unknown; authentication: Authentication },
  ): Retry | undefined {
    const { attempt, error, authentication } = failed;
    if (!(error instanceof Error)) return undefined;
    // Of several servers one may have another certificate; before any has answered, all have.
    if (isLastingDefect(error) && !this.#gate.hasAnswered) return undefined;
    const { protocol, random = Math.random } = this.#options;
    const plan = protocol.plan(error, authentication);
    if (plan === undefined) return undefined;
    const delayMs = backoffMs(attempt, plan.pace, random, plan.hintMs);
    return { subject, attempt, error, delayMs, throttled: plan.pace === "throttle" };
  }
}
