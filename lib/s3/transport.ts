/**
 * Sends requests, each attempt signed afresh, until one is accepted or none can be.
 *
 * @module
 */

import { delay } from "../deps/deno_std.ts";
import { isLastingDefect, S3Error } from "../errors.ts";
import type { Bandwidth } from "../http/bandwidth.ts";
import { backoffMs, MAX_ATTEMPTS } from "../http/backoff.ts";
import { Connections } from "../http/connections.ts";
import { Gate } from "../http/gate.ts";
import { DEFAULT_LIMITS, type TimeLimits } from "../http/deadline.ts";
import { type Answer, exchange, type HttpRequest } from "../http/exchange.ts";
import type { Credentials } from "./credentials.ts";
import { answerError } from "./failure.ts";
import { classify, isUnanswered, RetryQuota } from "./retry.ts";
import { signableOf, Signer } from "./sign.ts";

export type { Answer } from "../http/exchange.ts";

/** A request to be signed and sent. */
export interface TransportRequest extends HttpRequest {
  /** The key of the object; none for a listing. */
  readonly key: string | undefined;
}

/** A failed attempt that another one follows. */
export interface Retry {
  /** The key, or the prefix of a listing. */
  readonly key: string;
  /** The attempt that failed; the first is 1. */
  readonly attempt: number;
  /** Why it failed. */
  readonly error: Error;
  /** How long the next attempt waits. */
  readonly delayMs: number;
  /** Whether the server asks to slow down. */
  readonly throttled: boolean;
}

/** How requests are sent. */
export interface TransportOptions {
  /** Where every request goes. */
  readonly server: URL;
  readonly credentials: Credentials;
  readonly region: string;
  /** Requests that run at once: so many connections are kept. */
  readonly concurrency: number;
  /** @default {globalThis.fetch, over HTTP/1.1 connections that the transport owns} */
  readonly fetch?: typeof fetch | undefined;
  /** Numbers from 0 up to 1, for the jitter. @default {Math.random} */
  readonly random?: (() => number) | undefined;
  /** Where the numbers for slow servers differ. */
  readonly limits?: Partial<TimeLimits> | undefined;
  /** Is told of a failed attempt that another one follows. */
  readonly onRetry?: ((retry: Retry) => void) | undefined;
  /**
   * Is told of an answer that asks to slow down, whether or not another attempt follows, and
   * how many milliseconds after its request it came.
   */
  readonly onThrottled?: ((elapsedMs: number) => void) | undefined;
  /** Bounds how fast answers are read, with all others that share it. */
  readonly bandwidth?: Bandwidth | undefined;
  /** Is told of the bytes of each chunk of an answer's body. */
  readonly onBytes?: ((count: number) => void) | undefined;
  /**
   * Is told of a request that succeeded at its first attempt, and how many milliseconds that
   * took.
   */
  readonly onSuccess?: ((elapsedMs: number) => void) | undefined;
  /** Is told that a connection has failed, and that the server answers others all the same. */
  readonly onOthersAnswered?: (() => void) | undefined;
  /** Is told when no connection succeeds any more, and when one does again. */
  readonly onAway?: ((isAway: boolean) => void) | undefined;
  /** An object that the server should be able to send, to ask for when nothing was sent yet. */
  readonly landmark?: (() => URL | undefined) | undefined;
}

/** Sends requests over connections that it owns until it is closed. */
export class Transport implements Disposable {
  readonly #options: TransportOptions;
  readonly #limits: TimeLimits;
  readonly #signer: Signer;
  readonly #connections: Connections;
  readonly #quota = new RetryQuota();
  readonly #gate: Gate;
  /** What was answered last: an object, and a listing. */
  readonly #known: { object?: URL; listing?: URL } = {};
  #requests = 0;
  #closed = false;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#signer = new Signer(options.credentials, options.region);
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
  async send<T>(
    request: TransportRequest,
    consume: (answer: Answer) => T | Promise<T>,
  ): Promise<T> {
    const { signal } = request;
    const signable = signableOf(request);
    let last: Retry | undefined;
    for (let attempt = 1;; attempt++) {
      await this.#gate.pass(signal);
      signal?.throwIfAborted();
      const signed = await this.#signer.sign(signable);
      const sentMs = performance.now();
      try {
        const fresh = last?.throttled === false;
        const context = { attempt, authentication: signed.headers, fresh };
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
        last = this.#plan(request, attempt, error, signed.offsetMs);
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
    request: TransportRequest,
    { error, sentMs }: { error: unknown; sentMs: number },
  ): Promise<boolean> {
    if (!isUnanswered(error)) {
      this.#answered(request);
      return false;
    }
    const blame = await this.#gate.blame(sentMs, request.signal);
    if (blame === "request") this.#options.onOthersAnswered?.();
    return blame === "outage";
  }

  #answered({ key, url }: TransportRequest): void {
    this.#gate.answered();
    this.#known[key === undefined ? "listing" : "object"] = url;
  }

  /** Asks for a byte of something that the server has answered before, or lists. */
  async #ask(signal: AbortSignal): Promise<boolean> {
    const object = this.#known.object ?? this.#options.landmark?.();
    const url = object ?? this.#known.listing;
    if (url === undefined || this.#closed) return false;
    const { headers } = await this.#signer.sign({ url });
    const request = {
      ...{ url, key: undefined, subject: "", action: "Cannot reach the bucket" },
      ...{ headers: { range: "bytes=0-0" }, headOnly: true, maxBytes: 0, signal },
      statuses: [200, 206],
    };
    try {
      await this.#exchange(request, { attempt: 1, authentication: headers, fresh: true });
    } catch (error) {
      if (signal.aborted || isUnanswered(error)) return true;
    }
    if (object !== undefined) this.#known.object = object;
    this.#gate.answered();
    return true;
  }

  #exchange(
    request: TransportRequest,
    context: { attempt: number; authentication: Headers; fresh: boolean },
  ): Promise<Answer> {
    if (this.#closed) throw new TypeError("Cannot send: the client is closed");
    const { fresh, ...rest } = context;
    const { key, action } = request;
    const { credentials, fetch, onBytes, bandwidth } = this.#options;
    this.#requests++;
    return exchange(request, {
      ...rest,
      refuse: (response, body) => answerError({ response, body, key, action, credentials }),
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
    { subject: key }: TransportRequest,
    attempt: number,
    error: unknown,
    offsetMs: number,
  ): Retry | undefined {
    if (!(error instanceof Error)) return undefined;
    // Of several servers one may have another certificate; before any has answered, all have.
    if (isLastingDefect(error) && !this.#gate.hasAnswered) return undefined;
    const answer = error instanceof S3Error ? error : undefined;
    const kind = classify(error);
    const isHopeful = kind === "retry" || kind === "throttle" ||
      kind === "skew" && this.#signer.learn(offsetMs, answer?.serverTimeMs);
    if (!isHopeful) return undefined;
    const { random = Math.random } = this.#options;
    const pace = kind === "throttle" ? kind : "retry";
    const delayMs = backoffMs(attempt, pace, random, answer?.retryAfterMs);
    return { key, attempt, error, delayMs, throttled: kind === "throttle" };
  }
}
