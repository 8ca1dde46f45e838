/**
 * What a check says, and how long it may take to say it.
 *
 * @module
 */

import { type Filesystem, readFilesystem } from "../cache/filesystem.ts";
import type { CoverageSpan } from "../bucket/coverage.ts";
import { abortable } from "../concurrency/abortable.ts";
import { TemporaryError } from "../errors.ts";
import type { FoundCredentials, MissingCredentials } from "../s3/credentials.ts";
import { checkOptions, FUNCTION, needed, number, text } from "../given.ts";
import { type BucketOptions, DEFAULT_BUCKET, DEFAULT_ENDPOINT, runKinds } from "../settings.ts";

/** How long a check that was ended may take to stop. */
const GRACE_MS = 1_000;

/** What is checked, in the order of the checks; `plan` comes once a dataset. */
export type SetupCheckName =
  | "version"
  | "threads"
  | "cache-directory"
  | "disk-space"
  | "credentials"
  | "endpoint"
  | "clock"
  | "listing"
  | "plan"
  | "download";

/** Why something is no better than it is, where that is no failure of its own. */
export type SetupCheckReason =
  /** Deno is older than is needed. */
  | "old-version"
  | "no-threads"
  /** No thread can be started, for Deno may not read the program's own files. */
  | "threads-not-allowed"
  /** The cache directory is on another machine. */
  | "remote-disk"
  | "little-space"
  /** The clocks of this machine and of the server differ. */
  | "clock-off"
  /** The bucket lists no file where it should have some. */
  | "no-files"
  /** The bucket does not have a dataset. */
  | "no-dataset"
  /** Every file that was asked for is refused. */
  | "not-in-plan"
  /** Nobody tells it. */
  | "not-known"
  /** Something that it needs has failed. */
  | "not-tried";

/** What a check says. */
export interface SetupCheck {
  /** What was checked. */
  readonly name: SetupCheckName;
  /** `warning`: it works, or was not tried; `failure`: it does not work. */
  readonly status: "ok" | "warning" | "failure";
  /** What was found, in a sentence without a secret. */
  readonly text: string;
  /** Of a warning, and of a failure by the clock, why it is one. */
  readonly reason?: SetupCheckReason;
  /** Of a failure what has failed, by the class of its error. */
  readonly error?: Error;
  /** Of `plan` the dataset, such as `us_stocks_sip/day_aggs_v1`. */
  readonly dataset?: string;
  /** Of `plan` which of the dataset's dates are refused. */
  readonly spans?: readonly CoverageSpan[];
}

/** What a check has found, without its name. */
export type Found = Omit<SetupCheck, "name">;

/** What is checked, and by which means. */
export interface DoctorOptions
  extends Pick<BucketOptions, "cacheDirectory" | "endpoint" | "bucket" | "region" | "fetch"> {
  /** Finds the key pair, or tells where it has looked. */
  readonly findCredentials: () => Promise<FoundCredentials | MissingCredentials>;
  /** The version of the program, where there is one. */
  readonly version?: string | undefined;
  /** How long one check may take; of `plan`, that of a dataset three times as long. @default {20,000} */
  readonly limitMs?: number | undefined;
  /** Ends the checks. */
  readonly signal?: AbortSignal | undefined;
  /** Numbers from 0 up to 1, for the jitter of what is tried again. @default {Math.random} */
  readonly random?: (() => number) | undefined;
  /** This machine's clock, in milliseconds since the epoch. @default {Date.now} */
  readonly now?: (() => number) | undefined;
  /** Looks at the file system of a directory. @default {the system's own answer, `undefined` where it may not be asked} */
  readonly readFilesystem?: ((path: string) => Promise<Filesystem | undefined>) | undefined;
}

/** Options with every default in place. */
export type DoctorSettings = ReturnType<typeof settingsOf>;

const DEFAULT_LIMIT_MS = 20_000;

const OPTION_KINDS = {
  ...runKinds("cacheDirectory", "endpoint", "bucket", "region", "signal", "fetch", "random"),
  findCredentials: needed(FUNCTION),
  version: text(),
  limitMs: number([1]),
  now: FUNCTION,
  readFilesystem: FUNCTION,
};

/** @throws {UsageError} when an option is none of what it may be. */
export function settingsOf(options: DoctorOptions) {
  checkOptions(options, OPTION_KINDS);
  return {
    ...options,
    limitMs: options.limitMs ?? DEFAULT_LIMIT_MS,
    endpoint: options.endpoint ?? DEFAULT_ENDPOINT,
    bucket: options.bucket ?? DEFAULT_BUCKET,
    region: options.region ?? "us-east-1",
    signal: options.signal ?? new AbortController().signal,
    now: options.now ?? Date.now,
    readFilesystem: options.readFilesystem ?? readFilesystem,
  };
}

/**
 * Runs one check within its limit; what it throws is a failure. It ends with the limit
 * even if the work does not.
 *
 * An abort of the settings' signal rejects with its reason.
 */
export async function runSetupCheck(
  name: SetupCheckName,
  { signal, limitMs }: Pick<DoctorSettings, "signal" | "limitMs">,
  work: (signal: AbortSignal) => Promise<Found>,
): Promise<SetupCheck> {
  const limit = new AbortController();
  const late = `Cannot finish the check ${name}: it takes longer than ${limitMs / 1_000} seconds`;
  const timer = setTimeout(() => limit.abort(new TemporaryError(late)), limitMs);
  const either = AbortSignal.any([signal, limit.signal]);
  const working = work(either);
  try {
    return { name, ...await abortable(working, either) };
  } catch (error) {
    await endOf(working);
    signal.throwIfAborted();
    return { name, ...failure(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** The finding that something works, though not as it should. */
export function warning(reason: SetupCheckReason, text: string): Found {
  return { status: "warning", reason, text };
}

/** The finding that something has failed. */
export function failure(thrown: unknown): Found {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { status: "failure", text: error.message, error };
}

/** The check that was not made, because of an earlier one. */
export function notTried(name: SetupCheckName, why: string): SetupCheck {
  return { name, status: "warning", reason: "not-tried", text: `not tried: ${why}` };
}

/** Waits a moment for work that is to stop: what it holds is closed after it. */
async function endOf(working: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, GRACE_MS);
  await Promise.race([promise, Promise.allSettled([working])]);
  clearTimeout(timer);
}
