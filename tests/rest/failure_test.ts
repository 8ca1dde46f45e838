import { assertEquals } from "@std/assert";
import {
  ConfigurationError,
  IntegrityError,
  NetworkError,
  RestError,
  TlsError,
} from "../../lib/errors.ts";
import { answerError, retryDelayMs, THROTTLED_HINT_MS } from "../../lib/rest/failure.ts";

const rest = (status: number, retryAfterMs?: number) =>
  new RestError("m", { status, retryAfterMs });

Deno.test("retryDelayMs() waits for what may pass, and for nothing else", () => {
  const delays = (error: unknown) => retryDelayMs(error, 1, () => 0.5);
  for (const status of [301, 302, 307, 408, 500, 502, 504, 520]) {
    assertEquals(delays(rest(status)), 50, String(status));
  }
  for (const status of [304, 400, 404, 405, 410, 501]) {
    assertEquals(delays(rest(status)), undefined, String(status));
  }
  assertEquals(delays(new NetworkError("m", { phase: "body", timedOut: true })), 50);
  assertEquals(delays(new IntegrityError("m", { key: "k", check: "format" })), 50);
  assertEquals(delays(new TlsError("m", { defect: "untrusted" })), undefined);
  assertEquals(delays(new ConfigurationError("m")), undefined);
  assertEquals(delays(new TypeError("m")), undefined);
});

Deno.test("retryDelayMs() waits a fifth of a minute after 429, or as long as the server asks", () => {
  assertEquals(retryDelayMs(rest(429), 1, () => 0), THROTTLED_HINT_MS);
  assertEquals(retryDelayMs(rest(429, 3_000), 1, () => 0), 3_000);
  assertEquals(retryDelayMs(rest(429, 0), 2, () => 0.5), 1_000);
  assertEquals(retryDelayMs(rest(503), 1, () => 0.5), 500);
  assertEquals(retryDelayMs(rest(503, 7_000), 1, () => 0), 7_000);
});

Deno.test("retryDelayMs() ends with the sixth attempt", () => {
  assertEquals(retryDelayMs(rest(500), 5, () => 0), 0);
  assertEquals(retryDelayMs(rest(500), 6, () => 0), undefined);
});

Deno.test("answerError() reads how long to wait, and repeats no word of the server", () => {
  const headers = new Headers({
    "retry-after": "Thu, 07 Mar 2024 12:00:30 GMT",
    date: "Thu, 07 Mar 2024 12:00:00 GMT",
  });
  const apiKey = { value: "secret", source: "MASSIVE_API_KEY" };
  const error = answerError({ response: { status: 429, headers }, action: "Cannot", apiKey });
  assertEquals((error as RestError).retryAfterMs, 30_000);
  assertEquals(error.message, "Cannot: the server answers HTTP 429");
  const location = "https://SECRET.example/";
  const response = { status: 302, headers: new Headers({ location }) };
  assertEquals(
    answerError({ response, action: "Cannot", apiKey }).message,
    "Cannot: the server answers HTTP 302, a redirect to another host",
  );
});

Deno.test("retryDelayMs() in its six attempts waits out a minute in which no more calls are allowed", () => {
  const waits = [1, 2, 3, 4, 5].map((attempt) => retryDelayMs(rest(429), attempt, () => 0)!);
  assertEquals(waits.reduce((sum, ms) => sum + ms, 0) >= 60_000, true);
});
