/**
 * Says why a server refuses, by the code in its answer.
 *
 * S3's error list and what other servers add to it are too long, and grow: a code is known by
 * the words in it. An object's own troubles have no reason here.
 *
 * @module
 */

import type { S3Error } from "../errors.ts";
import { reasonOfStatus, type StatusReason } from "../http/status.ts";

/**
 * What a refused request has wrong, or the server: what a status can say, and
 *
 * - `secret`: the signature does not fit the key ID.
 * - `token`: the session token is expired, or is none.
 * - `region`: the request is signed for, or sent to, another region than the bucket's.
 * - `clock`: the request's time is too far from the server's.
 * - `bucket`: the endpoint has no such bucket.
 * - `account`: the account itself is not in order, whatever it asks for.
 * - `object`: this object cannot be had as it is, such as an archived one.
 */
export type RefusalReason =
  | StatusReason
  | "secret"
  | "token"
  | "region"
  | "clock"
  | "bucket"
  | "account"
  | "object";

/** The first pattern that a code has decides. */
const PATTERNS: readonly (readonly [RefusalReason, RegExp])[] = [
  ["busy", /SlowDown|Throttl|TooManyRequests|RequestLimitExceeded|BandwidthLimitExceeded/],
  ["server", /^(InternalError|InternalFailure|RequestTimeout|OperationAborted)$/],
  [
    "server",
    /^ConditionalRequestConflict$|BadDigest|ContentSHA256Mismatch|ContentChecksumMismatch/,
  ],
  ["full", /StorageFull|InsufficientStorage|QuotaExceeded|NoSpace/],
  ["clock", /TimeTooSkewed|^RequestExpired|^RequestInTheFuture/],
  ["region", /^Authorization(Header|Query|Param)|Region|PermanentRedirect|IllegalLocation/],
  ["region", /IncorrectEndpoint|EndpointNotFound/],
  ["key", /AccessKey|AccessId|ClientTokenId|UnrecognizedClient|AuthenticationToken|Credential/],
  ["key", /UserNotFound|NoSuchUser|InvalidSecurity$|MissingSecurity|AuthFailure|^Unauthorized$/],
  ["token", /^(?!.*Continuation).*(Token|Session)/],
  ["secret", /Signature/],
  ["account", /AccountProblem|NotSignedUp|AccountDisabled|UserSuspended|UserDisabled/],
  ["bucket", /NoSuchBucket$|Invalid(BucketName|HostHeader|AddressingHeader|AccessPoint)/],
  ["object", /InvalidObjectState|^KMS\./],
  ["access", /AccessDenied|AccessDisabled|InvalidPayer|UnauthorizedAccess|UnexpectedIP/],
];

/** Why the server refuses; `undefined` where neither its code nor the status tells. */
export function refusalReason(
  { code, status, region }: Pick<S3Error, "code" | "status" | "region">,
): RefusalReason | undefined {
  const found = PATTERNS.find(([, pattern]) => pattern.test(code));
  if (found !== undefined) return found[0];
  if (status === 301 && region !== undefined) return "region";
  return reasonOfStatus(status);
}
