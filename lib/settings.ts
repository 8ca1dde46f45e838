/**
 * How a run works: where the bucket and the cache are, and the limits that it keeps.
 *
 * @module
 */

import { dateAt } from "./dated_object.ts";
import { Bandwidth } from "./http/bandwidth.ts";
import { LIMITS, type TimeLimits } from "./http/deadline.ts";
import { type Reporter, silentReporter } from "./progress.ts";
import {
  checkOptions,
  either,
  FLAG,
  FUNCTION,
  type Kind,
  type Kinds,
  needed,
  number,
  object,
  oneOf,
  PATH,
  SIGNAL,
  text,
} from "./given.ts";
import { REQUEST_KINDS, type RequestOptions } from "./request.ts";
import type { Credentials } from "./s3/credentials.ts";
import { bucketUrl } from "./s3/bucket_url.ts";

/** Files and their bytes, as they are stored. */
export interface FileTotal {
  /** How many there are. */
  readonly files: number;
  /** Their sizes together. */
  readonly bytes: number;
  /** How much of it is on the disk at once at most, where it does not go through memory. */
  readonly diskBytes?: number;
}

/** A file with splits or dividends. */
export interface ActionFile {
  /** A CSV or JSON file to read them from, instead of the REST API; see `readSplits()`. */
  readonly file?: string | undefined;
  /**
   * Whether the file has single dates, whose rows count instead of the REST API's of the same
   * ticker and date (a split of 1 to 1, or an amount of 0, takes those away), and all others are
   * asked for; else the file has everything.
   *
   * @default {false}
   */
  readonly isPartial?: boolean | undefined;
}

/** The key for the REST API; it is another one than the flat files' key pair. */
export interface ApiKey {
  /** The key itself. */
  readonly value: string;
  /** Where it is from, such as `"MASSIVE_API_KEY"`: what messages call it. */
  readonly source: string;
}

/** Where splits come from. */
export interface SplitSource extends ActionFile {
  /**
   * The key for the REST API, or how to find it: that may fail as long as the network is not
   * needed. What another key has brought is not used.
   */
  readonly apiKey?: ApiKey | (() => ApiKey | Promise<ApiKey>) | undefined;
  /** Where the REST API is. @default {"https://api.massive.com"} */
  readonly endpoint?: string | undefined;
  /** How long an answer of it serves before it is asked for again. @default {1 day} */
  readonly maxAgeMs?: number | undefined;
}

/** Where the bucket and the cache are, and how a run reaches them, whatever it is for. */
export interface BucketOptions {
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
  /** Where one attempt's limits of time and speed differ, as for a slow line. */
  readonly limits?: Partial<TimeLimits> | undefined;
  /** Ends the run; what is finished stays recorded. */
  readonly signal?: AbortSignal | undefined;
  /** Is called with progress. */
  readonly reporter?: Reporter | undefined;
  /** Stands in for the platform's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
}

/** What a run can be told. */
export interface PreloadOptions extends BucketOptions, RequestOptions {
  /**
   * `"splits"` brings prices and volumes of stocks to today's shares, as `adjust()` does, `"all"`
   * takes dividends out of the prices as well. What is recorded stays as the vendor has it.
   *
   * @default {as the vendor has them}
   */
  readonly adjust?: "splits" | "all" | undefined;
  /** Where the splits for that come from. @default {the REST API, whose key must be here then} */
  readonly splits?: SplitSource | undefined;
  /** Where the dividends come from. @default {the REST API that `splits` says} */
  readonly dividends?: ActionFile | undefined;
  /**
   * Correct splits that the prices show beyond doubt to be a trading day off, the wrong way round,
   * or there twice, and say so among the findings.
   *
   * @default {false}
   */
  readonly fixSplits?: boolean | undefined;
  /**
   * Whether the bars of a stock are those of its company, under all the tickers that it has had,
   * and not those of others that had its ticker. What is recorded stays by ticker.
   *
   * @default {whether there is a `renamesFile`}
   */
  readonly follow?: boolean | undefined;
  /**
   * A CSV or JSON file with changes of tickers, where those are not to come from the REST API that
   * `splits` says: with `date`, the first one with the new ticker, `old` and `new`.
   */
  readonly renamesFile?: string | undefined;
  /**
   * How many files are fetched at once, 1 to 256, while at most as many are taken apart;
   * `"auto"` begins with 20 and seeks the number that brings the most.
   *
   * @default {20}
   */
  readonly concurrency?: number | "auto" | undefined;
  /**
   * How many bytes of files, as they are stored, may be worked on at once, at least 1 MiB; a
   * file that has more is worked on alone.
   *
   * @default {128 MiB}
   */
  readonly maxMemoryBytes?: number | undefined;
  /**
   * How many bytes a second are read from the bucket over all connections, at least 1 KiB.
   *
   * @default {no limit}
   */
  readonly maxBytesPerSecond?: number | undefined;
  /** Downloaded files are kept when all of a run come to at most this. @default {1 GiB} */
  readonly keepLimitBytes?: number | undefined;
  /**
   * A folder that datasets were exported to: a file whose rows it has, of the version that the
   * bucket lists, is not downloaded.
   *
   * @default {none}
   */
  readonly fromLake?: string | undefined;
  /** How long a listing of the bucket serves before it is made anew. @default {1 hour} */
  readonly maxAgeMs?: number | undefined;
  /** List the bucket anew, however young the kept listing is. @default {false} */
  readonly refresh?: boolean | undefined;
  /** Use no network at all: only what is recorded or kept. @default {false} */
  readonly offline?: boolean | undefined;
  /**
   * How many finished files are recorded together, 1 to 1,000. What is not recorded yet is
   * lost when the process is killed, though by no other end; no file counts as done before.
   *
   * @default {1}
   */
  readonly saveEvery?: number | undefined;
  /**
   * Is asked once, before the first file is downloaded, when more bytes are to be downloaded
   * than `confirmAboveBytes`; `false` ends the run with a `DeclinedError`. Kept files do not
   * count. Meanwhile nothing is locked, and no limit of time runs.
   *
   * @default {as if it said yes}
   */
  readonly confirm?: ((work: FileTotal) => boolean | Promise<boolean>) | undefined;
  /** How much is downloaded without asking `confirm`. @default {2 GiB} */
  readonly confirmAboveBytes?: number | undefined;
  /** Wait for another process that works on a symbol, instead of throwing. @default {false} */
  readonly wait?: boolean | undefined;
  /** After this long without any progress the run ends. @default {120,000} */
  readonly patienceMs?: number | undefined;
  /** Numbers from 0 up to 1, for the jitter of what is tried again. @default {Math.random} */
  readonly random?: (() => number) | undefined;
  /** Now, in milliseconds since the epoch: decides "today" and a listing's age. */
  readonly nowMs?: number | undefined;
}

const MIB = 2 ** 20;

/** How many files are worked on at once unless a run says otherwise. */
export const DEFAULT_CONCURRENCY = 20;

/** The most files that are worked on at once. */
export const MAX_CONCURRENCY = 256;

/** The endpoint of the vendor. */
export const DEFAULT_ENDPOINT = "https://files.massive.com";

/** The bucket of the vendor. */
export const DEFAULT_BUCKET = "flatfiles";

/** A number that is not negative, which may have no end. */
const AMOUNT = number([0]);

/** A moment that a `Date` can hold, in milliseconds since the epoch. */
const MOMENT = number([0, 8.64e15]);

/** A file with splits or dividends. */
const ACTION_FILE = { file: text("a path"), isPartial: FLAG };

/** What each option of a run may be. */
export const RUN_KINDS = {
  ...REQUEST_KINDS,
  cacheDirectory: needed(PATH),
  credentials: either(object({}, "a key pair"), FUNCTION),
  endpoint: text("a URL"),
  bucket: text(),
  region: text(),
  limits: LIMITS,
  signal: SIGNAL,
  reporter: FUNCTION,
  fetch: FUNCTION,
  adjust: oneOf(["splits", "all"]),
  splits: object({
    ...ACTION_FILE,
    apiKey: either(object({}, "a key with its source"), FUNCTION),
    endpoint: text("a URL"),
    maxAgeMs: AMOUNT,
  }),
  dividends: object(ACTION_FILE),
  fixSplits: FLAG,
  follow: FLAG,
  renamesFile: text("a path"),
  concurrency: either(number([1, MAX_CONCURRENCY], { isWhole: true }), oneOf(["auto"])),
  maxMemoryBytes: number([MIB, 2 ** 40], { isWhole: true }),
  maxBytesPerSecond: number([1_024]),
  keepLimitBytes: AMOUNT,
  fromLake: text("a path"),
  maxAgeMs: AMOUNT,
  refresh: FLAG,
  offline: FLAG,
  saveEvery: number([1, 1_000], { isWhole: true }),
  confirm: FUNCTION,
  confirmAboveBytes: AMOUNT,
  wait: FLAG,
  patienceMs: AMOUNT,
  random: FUNCTION,
  nowMs: MOMENT,
} as const satisfies Readonly<Record<keyof PreloadOptions, Kind>>;

/** What some of these options may be. */
export function runKinds(...names: readonly (keyof PreloadOptions)[]): Kinds {
  return Object.fromEntries(names.map((name) => [name, RUN_KINDS[name]]));
}

/**
 * Puts the defaults in place.
 *
 * @throws {import("./errors.ts").UsageError} when an option is none of what it may be.
 * @throws {import("./errors.ts").ConfigurationError} when the endpoint or the bucket cannot be.
 */
export function withDefaults(options: PreloadOptions) {
  checkOptions(options, RUN_KINDS);
  const settings = {
    ...options,
    credentials: findOnce(options.credentials),
    endpoint: options.endpoint ?? DEFAULT_ENDPOINT,
    bucket: options.bucket ?? DEFAULT_BUCKET,
    region: options.region ?? "us-east-1",
    follow: options.follow ?? options.renamesFile !== undefined,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    maxMemoryBytes: options.maxMemoryBytes ?? 128 * MIB,
    maxBytesPerSecond: options.maxBytesPerSecond ?? Infinity,
    keepLimitBytes: options.keepLimitBytes ?? 2 ** 30,
    maxAgeMs: options.maxAgeMs ?? 3_600_000,
    refresh: options.refresh ?? false,
    offline: options.offline ?? false,
    saveEvery: options.saveEvery ?? 1,
    confirmAboveBytes: options.confirmAboveBytes ?? 2 ** 31,
    wait: options.wait ?? false,
    patienceMs: options.patienceMs ?? 120_000,
    signal: options.signal ?? new AbortController().signal,
    reporter: options.reporter ?? silentReporter,
    nowMs: options.nowMs ?? Date.now(),
  };
  bucketUrl(settings.endpoint, settings.bucket);
  const { maxBytesPerSecond } = settings;
  const bandwidth = maxBytesPerSecond < Infinity ? new Bandwidth(maxBytesPerSecond) : undefined;
  return { ...settings, bandwidth };
}

/** The same credentials, which are looked for once a run. */
function findOnce(credentials: PreloadOptions["credentials"]): PreloadOptions["credentials"] {
  if (typeof credentials !== "function") return credentials;
  let found: Promise<Credentials> | undefined;
  return () => found ??= credentials();
}

/** The date on which a run takes place, `YYYY-MM-DD` of UTC. */
export function todayOf({ nowMs }: Pick<Settings, "nowMs">): string {
  return dateAt(nowMs);
}

/** How many files a run begins to work on at once. */
export function initialConcurrency({ concurrency }: Pick<Settings, "concurrency">): number {
  return concurrency === "auto" ? DEFAULT_CONCURRENCY : concurrency;
}

/** Options with every default in place. */
export type Settings = ReturnType<typeof withDefaults>;
