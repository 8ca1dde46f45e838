/**
 * Decides, from an error alone, whether a request is worth another attempt.
 *
 * Pure: no clock, no network, no randomness of its own.
 *
 * @module
 */

import {
  ConfigurationError,
  type IntegrityCheck,
  IntegrityError,
  NetworkError,
  ObjectChangedError,
  S3Error,
  StorageError,
} from "../errors.ts";
import { isPassing, PACES, reasonOfStatus } from "../http/status.ts";
import { type RefusalReason, refusalReason } from "./refusal_reason.ts";

/**
 * What to do about a failed attempt.
 *
 * - `retry`: try again soon.
 * - `throttle`: try again later, and ask for less at once.
 * - `skew`: sign again by the server's clock; what a client throws, it has done so for.
 * - `changed`: the object was replaced; it must be listed again.
 * - `missing`: there is no such object, or no longer; it must be listed again.
 * - `refused`: this object is not in the plan that the account has bought.
 * - `fatal`: no request of this run can succeed.
 * - `permanent`: this request cannot succeed, others may.
 */
export type FailureKind =
  | "retry"
  | "throttle"
  | "skew"
  | "changed"
  | "missing"
  | "refused"
  | "fatal"
  | "permanent";

const KIND_OF_REASON: Readonly<Record<RefusalReason, FailureKind>> = {
  ...PACES,
  key: "fatal",
  secret: "fatal",
  token: "fatal",
  region: "fatal",
  clock: "skew",
  bucket: "fatal",
  account: "fatal",
  access: "refused",
  object: "permanent",
  full: "fatal",
};

/** What is the same at the next attempt. */
const LASTING_CHECKS: readonly IntegrityCheck[] = ["format", "too-large"];

/** What to do about what an attempt has thrown. */
export function classify(error: unknown): FailureKind {
  if (error instanceof S3Error) return classifyAnswer(error);
  if (error instanceof NetworkError) return "retry";
  if (error instanceof IntegrityError) {
    return LASTING_CHECKS.includes(error.check) || error.isLasting ? "permanent" : "retry";
  }
  if (error instanceof ObjectChangedError) return "changed";
  if (error instanceof ConfigurationError) return "fatal";
  if (error instanceof StorageError) return "fatal";
  return "permanent";
}

function classifyAnswer(answer: S3Error): FailureKind {
  const reason = refusalReason(answer);
  const isOfListing = answer.key === undefined;
  if (reason === undefined) {
    const isMissing = answer.status === 404 || answer.status === 410;
    if (isMissing && !isOfListing) return "missing";
    return answer.status === 412 ? "changed" : "permanent";
  }
  return reason === "access" && isOfListing ? "fatal" : KIND_OF_REASON[reason];
}

/**
 * Whether no answer of the bucket came: the connection failed, or a server in between says that
 * it has none for now, in words that are not S3's.
 */
export function isUnanswered(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  if (!(error instanceof S3Error)) return false;
  const { status, code } = error;
  return status >= 500 && code === `HTTP ${status}` && isPassing(reasonOfStatus(status));
}
