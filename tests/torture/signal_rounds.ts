/**
 * SIGINT and SIGTERM at random moments: exit code and time, and what the next run makes of it.
 *
 * @module
 */

import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { hashText, mix, unit } from "../../fixtures/random.ts";
import { readJournal } from "../../lib/cache/journal.ts";
import { Place } from "../process/place.ts";
import { readEntry } from "../cache/samples.ts";

/** What the program may take to end. */
const LIMIT_MS = 2_500;

/** What the signals met. */
export interface SignalReport {
  /** Runs that ended by the signal, and that had ended just before. */
  interrupted: number;
  finished: number;
  /** The longest time from the signal to the end. */
  slowestMs: number;
}

/** Plays the rounds of one signal; throws when one ends otherwise than it must. */
export async function signalRounds(
  { signal, rounds, seed }: { signal: "SIGINT" | "SIGTERM"; rounds: number; seed: number },
): Promise<SignalReport> {
  const report = { interrupted: 0, finished: 0, slowestMs: 0 };
  await using place = await Place.open({ latencyMs: 10 });
  for (let round = 0; round < rounds; round++) {
    const name = `${signal}_${round}`;
    const hash = hashText(name, seed);
    const requests = 1 + mix(hash, 0) % (place.keys.length + 1);
    const args = ["-j", "4", "--keep-limit", "0"];
    place.s3.clearRequests();
    await using run = place.load(args, { name });
    await run.before(place.s3.until(({ length }) => length >= requests));
    await new Promise((resolve) => setTimeout(resolve, unit(hash, 1) * 30));
    const sentMs = performance.now();
    run.kill(signal);
    const { code, stderr } = await run.ended;
    const tookMs = performance.now() - sentMs;
    report.slowestMs = Math.max(report.slowestMs, Math.round(tookMs));
    assertLessOrEqual(tookMs, LIMIT_MS, name);
    const wanted = signal === "SIGINT" ? 130 : 143;
    if (code === 0) report.finished++;
    else {
      assertEquals(code, wanted, `${name}: ${stderr}`);
      report.interrupted++;
    }
    const recorded = await recordedKeys(place, name);
    await place.quiet();
    place.s3.clearRequests();
    const next = await place.loadHere(args, { name });
    assertEquals(next.code, 0, next.stderr);
    assertEquals(place.s3.takeGets(), place.keys.filter((key) => !recorded.has(key)), name);
    await Deno.remove(place.cache(name).directory.path, { recursive: true });
  }
  return report;
}

async function recordedKeys(place: Place, name: string): Promise<Set<string>> {
  const journal = await readJournal(place.journalPath(name));
  assert(journal !== "foreign", "a journal is one from its first line on");
  const path = place.cache(name).directory.entryPath(place.files.dataset, "TSLA");
  const entry = await readEntry(path);
  return new Set([...journal?.records.keys() ?? [], ...entry?.records.keys() ?? []]);
}
