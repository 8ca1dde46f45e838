/**
 * What a run holds while it works with the bucket: the client, the semaphore, the limits
 * that end it, and the counts of what came.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { ObjectStore } from "../cache/objects.ts";
import { type Download, download, type DownloadOptions } from "../bucket/download.ts";
import { abortable } from "../concurrency/abortable.ts";
import { ConfigurationError } from "../errors.ts";
import { tickersOf } from "../flatfile/extract.ts";
import { type Extraction, Extractor } from "../flatfile/extractor.ts";
import { readChecked } from "../bucket/integrity.ts";
import { fitOpenFiles } from "./open_files.ts";
import { Pace } from "../concurrency/pace.ts";
import { bytesToLoad, type DatedObject } from "../dated_object.ts";
import type { ProgressEvent } from "../progress.ts";
import { S3Client } from "../s3/client.ts";
import type { Credentials } from "../s3/credentials.ts";
import { type Permit, Semaphore } from "../concurrency/semaphore.ts";
import { DEFAULT_CONCURRENCY, MAX_CONCURRENCY, type Settings } from "../settings.ts";
import { Watchdog } from "./watchdog.ts";

const AWAY = "No connection succeeds any more; the run waits until the server is back";

/** A file that was looked at ahead of its task. */
interface LookedAt {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tickers: readonly string[];
  /** Their MD5, where it is known. */
  readonly md5: string | undefined;
}

/** The bucket, or offline the kept objects alone, for the time of one run. */
export class Session implements AsyncDisposable {
  /** `undefined` offline. */
  readonly client: S3Client | undefined;
  readonly semaphore: Semaphore;
  readonly store: ObjectStore;
  readonly extractor = new Extractor();
  /** Aborts when the caller's signal does, or when nothing moves any more. */
  readonly signal: AbortSignal;
  readonly counts = {
    fromStore: 0,
    downloaded: 0,
    bytesDownloaded: 0,
    md5Checked: 0,
  };
  /** When the server went away last. */
  #awayMs = 0;
  /** How long the fastest request took so far. */
  #fastestMs = Infinity;
  readonly #watchdog: Watchdog;
  readonly #ahead = new Map<string, Promise<Download<LookedAt>>>();
  readonly #end = new AbortController();
  readonly #reporter: (event: ProgressEvent) => void;

  private constructor(
    settings: Settings,
    directory: CacheDirectory,
    keys?: Credentials,
  ) {
    const { concurrency, maxMemoryBytes } = settings;
    const begin = concurrency === "auto" ? DEFAULT_CONCURRENCY : concurrency;
    this.semaphore = new Semaphore(begin, maxMemoryBytes);
    this.store = new ObjectStore(directory);
    this.client = keys && this.#connect(settings, keys);
    this.#watchdog = new Watchdog(settings.patienceMs);
    this.signal = AbortSignal.any([settings.signal, this.#watchdog.signal]);
    this.#reporter = settings.reporter;
  }

  /**
   * Finds the keys and makes the client, unless offline.
   *
   * @param symbols how many it will have open at once.
   * @throws {ConfigurationError} when there are no credentials, or the endpoint is unusable.
   * @throws {StorageError} when the system gives too few open files for the symbols.
   */
  static async open(
    settings: Settings,
    directory: CacheDirectory,
    symbols = 0,
  ): Promise<Session> {
    const fitting = fitOpenFiles(settings, directory, symbols);
    if (settings.offline) return new Session(fitting, directory);
    return new Session(fitting, directory, await findKeys(settings));
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

  /** Waits for a person, who may take any time; an end of the session ends the wait. */
  async whileWaiting<T>(answer: () => Promise<T>): Promise<T> {
    using _pause = this.#watchdog.pause();
    this.signal.throwIfAborted();
    return await abortable(answer(), this.signal);
  }

  /** Milliseconds that a small request takes, as far as any was made. */
  get latencyMs(): number | undefined {
    return this.#fastestMs === Infinity ? undefined : this.#fastestMs;
  }

  /**
   * Brings an object here ahead of its task, which then finds it, or its failure, and says
   * which tickers are in it. The end of the session ends it where no task has come for it.
   */
  async lookAhead(object: DatedObject): Promise<readonly string[]> {
    const look = async (bytes: Uint8Array<ArrayBuffer>, md5: string | undefined) => {
      const expected = { ...object, md5 };
      const tickers = await readChecked(bytes, expected, () => tickersOf(object.key, bytes));
      return { bytes, tickers, md5 };
    };
    const signal = AbortSignal.any([this.signal, this.#end.signal]);
    const bring = () => this.#download(object, signal, look);
    const ahead = this.#ahead.get(object.key) ??
      this.semaphore.run(bring, { signal, bytes: bytesToLoad(object) });
    this.#ahead.set(object.key, ahead);
    return (await ahead).value.tickers;
  }

  /** Brings an object here, proved, with the rows of the tickers; extracting, it releases its permit. */
  async bring(
    object: DatedObject,
    tickers: readonly string[],
    { signal, permit }: { readonly signal: AbortSignal; readonly permit: Permit },
  ): Promise<Download<Extraction>> {
    const { key, size } = object;
    const extract = (bytes: Uint8Array<ArrayBuffer>, md5: string | undefined) =>
      permit.runOutsideLimit(() => this.extractor.extract({ key, size, md5 }, bytes, tickers));
    const ahead = this.#ahead.get(key);
    if (ahead === undefined) return await this.#download(object, signal, extract);
    try {
      const { value, ...download } = await abortable(ahead, signal);
      return { ...download, value: await extract(value.bytes, value.md5) };
    } finally {
      if (!signal.aborted) this.#ahead.delete(key);
    }
  }

  /** Counts a file whose rows were taken, so that each file of the run counts once. */
  count({ from, proof, value }: Download<Extraction>): void {
    this.counts[from === "store" ? "fromStore" : "downloaded"]++;
    if (from === "bucket") this.counts.bytesDownloaded += value.bytes.length;
    if (proof === "md5") this.counts.md5Checked++;
  }

  /** Ends what still runs and waits for it. */
  async [Symbol.asyncDispose]() {
    this.#end.abort();
    await Promise.allSettled(this.#ahead.values());
    this.#watchdog[Symbol.dispose]();
    this.extractor[Symbol.dispose]();
    this.client?.close();
  }

  #connect(settings: Settings, credentials: Credentials): S3Client {
    const { endpoint, bucket, region } = settings;
    const concurrency = settings.concurrency === "auto" ? MAX_CONCURRENCY : settings.concurrency;
    const pace = new Pace(this.semaphore, concurrency);
    return new S3Client({
      endpoint,
      bucket,
      region,
      credentials,
      concurrency,
      limits: settings.limits,
      ...(settings.fetch && { fetch: settings.fetch }),
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
      onRetry: ({ key, attempt, error, delayMs }) =>
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

  #download<T>(
    object: DatedObject,
    signal: AbortSignal,
    accept: DownloadOptions<T>["accept"],
  ): Promise<Download<T>> {
    return download(object, { store: this.store, client: this.client, signal, accept });
  }
}

/** @throws {ConfigurationError} when there are none, and what looks for them throws. */
export async function findKeys(
  { credentials }: Pick<Settings, "credentials">,
): Promise<Credentials> {
  const found = typeof credentials === "function" ? await credentials() : credentials;
  if (found) return found;
  throw new ConfigurationError(
    "Cannot ask the bucket: no credentials are given",
  );
}
