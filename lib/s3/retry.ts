/**
 * Decides, from an error alone, whether a request is worth another attempt and when.
 *
 * Pure: no clock, no network, no randomness of its own.
 *
 * @module
 */

import {
  ConfigurationError,
  IntegrityError,
  NetworkError,
  ObjectChangedError,
  S3Error,
  StorageError,
} from "../errors.ts";

/** Attempts of one request, the first included. */
export const MAX_ATTEMPTS = 6;
/** The first upper bound of a delay; it doubles with each attempt. */
export const BASE_DELAY_MS = 100;
/** The same after an answer that asks to slow down. */
export const THROTTLED_BASE_DELAY_MS = 1_000;
/** No upper bound of a delay grows beyond this. */
export const MAX_DELAY_MS = 20_000;
/** The most that a server's own hint can add to a delay. */
export const MAX_HINT_MS = 60_000;
/** What a fresh quota holds. */
export const QUOTA_TOKENS = 500;
/** What a retry takes from the quota. */
export const TOKENS_PER_RETRY = 5;

/**
 * What to do about a failed attempt.
 *
 * - `retry`: try again soon.
 * - `throttle`: try again later, and ask for less at once.
 * - `skew`: sign again by the server's clock; what a client throws, it has done so for.
 * - `changed`: the object was replaced; it must be listed again.
 * - `refused`: this object is not in the plan that the account has bought.
 * - `fatal`: no request of this run can succeed.
 * - `permanent`: this request cannot succeed, others may.
 */
export type FailureKind =
  | "retry"
  | "throttle"
  | "skew"
  | "changed"
  | "refused"
  | "fatal"
  | "permanent";

const KIND_OF_CODE: Readonly<Record<string, FailureKind>> = {
  SlowDown: "throttle",
  InternalError: "retry",
  RequestTimeout: "retry",
  RequestTimeTooSkewed: "skew",
  PreconditionFailed: "changed",
  InvalidAccessKeyId: "fatal",
  SignatureDoesNotMatch: "fatal",
  AuthorizationHeaderMalformed: "fatal",
  ExpiredToken: "fatal",
  InvalidToken: "fatal",
  NoSuchBucket: "fatal",
};

/** A redirect is never followed, but what has sent it may be gone at the next attempt. */
const KIND_OF_STATUS: Readonly<Record<number, FailureKind>> = {
  301: "retry",
  302: "retry",
  303: "retry",
  307: "retry",
  308: "retry",
  401: "fatal",
  408: "retry",
  412: "changed",
  429: "throttle",
  501: "permanent",
  503: "throttle",
  505: "permanent",
};

/** What to do about what an attempt has thrown. */
export function classify(error: unknown): FailureKind {
  if (error instanceof S3Error) return classifyAnswer(error);
  if (error instanceof NetworkError) return "retry";
  if (error instanceof IntegrityError) {
    return error.check === "format" ? "permanent" : "retry";
  }
  if (error instanceof ObjectChangedError) return "changed";
  if (error instanceof ConfigurationError) return "fatal";
  if (error instanceof StorageError) return "fatal";
  return "permanent";
}

function classifyAnswer({ code, status, key }: S3Error): FailureKind {
  if (Object.hasOwn(KIND_OF_CODE, code)) return KIND_OF_CODE[code]!;
  if (status === 403) return key === undefined ? "fatal" : "refused";
  return KIND_OF_STATUS[status] ?? (status >= 500 ? "retry" : "permanent");
}

/**
 * How long to wait before the next attempt, in milliseconds: full jitter, on top of what
 * the server asks for.
 *
 * @param attempt The attempt that failed; the first is 1.
 * @param random Returns a number from 0 up to, not including, 1.
 * @param hintMs What the server asks to wait.
 */
export function backoffMs(
  attempt: number,
  kind: "retry" | "throttle",
  random: () => number,
  hintMs = 0,
): number {
  const base = kind === "throttle" ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS;
  const bound = Math.min(MAX_DELAY_MS, base * 2 ** (attempt - 1));
  return Math.min(MAX_HINT_MS, Math.max(0, hintMs)) + random() * bound;
}

/**
 * The wait that an answer asks for, in milliseconds, from `retry-after` (seconds, or a
 * date of RFC 9110) or `x-amz-retry-after` (milliseconds).
 *
 * @param nowMs The clock that a date is compared with, best the server's own.
 */
export function parseRetryAfter(
  headers: Headers,
  nowMs: number,
): number | undefined {
  const milliseconds = headers.get("x-amz-retry-after")?.trim() ?? "";
  if (/^\d{1,12}$/.test(milliseconds)) return Number(milliseconds);
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  if (!/^[A-Z][a-z]{2,8},? /.test(value)) return undefined;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/** The retries that all requests of a run may still spend on failures. */
export class RetryQuota {
  #tokens = QUOTA_TOKENS;

  /** Tokens that are left. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Takes what one retry costs; false, and nothing is taken, when too little is left. */
  take(): boolean {
    if (this.#tokens < TOKENS_PER_RETRY) return false;
    this.#tokens -= TOKENS_PER_RETRY;
    return true;
  }

  /** Gives back what this many retries took, once their request has succeeded. */
  giveBack(retries: number): void {
    const tokens = this.#tokens + retries * TOKENS_PER_RETRY;
    this.#tokens = Math.min(QUOTA_TOKENS, tokens);
  }
}
