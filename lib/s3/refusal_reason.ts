/**
 * Says why a server refuses, by the code in its answer.
 *
 * S3's error list and what other servers add to it are too long, and grow: a code is known by
 * the words in it. An object's own troubles have no reason here.
 *
 * @module
 */

import type { S3Error } from "../errors.ts";

/**
 * What a refused request has wrong, or the server.
 *
 * - `key`: nobody is known by the access key ID, or no key was understood.
 * - `secret`: the signature does not fit the key ID.
 * - `token`: the session token is expired, or is none.
 * - `region`: the request is signed for, or sent to, another region than the bucket's.
 * - `clock`: the request's time is too far from the server's.
 * - `bucket`: the endpoint has no such bucket.
 * - `account`: the account itself is not in order, whatever it asks for.
 * - `access`: who asks is known, and may not have this.
 * - `object`: this object cannot be had as it is, such as an archived one.
 * - `full`: there is no room for what is written.
 * - `busy`: nothing; the server is asked for too much.
 * - `server`: nothing; the server has failed.
 */
export type RefusalReason =
  | "key"
  | "secret"
  | "token"
  | "region"
  | "clock"
  | "bucket"
  | "account"
  | "access"
  | "object"
  | "full"
  | "busy"
  | "server";

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

const REASON_OF_STATUS: Readonly<Record<number, RefusalReason | undefined>> = {
  401: "key",
  403: "access",
  408: "server",
  429: "busy",
  501: undefined,
  503: "busy",
  505: undefined,
  507: "full",
  509: "busy",
};

/** Why the server refuses; `undefined` where neither its code nor the status tells. */
export function refusalReason(
  { code, status, region }: Pick<S3Error, "code" | "status" | "region">,
): RefusalReason | undefined {
  const found = PATTERNS.find(([, pattern]) => pattern.test(code));
  if (found !== undefined) return found[0];
  if (status === 301 && region !== undefined) return "region";
  if (status in REASON_OF_STATUS) return REASON_OF_STATUS[status];
  return status >= 500 ? "server" : undefined;
}
