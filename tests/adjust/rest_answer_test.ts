import { assertEquals, assertThrows } from "@std/assert";
import {
  planRetry,
  readOne,
  readPage,
  restRefusal,
  THROTTLED_HINT_MS,
} from "../../lib/adjust/rest_client.ts";
import {
  ConfigurationError,
  IntegrityError,
  NetworkError,
  RestError,
  TlsError,
} from "../../lib/errors.ts";
import { MAX_ATTEMPTS } from "../../lib/http/backoff.ts";

const page = (text: string) => readPage(new TextEncoder().encode(text));

Deno.test("readPage() reads results and where the next page is", () => {
  const row = { ticker: "TSLA" };
  const whole = { status: "OK", request_id: "1", results: [row], next_url: "https://a/b?c=1" };
  assertEquals(page(JSON.stringify(whole)), { results: [row], next: "https://a/b?c=1" });
  for (const next_url of [undefined, null, ""]) {
    assertEquals(page(JSON.stringify({ results: [row], next_url })).next, undefined);
  }
  assertEquals(page('{"status":"DELAYED","results":[]}').results, []);
});

Deno.test("readOne() reads results that are one object, and no others", () => {
  const one = (text: string) => readOne(new TextEncoder().encode(text));
  assertEquals(one('{"status":"OK","results":{"events":[]}}'), { events: [] });
  for (const results of ["[]", "null", "7", '"x"']) {
    const message = "its results are no object";
    assertThrows(() => one(`{"status":"OK","results":${results}}`), SyntaxError, message);
  }
  assertThrows(() => one('{"status":"ERROR","results":{}}'), SyntaxError, "its status is not OK");
  assertThrows(() => one("[]"), SyntaxError, "it is no JSON object");
});

Deno.test("readPage() takes an answer that is OK without results for an empty page", () => {
  assertEquals(page('{"status":"OK","request_id":"1","count":0}').results, []);
  assertEquals(page('{"status":"OK","results":null}').results, []);
});

Deno.test("readPage() refuses what could hide results or is none", () => {
  const rows: [string, string][] = [
    ["", "it is no JSON object"],
    ["null", "it is no JSON object"],
    ["[]", "it is no JSON object"],
    ['{"status":"OK","results":[', "it is no JSON object"],
    ["<html>", "it is a web page"],
    ["{}", "it has no results"],
    ['{"status":"OK","data":[]}', "it has no results"],
    ['{"status":"OK","splits":{}}', "it has no results"],
    ['{"status":"OK","results":{}}', "its results are no array"],
    ['{"status":"NOT_AUTHORIZED","results":[]}', "its status is not OK"],
    ['{"status":7,"results":[]}', "its status is not OK"],
    ['{"results":[],"next_url":7}', "its next_url is no text"],
  ];
  for (const [text, message] of rows) {
    assertEquals(assertThrows(() => page(text), SyntaxError).message, message, text);
  }
  assertThrows(() => readPage(Uint8Array.of(0xff)), SyntaxError, "it is no JSON object");
});

const rest = (status: number, retryAfterMs?: number) =>
  new RestError("m", { status, retryAfterMs });

Deno.test("planRetry() tries again after what may pass, and after nothing else", () => {
  for (const status of [301, 302, 307, 408, 500, 502, 504, 520]) {
    assertEquals(planRetry(rest(status))?.pace, "retry", String(status));
  }
  for (const status of [304, 400, 404, 405, 410, 501]) {
    assertEquals(planRetry(rest(status)), undefined, String(status));
  }
  assertEquals(planRetry(new NetworkError("m", { phase: "body", timedOut: true }))?.pace, "retry");
  assertEquals(planRetry(new IntegrityError("m", { key: "k", check: "format" }))?.pace, "retry");
  assertEquals(planRetry(new TlsError("m", { defect: "untrusted" })), undefined);
  assertEquals(planRetry(new ConfigurationError("m")), undefined);
  assertEquals(planRetry(new TypeError("m")), undefined);
});

Deno.test("planRetry() waits a fifth of a minute after 429, or as long as the server asks", () => {
  assertEquals(planRetry(rest(429)), { pace: "throttle", hintMs: THROTTLED_HINT_MS });
  assertEquals(planRetry(rest(429, 3_000)), { pace: "throttle", hintMs: 3_000 });
  assertEquals(planRetry(rest(503, 7_000)), { pace: "throttle", hintMs: 7_000 });
});

Deno.test("planRetry() waits out a minute of no more calls within six attempts", () => {
  assertEquals((MAX_ATTEMPTS - 1) * planRetry(rest(429))!.hintMs!, 60_000);
});

Deno.test("answerError() reads how long to wait, and repeats no word of the server", () => {
  const headers = new Headers({
    "retry-after": "Thu, 07 Mar 2024 12:00:30 GMT",
    date: "Thu, 07 Mar 2024 12:00:00 GMT",
  });
  const apiKey = { value: "secret", source: "MASSIVE_API_KEY" };
  const error = restRefusal({ response: { status: 429, headers }, action: "Cannot", apiKey });
  assertEquals((error as RestError).retryAfterMs, 30_000);
  assertEquals(error.message, "Cannot: the server answers HTTP 429");
  const location = "https://SECRET.example/";
  const response = { status: 302, headers: new Headers({ location }) };
  assertEquals(
    restRefusal({ response, action: "Cannot", apiKey }).message,
    "Cannot: the server answers HTTP 302, a redirect to another host",
  );
});
