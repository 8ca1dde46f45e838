import { assertEquals } from "@std/assert";
import { Recovery } from "../../lib/concurrency/recovery.ts";

/** A cut at 40 tasks, of which so many were refused. */
function recoveryOf(refused: number): Recovery {
  const recovery = new Recovery({ limit: 40, running: 40 }, { sentMs: 0, nowMs: 0 });
  for (let i = 1; i < refused; i++) recovery.covers({ sentMs: 0, nowMs: 0 });
  return recovery;
}

Deno.test("Recovery begins at nine tenths of what was borne, and at half the limit at least", () => {
  const found = [1, 8, 20, 40].map(recoveryOf).map(({ lowest, origin }) => [lowest, origin]);
  assertEquals(found, [[35, 39], [28, 32], [20, 20], [20, 20]]);
});

Deno.test("Recovery takes what ran for what was borne where less ran than was allowed", () => {
  const { origin } = new Recovery({ limit: 40, running: 30 }, { sentMs: 0, nowMs: 0 });
  assertEquals(origin, 29);
});

Deno.test("Recovery follows the curve of RFC 9438: up to what was borne, flat there, and beyond", () => {
  const recovery = recoveryOf(8);
  const limits = [0, 250, 500, 1_000, 2_000, 3_000, 4_000, 5_000].map((ms) => recovery.limitAt(ms));
  // W(t) = 0.4 (t − K)³ + 32 with K = ∛(4 ÷ 0.4) = 2.154 s
  assertEquals(limits, [28, 29, 30, 31, 31, 32, 34, 41]);
});

Deno.test("Recovery covers what was sent before the cut, and no more", () => {
  const recovery = new Recovery({ limit: 40, running: 40 }, { sentMs: 0, nowMs: 100 });
  assertEquals(recovery.covers({ sentMs: 100, nowMs: 180 }), true);
  assertEquals(recovery.covers({ sentMs: 181, nowMs: 200 }), false);
  assertEquals(recovery.origin, 38);
});

Deno.test("Recovery is forgotten a quarter, and at least eight, beyond what was borne", () => {
  const few = new Recovery({ limit: 4, running: 4 }, { sentMs: 0, nowMs: 0 });
  assertEquals([recoveryOf(1).forgottenAt, few.forgottenAt], [48, 11]);
});
