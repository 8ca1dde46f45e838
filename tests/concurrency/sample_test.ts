import { assertEquals } from "@std/assert";
import { Sample } from "../../lib/concurrency/sample.ts";

Deno.test("Sample counts what ends after those that began before it", () => {
  const round = new Sample({ settle: 2, size: 3, nowMs: 0 });
  const ends = [10, 50, 100, 200, 250].map((nowMs) => round.finish(nowMs));
  assertEquals(ends, [undefined, undefined, undefined, undefined, 3 / 200]);
});

Deno.test("Sample lasts a tenth of a second at least", () => {
  const round = new Sample({ settle: 0, size: 1, nowMs: 1_000 });
  const ends = [1_001, 1_099, 1_100].map((nowMs) => round.finish(nowMs));
  assertEquals(ends, [undefined, undefined, 3 / 100]);
});
