/**
 * `kill -9` at random moments.
 *
 * @module
 */

import { assert } from "@std/assert";
import { killRounds } from "./kill_rounds.ts";

const ROUNDS = 60;

Deno.test(`after kill -9 at ${ROUNDS} moments the next run ends as if nothing had been`, async () => {
  const report = await killRounds({ rounds: ROUNDS, seed: 1 });
  assert(report.journal >= ROUNDS / 4, "downloading was killed often");
  assert(report.unfinishedEntry + report.both + report.entry >= ROUNDS / 10, "folding in was too");
});
