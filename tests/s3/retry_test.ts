import { assert, assertEquals } from "@std/assert";
import {
  ConfigurationError,
  IntegrityError,
  NetworkError,
  ObjectChangedError,
  S3Error,
  StorageError,
} from "../../lib/errors.ts";
import {
  backoffMs,
  classify,
  type FailureKind,
  MAX_DELAY_MS,
  MAX_HINT_MS,
  parseRetryAfter,
  QUOTA_TOKENS,
  RetryQuota,
  TOKENS_PER_RETRY,
} from "../../lib/s3/retry.ts";

const ANSWERS: readonly (readonly [number, string, FailureKind])[] = [
  [200, "InternalError", "retry"],
  [200, "SlowDown", "throttle"],
  [301, "PermanentRedirect", "retry"],
  [304, "HTTP 304", "permanent"],
  [307, "HTTP 307", "retry"],
  [400, "RequestTimeout", "retry"],
  [400, "ExpiredToken", "fatal"],
  [400, "InvalidArgument", "permanent"],
  [401, "HTTP 401", "fatal"],
  [403, "AccessDenied", "refused"],
  [403, "HTTP 403", "refused"],
  [403, "InvalidAccessKeyId", "fatal"],
  [403, "SignatureDoesNotMatch", "fatal"],
  [403, "RequestTimeTooSkewed", "skew"],
  [404, "NoSuchKey", "permanent"],
  [404, "NoSuchBucket", "fatal"],
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

Deno.test("classify() knows the errors that are no answers", () => {
  const network = { phase: "body", timedOut: true } as const;
  assertEquals(classify(new NetworkError("x", network)), "retry");
  for (const check of ["size", "md5", "gzip", "listing"] as const) {
    assertEquals(classify(new IntegrityError("x", { key: "a", check })), "retry");
  }
  const format = new IntegrityError("x", { key: "a", check: "format" });
  assertEquals(classify(format), "permanent");
  assertEquals(classify(new ObjectChangedError("x", { key: "a" })), "changed");
  assertEquals(classify(new ConfigurationError("x")), "fatal");
  const full = new StorageError("x", { path: "/a", code: "ENOSPC" });
  assertEquals(classify(full), "fatal");
  assertEquals(classify(new TypeError("x")), "permanent");
  assertEquals(classify("x"), "permanent");
});

Deno.test("backoffMs() doubles its bound up to 20 s", () => {
  const bounds = (kind: "retry" | "throttle") =>
    [1, 2, 3, 4, 5, 6, 12].map((attempt) => backoffMs(attempt, kind, () => 1));
  assertEquals(bounds("retry"), [100, 200, 400, 800, 1600, 3200, MAX_DELAY_MS]);
  assertEquals(bounds("throttle"), [
    1000,
    2000,
    4000,
    8000,
    16000,
    MAX_DELAY_MS,
    MAX_DELAY_MS,
  ]);
});

Deno.test("backoffMs() spreads over the whole span, on top of a bounded hint", () => {
  assertEquals(backoffMs(3, "retry", () => 0), 0);
  assertEquals(backoffMs(3, "retry", () => 0.5), 200);
  assertEquals(backoffMs(1, "throttle", () => 0, 3_000), 3_000);
  assertEquals(backoffMs(1, "throttle", () => 0.5, 1e9), MAX_HINT_MS + 500);
  assertEquals(backoffMs(1, "retry", () => 0, -5), 0);
});

Deno.test("parseRetryAfter() reads seconds, dates and milliseconds", () => {
  const nowMs = Date.parse("Thu, 07 Mar 2024 12:00:00 GMT");
  const parse = (headers: Record<string, string>) => parseRetryAfter(new Headers(headers), nowMs);
  assertEquals(parse({ "retry-after": "7" }), 7_000);
  assertEquals(
    parse({ "retry-after": "Thu, 07 Mar 2024 12:00:30 GMT" }),
    30_000,
  );
  assertEquals(parse({ "retry-after": "Thu, 07 Mar 2024 11:00:00 GMT" }), 0);
  assertEquals(parse({ "x-amz-retry-after": "1500" }), 1_500);
  for (const text of ["", "-1", "1.5", "soon", "Someday, soon"]) {
    assertEquals(parse({ "retry-after": text }), undefined);
  }
});

Deno.test("RetryQuota ends after 100 retries and takes back what succeeded", () => {
  const quota = new RetryQuota();
  for (let i = 0; i < QUOTA_TOKENS / TOKENS_PER_RETRY; i++) {
    assert(quota.take());
  }
  assert(!quota.take());
  assertEquals(quota.tokens, 0);
  quota.giveBack(2);
  assert(quota.take() && quota.take() && !quota.take());
  quota.giveBack(1_000);
  assertEquals(quota.tokens, QUOTA_TOKENS);
});
