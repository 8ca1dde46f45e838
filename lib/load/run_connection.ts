/**
 * The connection to the bucket for the time of one command: the client, how many requests it may
 * make at once, and the deadline that ends a command in which nothing moves.
 *
 * @module
 */

import { abortable } from "../concurrency/abortable.ts";
import { Pace } from "../concurrency/pace.ts";
import { Semaphore } from "../concurrency/semaphore.ts";
import { DAY_MS } from "../dated_object.ts";
import { ConfigurationError, TemporaryError } from "../errors.ts";
import type { ProgressEvent } from "../progress.ts";
import { S3Client } from "../s3/client.ts";
import type { Credentials } from "../s3/credentials.ts";
import { initialConcurrency, MAX_CONCURRENCY, type Settings } from "../settings.ts";

const AWAY = "No connection succeeds any more; the run waits until the server is back";

/** What a connection is for. */
export interface ConnectionOptions {
  /** Whether this machine's clock says which days are asked for. @default {without a last date} */
  readonly endsToday: boolean;
}

/** The bucket, or offline nobody. */
export class Connection implements Disposable {
  /** `undefined` offline. */
  readonly client: S3Client | undefined;
  readonly semaphore: Semaphore;
  /** Aborts when the caller's signal does, or when nothing moves any more. */
  readonly signal: AbortSignal;
  /** When the server went away last. */
  #awayMs = 0;
  /** How long the fastest request took so far. */
  #fastestMs = Infinity;
  readonly #watchdog: Watchdog;
  readonly #reporter: (event: ProgressEvent) => void;

  private constructor(settings: Settings, options: ConnectionOptions, keys?: Credentials) {
    this.semaphore = new Semaphore(initialConcurrency(settings), settings.maxMemoryBytes);
    this.client = keys && this.#connect(settings, options, keys);
    this.#watchdog = new Watchdog(settings.patienceMs);
    this.signal = AbortSignal.any([settings.signal, this.#watchdog.signal]);
    this.#reporter = settings.reporter;
  }

  /**
   * Finds the keys and makes the client, unless offline.
   *
   * @throws {ConfigurationError} when there are no credentials, or the endpoint is unusable.
   */
  static async open(
    settings: Settings,
    options: ConnectionOptions = { endsToday: settings.to === undefined },
  ): Promise<Connection> {
    const keys = settings.offline ? undefined : await findKeys(settings);
    return new Connection(settings, options, keys);
  }

  /** Reports that something moved. */
  readonly report = (event: ProgressEvent): void => {
    if (event.type === "bytes" || event.type === "file") this.#watchdog.keepAlive();
    this.#reporter(event);
  };

  /** Nothing moves here, but the run is at no standstill: it waits for another one. */
  keepAlive(): void {
    this.#watchdog.keepAlive();
  }

  /** Waits for a person or for work on this machine, which may take any time. */
  async whileWaiting<T>(answer: () => Promise<T>): Promise<T> {
    using _pause = this.#watchdog.pause();
    this.signal.throwIfAborted();
    return await abortable(answer(), this.signal);
  }

  /** Milliseconds that a small request takes, as far as any was made. */
  get latencyMs(): number | undefined {
    return this.#fastestMs === Infinity ? undefined : this.#fastestMs;
  }

  [Symbol.dispose]() {
    this.#watchdog[Symbol.dispose]();
    this.client?.close();
  }

  #connect(
    settings: Settings,
    { endsToday }: ConnectionOptions,
    credentials: Credentials,
  ): S3Client {
    const concurrency = settings.concurrency === "auto" ? MAX_CONCURRENCY : settings.concurrency;
    const pace = new Pace(this.semaphore, concurrency);
    return new S3Client({
      ...settings,
      // A file comes on the day after its own: a clock may be off as far without hiding one.
      mostClockOffsetMs: endsToday ? DAY_MS : undefined,
      credentials,
      concurrency,
      onBytes: (count) => this.report({ type: "bytes", count }),
      onOthersAnswered: () => this.#watchdog.keepAlive(),
      onAway: (isAway) =>
        this.report({ type: "notice", message: isAway ? this.#away() : this.#back() }),
      onSuccess: (elapsedMs) => {
        this.#fastestMs = Math.min(this.#fastestMs, elapsedMs);
        pace.succeeded(performance.now());
      },
      onThrottled: (elapsedMs) => {
        const nowMs = performance.now();
        pace.throttled({ sentMs: nowMs - elapsedMs, nowMs });
      },
      onRetry: ({ subject: key, attempt, error, delayMs }) =>
        this.report({ type: "retry", key, attempt, cause: error.message, delayMs }),
    });
  }

  #away(): string {
    this.#awayMs = performance.now();
    return AWAY;
  }

  #back(): string {
    const seconds = Math.max(1, Math.round((performance.now() - this.#awayMs) / 1000));
    return `The server is back after ${seconds} s; the run goes on`;
  }
}

/** A connection that is opened once, when it is first needed. */
export class LazyConnection implements AsyncDisposable {
  readonly #settings: Settings;
  #opened: Promise<Connection> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** @throws as {@linkcode Connection.open} does. */
  get(): Promise<Connection> {
    return this.#opened ??= Connection.open(this.#settings);
  }

  /** Works on this machine, which may take any time. */
  async whileWorking<T>(work: () => Promise<T>): Promise<T> {
    return await (await this.#opened)?.whileWaiting(work) ?? await work();
  }

  async [Symbol.asyncDispose]() {
    (await this.#opened?.catch(() => undefined))?.[Symbol.dispose]();
  }
}

/** @throws {ConfigurationError} when there are none, and what looks for them throws. */
export async function findKeys(
  { credentials }: Pick<Settings, "credentials">,
): Promise<Credentials> {
  const found = typeof credentials === "function" ? await credentials() : credentials;
  if (found) return found;
  throw new ConfigurationError("Cannot ask the bucket: no credentials are given");
}

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
