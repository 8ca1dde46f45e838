import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { FileOutcome } from "../../../lib/progress.ts";
import type { ProgressEvent } from "../../../mod.ts";
import {
  advance,
  bytesPerSecond,
  elapsedMs,
  initialProgress,
  processed,
  remainingMs,
} from "../../../lib/cli/progress/progress_state.ts";
import { after, file, keyOf, MISS, PLAN, START } from "./events.ts";

const bytes = (count: number): ProgressEvent => ({ type: "bytes", count });

Deno.test("advance() counts files by how they ended", () => {
  const state = after([
    START,
    MISS,
    PLAN,
    file(0),
    file(1, { kind: "done", from: "store" }),
    file(2, { kind: "failed", cause: "HTTP 502" }),
    file(3, { kind: "refused" }),
  ]);
  assertEquals([state.done, state.failed, state.refused], [2, 1, 1]);
  assertEquals(processed(state), 4);
  assertEquals(state.host, "files.massive.com");
  assertEquals([state.plan?.listed, state.plan?.recorded, state.plan?.toFetch], [1255, 753, 502]);
});

Deno.test("advance() counts an export's files by the objects that are made of them", () => {
  const made = { files: 21, fromCache: 4, rows: 300 };
  const month = (n: number, outcome?: FileOutcome) =>
    ({ ...file(n, outcome), made }) as ProgressEvent;
  const state = after([PLAN, month(0), month(1, { kind: "failed", cause: "x" })]);
  assertEquals([state.done, state.failed, processed(state)], [21, 21, 42]);
  assertEquals([state.fromCache, state.rows], [8, 600]);
});

Deno.test("advance() sums bytes and retries, and leaves the old state alone", () => {
  const before = after([PLAN]);
  const retry: ProgressEvent = {
    type: "retry",
    key: keyOf(0),
    attempt: 1,
    cause: "reset",
    delayMs: 10,
  };
  const state = [bytes(3), bytes(4), retry]
    .reduce((state, event) => advance(state, event, 5), before);
  assertEquals([state.bytes, state.retries], [7, 1]);
  assertEquals(before, after([PLAN]));
});

Deno.test("elapsedMs() counts from the plan, before it from the start", () => {
  const started = advance(initialProgress(0), START, 100);
  assertEquals(elapsedMs(started, 350), 250);
  assertEquals(elapsedMs(advance(started, PLAN, 1_000), 1_300), 300);
});

Deno.test("remainingMs() extends the pace so far, once there is one", () => {
  const planned = after([PLAN]);
  assertEquals(remainingMs(planned, 300), undefined);
  const ten = after([PLAN, ...Array.from({ length: 10 }, (_, i) => file(i))]);
  assertAlmostEquals(remainingMs(ten, 300)!, 300 / 10 * 492);
  const all = after([{ ...PLAN, toFetch: 1 } as ProgressEvent, file(0)]);
  assertEquals(remainingMs(all, 300), 0);
});

Deno.test("bytesPerSecond() counts what comes after the plan", () => {
  const listed = advance(after([]), bytes(1e6), 0);
  const state = advance(listed, PLAN, 1_000);
  assertEquals([bytesPerSecond(listed, 600), bytesPerSecond(state, 2_000)], [1e6 / 0.6, undefined]);
  assertEquals(bytesPerSecond(advance(state, bytes(500), 2_000), 3_000), 500);
});

Deno.test("bytesPerSecond() is the pace of the last five seconds", () => {
  let state = after([PLAN]);
  assertEquals(bytesPerSecond(state, 0), undefined);
  for (let ms = 0; ms < 10_000; ms += 10) {
    state = advance(state, bytes(1_000), ms);
  }
  assertEquals(bytesPerSecond(after([PLAN, bytes(9)]), 100), undefined);
  assertAlmostEquals(bytesPerSecond(state, 10_000)!, 100_000, 1);
  for (let ms = 10_000; ms < 16_000; ms += 10) {
    state = advance(state, bytes(2_000), ms);
  }
  assertAlmostEquals(bytesPerSecond(state, 16_000)!, 200_000, 10_000);
  assertEquals(bytesPerSecond(state, 22_000), 0);
  assertEquals(state.samples.length <= 22, true);
});
