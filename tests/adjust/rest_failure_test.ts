import { assertEquals } from "@std/assert";
import {
  ConfigurationError,
  IntegrityError,
  NetworkError,
  RestError,
  TlsError,
} from "../../lib/errors.ts";
import { MAX_ATTEMPTS } from "../../lib/http/backoff.ts";
import { planRetry, restRefusal, THROTTLED_HINT_MS } from "../../lib/adjust/rest_failure.ts";

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
