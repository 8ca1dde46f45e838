/**
 * `kill -9` at random moments.
 *
 * @module
 */

import { assert } from "@std/assert";
import { killRounds } from "./kill_rounds.ts";

Deno.test("after kill -9 at 6 random moments the next run ends as if nothing had been", async () => {
  const report = await killRounds({ rounds: 6, seed: 1, aimed: 0 });
  assert(report.journal >= 3, "downloading was killed often");
});

Deno.test("after kill -9 at 4 moments of folding-in the next run ends as if nothing had been", async () => {
  const report = await killRounds({ rounds: 4, seed: 2, aimed: 1 });
  assert(report.unfinishedEntry + report.both + report.entry >= 1, "folding in was killed often");
});
