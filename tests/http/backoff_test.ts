import { assert, assertEquals } from "@std/assert";
import {
  backoffMs,
  MAX_DELAY_MS,
  MAX_HINT_MS,
  QUOTA_TOKENS,
  RetryQuota,
  TOKENS_PER_RETRY,
} from "../../lib/http/backoff.ts";

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
