/** Which words of which servers mean what. */

import { assertEquals, assertRejects } from "@std/assert";
import { S3Error } from "../../lib/errors.ts";
import { S3Client } from "../../lib/s3/client.ts";
import { type RefusalReason, refusalReason } from "../../lib/s3/refusal_reason.ts";

/** Codes of S3's error list, of AWS's common errors, and of other servers. */
const CODES: readonly (readonly [RefusalReason | undefined, status: number, codes: string])[] = [
  ["key", 403, "InvalidAccessKeyId InvalidClientTokenId UnrecognizedClientException"],
  ["key", 403, "MissingAuthenticationToken InvalidSecurity AuthFailure NoSuchUser"],
  ["key", 400, "CredentialsNotSupported MissingSecurityHeader MissingSecurityElement"],
  ["key", 404, "XAdminUserNotFound"],
  ["key", 401, "Unauthorized"],
  ["token", 400, "ExpiredToken InvalidToken TokenRefreshRequired ExpiredTokenException"],
  ["token", 403, "InvalidTokenId InvalidSecurityToken InvalidSessionException"],
  ["secret", 403, "SignatureDoesNotMatch InvalidSignatureException IncompleteSignature"],
  ["region", 400, "AuthorizationHeaderMalformed IllegalLocationConstraintException"],
  ["region", 400, "IncorrectEndpoint EndpointNotFound AuthorizationParametersError"],
  ["region", 403, "InvalidRegion"],
  ["region", 301, "PermanentRedirect"],
  ["clock", 403, "RequestTimeTooSkewed RequestExpired RequestInTheFuture"],
  ["bucket", 404, "NoSuchBucket"],
  ["bucket", 400, "InvalidBucketName InvalidHostHeader InvalidAccessPoint"],
  ["account", 403, "AccountProblem NotSignedUp UserSuspended"],
  ["access", 403, "AccessDenied AllAccessDisabled InvalidPayer UnexpectedIPError Unheard"],
  ["object", 403, "InvalidObjectState"],
  ["object", 400, "KMS.DisabledException KMS.KMSInvalidStateException"],
  ["busy", 503, "SlowDown ServiceUnavailable XMinioServerNotInitialized"],
  ["busy", 400, "Throttling ThrottlingException RequestThrottled RequestLimitExceeded"],
  ["busy", 429, "TooManyRequests"],
  ["server", 500, "InternalError InternalFailure Unheard"],
  ["server", 409, "OperationAborted ConditionalRequestConflict"],
  ["server", 400, "BadDigest XAmzContentSHA256Mismatch XAmzContentChecksumMismatch"],
  ["full", 507, "XMinioStorageFull InsufficientStorage Unheard"],
  ["full", 403, "QuotaExceeded XMinioAdminBucketQuotaExceeded"],
  ["server", 400, "RequestTimeout"],
  ["server", 200, "InternalError"],
  [undefined, 400, "InvalidRequest InvalidArgument InvalidURI KeyTooLongError"],
  [undefined, 400, "InvalidContinuationToken"],
  [undefined, 404, "NoSuchKey NoSuchVersion NoSuchBucketPolicy"],
  [undefined, 405, "MethodNotAllowed"],
  [undefined, 412, "PreconditionFailed"],
  [undefined, 501, "NotImplemented"],
];

for (const [reason, status, codes] of CODES) {
  for (const code of codes.split(" ")) {
    Deno.test(`refusalReason() of ${status} ${code} is ${reason ?? "not known"}`, () => {
      assertEquals(refusalReason({ status, code, region: undefined }), reason);
    });
  }
}

Deno.test("refusalReason() goes by the status where no code says anything", () => {
  const reasons = [301, 302, 400, 401, 403, 404, 408, 429, 500, 501, 503, 504, 509].map((status) =>
    refusalReason({ status, code: `HTTP ${status}`, region: undefined })
  );
  const refused = ["detour", "detour", undefined, "key", "access", undefined] as const;
  const failed = ["server", "busy", "server", undefined, "busy", "server", "busy"] as const;
  assertEquals(reasons, [...refused, ...failed]);
  const moved = { status: 301, code: "HTTP 301", region: "eu-west-3" };
  assertEquals(refusalReason(moved), "region");
});

/** What servers send: status, headers, document; and the region that the error then names. */
const ANSWERS: Readonly<
  Record<string, [number, Record<string, string>, string, string | undefined]>
> = {
  "versitygw, asked in another region": [
    400,
    {},
    "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is " +
    "malformed; the region &#34;us-east-1&#34; is wrong; expecting &#34;eu-west-3&#34;</Message>" +
    "<RequestId>1</RequestId><Region>eu-west-3</Region></Error>",
    "eu-west-3",
  ],
  "AWS, at an endpoint of another region": [
    301,
    { "x-amz-bucket-region": "eu-west-3" },
    "<Error><Code>PermanentRedirect</Code><Message>Use another endpoint.</Message>" +
    "<Endpoint>bucket.s3.eu-west-3.amazonaws.com</Endpoint><Bucket>bucket</Bucket></Error>",
    "eu-west-3",
  ],
  "AWS, whose document a proxy has removed": [
    301,
    { "x-amz-bucket-region": "eu-west-3" },
    "",
    "eu-west-3",
  ],
  "AWS, which names the region of a bucket that it refuses": [
    403,
    { "x-amz-bucket-region": "eu-west-3" },
    "<Error><Code>AccessDenied</Code></Error>",
    undefined,
  ],
  "a server that names no region": [
    400,
    {},
    "<Error><Code>AuthorizationHeaderMalformed</Code><Region></Region></Error>",
    undefined,
  ],
  "a server whose region is none": [
    400,
    {},
    "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu west\u001b[2J</Region></Error>",
    undefined,
  ],
};

for (const [server, [status, headers, body, region]] of Object.entries(ANSWERS)) {
  Deno.test(`list() names the bucket's region after one request: ${server}`, async () => {
    using client = new S3Client({
      endpoint: "https://s3.example",
      bucket: "bucket",
      credentials: { accessKeyId: "ID", secretAccessKey: "secret" },
      fetch: () => Promise.resolve(new Response(body, { status, headers })),
    });
    const error = await assertRejects(() => Array.fromAsync(client.list("a/")), S3Error);
    assertEquals([error.region, client.requests], [region, 1]);
    const named = region === undefined ? "" : `, the bucket is in the region "${region}"`;
    assertEquals(error.message.endsWith(named), true, error.message);
    assertEquals(error.message.includes("eu-west-3"), region !== undefined);
  });
}
