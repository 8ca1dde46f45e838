import { assert, assertEquals } from "@std/assert";
import {
  ConfigurationError,
  IntegrityError,
  NetworkError,
  ObjectChangedError,
  S3Error,
  StorageError,
} from "../../lib/errors.ts";
import { classify, type FailureKind, isUnanswered } from "../../lib/s3/retry.ts";

const ANSWERS: readonly (readonly [number, string, FailureKind])[] = [
  [200, "InternalError", "retry"],
  [200, "SlowDown", "throttle"],
  [301, "PermanentRedirect", "fatal"],
  [301, "HTTP 301", "retry"],
  [304, "HTTP 304", "permanent"],
  [307, "HTTP 307", "retry"],
  [400, "RequestTimeout", "retry"],
  [400, "ExpiredToken", "fatal"],
  [400, "InvalidArgument", "permanent"],
  [400, "AuthorizationHeaderMalformed", "fatal"],
  [400, "InvalidToken", "fatal"],
  [400, "Throttling", "throttle"],
  [400, "KMS.NotFoundException", "permanent"],
  [401, "HTTP 401", "fatal"],
  [403, "AccessDenied", "refused"],
  [403, "HTTP 403", "refused"],
  [403, "AllAccessDisabled", "refused"],
  [403, "InvalidTokenId", "fatal"],
  [403, "NotSignedUp", "fatal"],
  [403, "InvalidObjectState", "permanent"],
  [403, "Unheard", "refused"],
  [403, "InvalidAccessKeyId", "fatal"],
  [403, "SignatureDoesNotMatch", "fatal"],
  [403, "RequestTimeTooSkewed", "skew"],
  [404, "NoSuchKey", "missing"],
  [404, "HTTP 404", "missing"],
  [410, "HTTP 410", "missing"],
  [404, "NoSuchBucket", "fatal"],
  [404, "XAdminUserNotFound", "fatal"],
  [409, "OperationAborted", "retry"],
  [408, "HTTP 408", "retry"],
  [412, "PreconditionFailed", "changed"],
  [416, "InvalidRange", "permanent"],
  [429, "HTTP 429", "throttle"],
  [500, "InternalError", "retry"],
  [500, "constructor", "retry"],
  [501, "NotImplemented", "permanent"],
  [502, "HTTP 502", "retry"],
  [503, "SlowDown", "throttle"],
  [503, "ServiceUnavailable", "throttle"],
  [504, "HTTP 504", "retry"],
  [520, "HTTP 520", "retry"],
];

for (const [status, code, kind] of ANSWERS) {
  Deno.test(`classify() calls ${status} ${code} of an object ${kind}`, () => {
    const error = new S3Error("x", { status, code, key: "a" });
    assertEquals(classify(error), kind);
  });
}

Deno.test("classify() calls 403 of a listing fatal", () => {
  const error = new S3Error("x", { status: 403, code: "AccessDenied" });
  assertEquals(classify(error), "fatal");
});

Deno.test("classify() calls 404 of a listing permanent", () => {
  const error = new S3Error("x", { status: 404, code: "HTTP 404" });
  assertEquals(classify(error), "permanent");
});

Deno.test("classify() knows the errors that are no answers", () => {
  const network = { phase: "body", timedOut: true } as const;
  assertEquals(classify(new NetworkError("x", network)), "retry");
  for (const check of ["size", "md5", "gzip", "listing"] as const) {
    assertEquals(classify(new IntegrityError("x", { key: "a", check })), "retry");
    const lasting = new IntegrityError("x", { key: "a", check, isLasting: true });
    assertEquals(classify(lasting), "permanent");
  }
  for (const check of ["format", "too-large"] as const) {
    assertEquals(classify(new IntegrityError("x", { key: "a", check })), "permanent");
  }
  assertEquals(classify(new ObjectChangedError("x", { key: "a" })), "changed");
  assertEquals(classify(new ConfigurationError("x")), "fatal");
  const full = new StorageError("x", { path: "/a", code: "ENOSPC" });
  assertEquals(classify(full), "fatal");
  assertEquals(classify(new TypeError("x")), "permanent");
  assertEquals(classify("x"), "permanent");
});

Deno.test("isUnanswered() is of a server in between that has none for now, not of one that refuses", () => {
  const bare = (status: number) => new S3Error("x", { status, code: `HTTP ${status}` });
  for (const status of [500, 502, 503, 504, 509, 511, 522]) assert(isUnanswered(bare(status)));
  for (const status of [302, 403, 429, 501, 505, 507]) assert(!isUnanswered(bare(status)));
  assert(!isUnanswered(new S3Error("x", { status: 503, code: "SlowDown" })));
});
