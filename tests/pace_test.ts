import { assertEquals } from "@std/assert";
import { Pace } from "../lib/pace.ts";
import { Semaphore } from "../lib/semaphore.ts";

function paceOf(limit: number) {
  const semaphore = new Semaphore(limit);
  const pace = new Pace(semaphore);
  const succeed = (times: number) => {
    for (let i = 0; i < times; i++) pace.succeeded();
  };
  return { semaphore, pace, succeed };
}

Deno.test("Pace halves the limit when the server throttles, at most once in two seconds", () => {
  const { semaphore, pace } = paceOf(20);
  const limitAfter = (nowMs: number) => {
    pace.throttled(nowMs);
    return semaphore.limit;
  };
  assertEquals([0, 1, 1_999, 2_000, 3_999, 4_000].map(limitAfter), [10, 10, 10, 5, 5, 2]);
});

Deno.test("Pace never goes below one", () => {
  const { semaphore, pace } = paceOf(3);
  for (let nowMs = 0; nowMs <= 20_000; nowMs += 2_000) pace.throttled(nowMs);
  assertEquals(semaphore.limit, 1);
});

Deno.test("Pace lets one more run after twenty successes in a row", () => {
  const { semaphore, pace, succeed } = paceOf(20);
  pace.throttled(0);
  succeed(19);
  assertEquals(semaphore.limit, 10);
  succeed(1);
  assertEquals(semaphore.limit, 11);
  succeed(40);
  assertEquals(semaphore.limit, 13);
});

Deno.test("Pace begins to count anew at every throttled request", () => {
  const { semaphore, pace, succeed } = paceOf(20);
  pace.throttled(0);
  succeed(19);
  pace.throttled(1);
  succeed(19);
  assertEquals(semaphore.limit, 10);
  succeed(1);
  assertEquals(semaphore.limit, 11);
});

Deno.test("Pace never goes beyond the limit that it began with", () => {
  const { semaphore, pace, succeed } = paceOf(4);
  succeed(1_000);
  assertEquals(semaphore.limit, 4);
  pace.throttled(0);
  succeed(1_000);
  assertEquals(semaphore.limit, 4);
});
