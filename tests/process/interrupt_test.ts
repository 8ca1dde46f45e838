/**
 * Ctrl+C and its kin, on a process of its own.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { readJournal } from "../../lib/cache/journal.ts";
import type { Ended, Program } from "./program.ts";
import { Place } from "./place.ts";

/** How long a program may take to end after a signal. */
const LIMIT_MS = 2_000;

/** Neither kept files nor the speed of many connections. */
const SLOWLY = ["-j", "4", "--keep-limit", "0"];

for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`${signal} at 60 % exits ${exitCode}, and the next run fetches the rest alone`, async () => {
    await using place = await Place.open({ latencyMs: 20 });
    await using run = place.load(SLOWLY);
    await run.before(place.s3.untilGets(Math.round(0.6 * place.keys.length)));
    const { code, stderr } = await endedBy(signal, run);
    assertEquals(code, exitCode);
    const done = doneOf(stderr, place.keys.length);
    const recorded = await recordedKeys(place);
    assertEquals(recorded.length, done);
    assert(done > 0 && done < place.keys.length, `${done} files were done`);

    await place.quiet();
    place.s3.clearRequests();
    const next = await place.loadHere(SLOWLY);
    assertEquals(next.code, 0, next.stderr);
    assertMatch(next.stderr, new RegExp(`Resuming: Skipping ${done} already-processed files`));
    const missing = place.keys.filter((key) => !recorded.includes(key));
    assertEquals(place.s3.takeGets(), missing);

    assertEquals((await place.loadHere([], { name: "undisturbed" })).code, 0);
    assertEquals(await outputOf(place), await outputOf(place, "undisturbed"));
  });
}

Deno.test("SIGINT while the server stalls exits 130 at once, and the next run fetches what stalled", async () => {
  await using place = await Place.open();
  const stalled = place.keys.filter((_, i) => i % 20 === 7);
  for (const key of stalled) place.s3.faults.add("stall-body", { key });
  await using run = place.load(["--keep-limit", "0", "--progress-every", "1"]);
  const others = place.keys.length - stalled.length;
  await run.output(new RegExp(`Progress: ${others}/`));
  const { code, stderr } = await endedBy("SIGINT", run);
  assertEquals(code, 130);
  assertEquals(doneOf(stderr, place.keys.length), others);

  place.s3.faults.clear();
  await place.quiet();
  place.s3.clearRequests();
  assertEquals((await place.loadHere()).code, 0);
  assertEquals(place.s3.takeGets(), stalled);
});

Deno.test("SIGINT while the bucket is listed says that no file is done", async () => {
  await using place = await Place.open();
  place.s3.faults.add("stall-headers", { listing: "" });
  await using run = place.load();
  await run.before(place.s3.until((requests) => requests.length > 0));
  const { code, stderr } = await endedBy("SIGINT", run);
  assertEquals(code, 130);
  assertMatch(stderr, /\nInterrupted: no file done; run the same command to resume\n$/);
});

Deno.test("another signal ends at once what the first one cannot", async () => {
  await using place = await Place.open();
  await using run = await stuck(place);
  run.kill("SIGINT");
  // Of signals that wait together the system may deliver either one first.
  const again = setInterval(() => run.kill("SIGTERM"), 50);
  const { code } = await run.ended;
  clearInterval(again);
  assertEquals(code, 143, "the second signal's code");
});

Deno.test("the same signal again ends at once what the first one cannot", async () => {
  await using place = await Place.open();
  await using run = await stuck(place);
  const again = setInterval(() => run.kill("SIGINT"), 50);
  const { code } = await endedBy("SIGINT", run);
  clearInterval(again);
  assertEquals(code, 130);
});

Deno.test("a signal that a launcher delivers again is not a second one", async () => {
  await using place = await Place.open({ latencyMs: 20 });
  await using run = place.load(SLOWLY);
  await run.before(place.s3.untilGets(30));
  const again = setInterval(() => run.kill("SIGINT"), 0);
  const { code, stderr } = await endedBy("SIGINT", run);
  clearInterval(again);
  assertEquals(code, 130);
  assertEquals(doneOf(stderr, place.keys.length), (await recordedKeys(place)).length);
});

Deno.test("what does not heed SIGINT is ended after two seconds", async () => {
  await using place = await Place.open();
  await using run = await stuck(place);
  run.kill("SIGINT");
  assertEquals((await run.ended).code, 130);
});

/** A run that waits for its keys, from a pipe that nothing writes to: no abort ends that. */
async function stuck(place: Place): Promise<Program> {
  const path = `${place.home}/keys`;
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const run = place.load([], {
    env: {
      MASSIVE_S3_ACCESS_KEY_ID: "",
      MASSIVE_S3_SECRET_ACCESS_KEY: "",
      AWS_SHARED_CREDENTIALS_FILE: path,
    },
  });
  const writer = await Deno.open(path, { write: true });
  run.ended.finally(() => writer.close());
  return run;
}

/** Sends a signal and waits for the end, which has to come soon. */
async function endedBy(signal: Deno.Signal, run: Program): Promise<Ended> {
  const sentAt = performance.now();
  run.kill(signal);
  const ended = await run.ended;
  assertLess(performance.now() - sentAt, LIMIT_MS);
  return ended;
}

/** The number of finished files in the last line. */
function doneOf(stderr: string, total: number): number {
  const last = stderr.trimEnd().split("\n").at(-1)!;
  assertMatch(last, /^Interrupted: \d+\/\d+ files done; run the same command to resume$/);
  const [done, all] = last.match(/\d+/g)!.map(Number);
  assertEquals(all, total);
  return done!;
}

async function recordedKeys(place: Place): Promise<string[]> {
  const journal = await readJournal(place.journalPath());
  assert(typeof journal === "object", "there is a journal");
  assertEquals(journal.badLines, 0);
  return [...journal.records.keys()];
}

function outputOf(place: Place, name?: string): Promise<string> {
  return Deno.readTextFile(place.cache(name).output);
}
