import { assertEquals, assertMatch } from "@std/assert";
import { Deadline, DEFAULT_LIMITS } from "../../lib/http/deadline.ts";

const LIMITS = { ...DEFAULT_LIMITS, idleMs: 40, windowMs: 30, attemptMs: 50 };
const ACTION = 'Cannot download "a"';

Deno.test("Deadline.sleep() counts for none of the limits", async () => {
  using deadline = new Deadline({ limits: LIMITS, attempt: 1, action: ACTION });
  deadline.enterBody(100);
  await deadline.sleep(150);
  assertEquals(deadline.signal.aborted, false);
});

Deno.test("Deadline gives up an attempt that has slept, once its own time is over", async () => {
  using deadline = new Deadline({ limits: LIMITS, attempt: 1, action: ACTION });
  deadline.enterBody(100);
  await deadline.sleep(60);
  const { promise, resolve } = Promise.withResolvers<void>();
  deadline.signal.addEventListener("abort", () => resolve());
  await promise;
  assertMatch(`${deadline.signal.reason}`, /Cannot download "a": .* in \d+ ms/);
});
