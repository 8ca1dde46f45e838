/**
 * How a run works: where the bucket and the cache are, and the limits that it keeps.
 *
 * @module
 */

import { type Reporter, silentReporter } from "./progress.ts";
import type { RequestOptions } from "./request.ts";
import type { Credentials } from "./s3/credentials.ts";
import { bucketUrl } from "./s3/endpoint.ts";

/** What a run can be told. */
export interface PreloadOptions extends RequestOptions {
  /** The directory in which everything is kept; made when it is missing. */
  readonly cacheDirectory: string;
  /** The key pair for the bucket, or how to find one: asked only when the network is needed. */
  readonly credentials?: Credentials | (() => Promise<Credentials>) | undefined;
  /** Where the bucket is. @default {"https://files.massive.com"} */
  readonly endpoint?: string | undefined;
  /** The bucket's name. @default {"flatfiles"} */
  readonly bucket?: string | undefined;
  /** The region that requests are signed for. @default {"us-east-1"} */
  readonly region?: string | undefined;
  /** How many files are worked on at once, 1 to 256. @default {20} */
  readonly concurrency?: number | undefined;
  /** Downloaded files are kept when all of a run come to at most this. @default {1 GiB} */
  readonly keepLimitBytes?: number | undefined;
  /** How long a listing of the bucket serves before it is made anew. @default {1 hour} */
  readonly maxAgeMs?: number | undefined;
  /** List the bucket anew, however young the kept listing is. @default {false} */
  readonly refresh?: boolean | undefined;
  /** Use no network at all: only what is recorded or kept. @default {false} */
  readonly offline?: boolean | undefined;
  /** After this long without any progress the run ends. @default {120,000} */
  readonly patienceMs?: number | undefined;
  /** Ends the run; what is finished stays recorded. */
  readonly signal?: AbortSignal | undefined;
  /** Is told of progress. */
  readonly reporter?: Reporter | undefined;
  /** Stands in for the platform's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Now, in milliseconds since the epoch: decides "today" and a listing's age. */
  readonly nowMs?: number | undefined;
}

/** The endpoint of the vendor. */
export const DEFAULT_ENDPOINT = "https://files.massive.com";

/** The bucket of the vendor. */
export const DEFAULT_BUCKET = "flatfiles";

/**
 * Puts the defaults in place.
 *
 * @throws {RangeError} when a number is out of its range.
 * @throws {import("./errors.ts").ConfigurationError} when the endpoint or the bucket cannot be.
 */
export function withDefaults(options: PreloadOptions) {
  const settings = {
    period: options.period,
    from: options.from,
    to: options.to,
    interval: options.interval,
    cacheDirectory: options.cacheDirectory,
    credentials: options.credentials,
    endpoint: options.endpoint ?? DEFAULT_ENDPOINT,
    bucket: options.bucket ?? DEFAULT_BUCKET,
    region: options.region ?? "us-east-1",
    concurrency: options.concurrency ?? 20,
    keepLimitBytes: options.keepLimitBytes ?? 2 ** 30,
    maxAgeMs: options.maxAgeMs ?? 3_600_000,
    refresh: options.refresh ?? false,
    offline: options.offline ?? false,
    patienceMs: options.patienceMs ?? 120_000,
    signal: options.signal ?? new AbortController().signal,
    reporter: options.reporter ?? silentReporter,
    fetch: options.fetch,
    nowMs: options.nowMs ?? Date.now(),
  };
  const { concurrency } = settings;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 256) {
    throw new RangeError(
      `Cannot run ${concurrency} at once: want a whole number from 1 to 256`,
    );
  }
  bucketUrl(settings.endpoint, settings.bucket);
  return settings;
}

/** Options with every default in place. */
export type Settings = ReturnType<typeof withDefaults>;
