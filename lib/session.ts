/**
 * What a run holds while it works with the bucket: the client, the semaphore, the limits
 * that end it, and the counts of what came.
 *
 * @module
 */

import type { CacheDirectory } from "./cache/directory.ts";
import { ObjectStore } from "./cache/objects.ts";
import { type Download, download } from "./download.ts";
import { ConfigurationError } from "./errors.ts";
import { Pace } from "./pace.ts";
import type { DatedObject } from "./dated_object.ts";
import type { ProgressEvent } from "./progress.ts";
import { S3Client } from "./s3/client.ts";
import type { Credentials } from "./s3/credentials.ts";
import { Semaphore } from "./semaphore.ts";
import type { Settings } from "./settings.ts";
import { Watchdog } from "./watchdog.ts";

/** The bucket, or offline the kept objects alone, for the time of one run. */
export class Session implements Disposable {
  /** `undefined` offline. */
  readonly client: S3Client | undefined;
  readonly semaphore: Semaphore;
  readonly store: ObjectStore;
  /** Aborts when the caller's signal does, or when nothing moves any more. */
  readonly signal: AbortSignal;
  readonly counts = {
    fromStore: 0,
    downloaded: 0,
    bytesDownloaded: 0,
    md5Checked: 0,
  };
  readonly #watchdog: Watchdog;
  readonly #ahead = new Map<string, Promise<Download>>();
  readonly #report: (event: ProgressEvent) => void;

  private constructor(
    settings: Settings,
    directory: CacheDirectory,
    keys?: Credentials,
  ) {
    this.semaphore = new Semaphore(settings.concurrency);
    this.store = new ObjectStore(directory);
    this.client = keys && this.#connect(settings, keys);
    this.#watchdog = new Watchdog(settings.patienceMs);
    this.signal = AbortSignal.any([settings.signal, this.#watchdog.signal]);
    this.#report = settings.reporter;
  }

  /**
   * Finds the keys and makes the client, unless offline.
   *
   * @throws {ConfigurationError} when there are no credentials, or the endpoint is unusable.
   */
  static async open(
    settings: Settings,
    directory: CacheDirectory,
  ): Promise<Session> {
    if (settings.offline) return new Session(settings, directory);
    return new Session(settings, directory, await findKeys(settings));
  }

  /** Reports that something moved. */
  readonly tell = (event: ProgressEvent): void => {
    if (event.type === "bytes" || event.type === "file") this.#watchdog.feed();
    this.#report(event);
  };

  /** Brings an object here ahead of its task, which then finds it, or its failure. */
  lookAhead(object: DatedObject): Promise<Download> {
    const ahead = this.#ahead.get(object.key) ??
      this.#download(object, this.signal);
    this.#ahead.set(object.key, ahead);
    return ahead;
  }

  /** Brings an object here. */
  bring(object: DatedObject, signal: AbortSignal): Promise<Download> {
    const ahead = this.#ahead.get(object.key);
    this.#ahead.delete(object.key);
    return ahead ?? this.#download(object, signal);
  }

  /** Counts a file whose rows were taken, so that each file of the run counts once. */
  count(file: Download): void {
    this.counts[file.from === "store" ? "fromStore" : "downloaded"]++;
    if (file.from === "bucket") {
      this.counts.bytesDownloaded += file.bytes.length;
    }
    if (file.proof === "md5") this.counts.md5Checked++;
  }

  [Symbol.dispose]() {
    this.#watchdog[Symbol.dispose]();
    this.client?.close();
  }

  #connect(settings: Settings, credentials: Credentials): S3Client {
    const { endpoint, bucket, region, concurrency } = settings;
    const pace = new Pace(this.semaphore);
    return new S3Client({
      endpoint,
      bucket,
      region,
      credentials,
      concurrency,
      ...(settings.fetch && { fetch: settings.fetch }),
      onBytes: (count) => this.tell({ type: "bytes", count }),
      onSuccess: () => pace.succeeded(),
      onRetry: ({ key, attempt, error, delayMs, throttled }) => {
        if (throttled) pace.throttled(performance.now());
        this.tell({
          type: "retry",
          key,
          attempt,
          cause: error.message,
          delayMs,
        });
      },
    });
  }

  #download(object: DatedObject, signal: AbortSignal): Promise<Download> {
    return download(object, { store: this.store, client: this.client, signal });
  }
}

async function findKeys({ credentials }: Settings): Promise<Credentials> {
  const found = typeof credentials === "function" ? await credentials() : credentials;
  if (found) return found;
  throw new ConfigurationError(
    "Cannot ask the bucket: no credentials are given",
  );
}
