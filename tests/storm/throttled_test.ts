/** Promise 4, against a server that answers 503 to everything for a while. */

import { assert, assertEquals } from "@std/assert";
import { playThrottling } from "./throttling.ts";

Deno.test("preload() (503 on everything for 3 s) finishes, having asked at most a fourth as often", async () => {
  const report = await playThrottling({ objects: 200, lastsMs: 3_000, seed: 1 });
  assertEquals([report.complete, report.failed], [true, 0]);
  assert(report.refused > 0);
  assert(report.during <= report.before / 4, JSON.stringify(report));
});
