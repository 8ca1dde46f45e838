import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  ConfigurationError,
  EntitlementError,
  IntegrityError,
  JournalError,
  LockedError,
  NetworkError,
  ObjectChangedError,
  S3Error,
  StorageError,
  TemporaryError,
} from "../../lib/errors.ts";
import { causeOf, isRefused, isReplaced, Refusals, verdictOf } from "../../lib/load/verdict.ts";
import type { Verdict } from "../../lib/load/tasks.ts";

const keyOf = (i: number) => `us_stocks_sip/day_aggs_v1/2024/03/2024-03-0${i}.csv.gz`;
const KEY = keyOf(7);

const answer = (status: number, code: string, key: string | undefined = KEY) =>
  new S3Error(`Cannot download ${key}: ${code}`, { code, status, key });
const integrity = (check: IntegrityError["check"], key = KEY) =>
  new IntegrityError(`Cannot download ${key}`, { key, check });
const network = (timedOut: boolean) => new NetworkError("m", { phase: "body", timedOut });
const changed = (key = KEY) => new ObjectChangedError(`Cannot download ${key}`, { key });
const refused = (key = KEY) => answer(403, "AccessDenied", key);

const ERRORS: readonly (readonly [Error, Verdict, cause: string])[] = [
  [answer(403, "AccessDenied"), "never", "not included in your plan"],
  [answer(403, "HTTP 403"), "never", "not included in your plan"],
  [answer(404, "NoSuchKey"), "never", "the server answered NoSuchKey (404)"],
  [answer(404, "HTTP 404"), "never", "the server answered HTTP 404"],
  [answer(503, "SlowDown"), "again", "the server answered SlowDown (503)"],
  [answer(500, "InternalError"), "again", "the server answered InternalError (500)"],
  [answer(429, "HTTP 429"), "again", "the server answered HTTP 429"],
  [answer(400, "InvalidArgument"), "never", "the server answered InvalidArgument (400)"],
  [integrity("size"), "again", "its length differs from the listing's"],
  [integrity("too-large"), "never", "it is larger than 64 GiB"],
  [integrity("md5"), "again", "its MD5 differs from the listing's"],
  [integrity("gzip"), "again", "its gzip is damaged"],
  [integrity("format"), "never", "it cannot be read as a flat file"],
  [network(true), "again", "the connection was too slow"],
  [network(false), "again", "the connection failed"],
  [changed(), "never", "it was replaced while it was fetched"],
];

Deno.test("verdictOf() tries again what may pass, and stops nothing for one file", () => {
  for (const [error, verdict] of ERRORS) assertEquals(verdictOf(error), verdict, error.message);
});

Deno.test("verdictOf() ends the run for what every file would meet", () => {
  const path = "/cache";
  const fatal: unknown[] = [
    answer(403, "InvalidAccessKeyId"),
    answer(403, "SignatureDoesNotMatch"),
    answer(400, "ExpiredToken"),
    answer(404, "NoSuchBucket"),
    answer(401, "HTTP 401"),
    answer(403, "RequestTimeTooSkewed"),
    new S3Error("listing", { code: "AccessDenied", status: 403 }),
    new StorageError("m", { path, code: "ENOSPC" }),
    new JournalError("m", { path }),
    new LockedError("m", { path, holder: "h" }),
    new ConfigurationError("m"),
    new EntitlementError("m"),
    new TypeError("a defect"),
    "not even an error",
    undefined,
  ];
  for (const error of fatal) assertEquals(verdictOf(error), "fatal", String(error));
});

Deno.test("causeOf() says why in words that name no single file", () => {
  for (const [error, , cause] of ERRORS) assertEquals(causeOf(error), cause);
});

Deno.test("causeOf() takes the message of what it does not know", () => {
  assertEquals(causeOf(new Error("odd")), "odd");
  assertEquals(causeOf("odd"), "odd");
});

Deno.test("a file that is not kept, offline, is named as such and not tried again", () => {
  const error = new TemporaryError(`Cannot read ${KEY} offline`);
  assertEquals([causeOf(error), verdictOf(error)], ["it is not kept here", "never"]);
});

Deno.test("isRefused() is about objects alone", () => {
  assertEquals(isRefused(refused()), true);
  assertEquals(isRefused(new S3Error("m", { code: "AccessDenied", status: 403 })), false);
  assertEquals(isRefused(answer(403, "SignatureDoesNotMatch")), false);
  assertEquals(isRefused(answer(404, "NoSuchKey")), false);
});

Deno.test("isReplaced() sees an object that is another one now, or gone", () => {
  assertEquals(isReplaced(changed()), true);
  assertEquals(isReplaced(answer(412, "PreconditionFailed")), true);
  assertEquals(isReplaced(answer(404, "NoSuchKey")), true);
  assertEquals(isReplaced(answer(404, "NoSuchBucket")), false);
  assertEquals(isReplaced(integrity("md5")), false);
});

const keys = (count: number) => Array.from({ length: count }, (_, i) => keyOf(i));

Deno.test("Refusals ends the run when each of the first five files is refused", () => {
  const refusals = new Refusals(keys(9), 0);
  for (const key of [3, 1, 0, 4].map(keyOf)) {
    const error = refused(key);
    assert(refusals.judge(key, error) === error);
  }
  const last = refusals.judge(keyOf(2), refused(keyOf(2)));
  assertInstanceOf(last, EntitlementError);
  assertEquals(verdictOf(last), "fatal");
});

Deno.test("Refusals does not end the run for later files that are refused first", () => {
  const refusals = new Refusals(keys(9), 0);
  for (const key of [5, 6, 7, 8, 0, 1, 2, 3].map(keyOf)) {
    assertEquals(isRefused(refusals.judge(key, refused(key))), true);
  }
});

Deno.test("Refusals does not end the run once a file was served, now or before", () => {
  const now = new Refusals(keys(5), 0);
  now.served();
  for (const refusals of [now, new Refusals(keys(5), 1)]) {
    for (const key of keys(5)) assertEquals(isRefused(refusals.judge(key, refused(key))), true);
  }
});

Deno.test("Refusals ends the run when there are fewer than five files and all are refused", () => {
  const refusals = new Refusals(keys(2), 0);
  assertEquals(isRefused(refusals.judge(keyOf(0), refused(keyOf(0)))), true);
  assertInstanceOf(refusals.judge(keyOf(1), refused(keyOf(1))), EntitlementError);
});

Deno.test("Refusals leaves other errors as they are, and does not count them", () => {
  const refusals = new Refusals(keys(1), 0);
  for (const [error] of ERRORS.slice(2)) {
    assert(refusals.judge(keyOf(0), error) === error);
  }
  assertInstanceOf(refusals.judge(keyOf(0), refused(keyOf(0))), EntitlementError);
});
