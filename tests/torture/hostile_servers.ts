/**
 * Servers and files that mean harm, or are broken as if they did: each run has to end, in time
 * and with the right word.
 *
 * @module
 */

import {
  type HostileObjects,
  NEVER_ANSWERED,
  playHostileObjects,
} from "../storm/hostile_objects.ts";
import { assertEquals } from "@std/assert";
import { MAX_OBJECT_BYTES } from "../../lib/dated_object.ts";
import { QUARTER, stockFiles, World } from "../program/harness.ts";
import { type Bytes, DAMAGES, playLastingDamage } from "../storm/lasting_damage.ts";

/** What is played, by name; each one throws when it ends otherwise than it must. */
const CASES: Readonly<Record<string, () => Promise<unknown>>> = {
  ...neverAnswered(),
  ...damaged(),
  ...tooLarge(),
};

/** One object, the newest one that is looked at ahead, many, and one at a time. */
function neverAnswered(): Record<string, () => Promise<unknown>> {
  const cases: Record<string, () => Promise<unknown>> = {};
  for (const [what, fault] of Object.entries(NEVER_ANSWERED)) {
    const many = Array.from({ length: 24 }, (_, i) => [i * 2, fault] as const);
    const plays: Readonly<Record<string, HostileObjects>> = {
      "one object": { struck: [[30, fault]] },
      "the newest object": { struck: [[-1, fault]], symbol: "tsla" },
      "24 objects": { struck: many },
      "two objects, -j 1": { struck: [[0, fault], [40, fault]], concurrency: 1 },
    };
    for (const [which, play] of Object.entries(plays)) {
      cases[`${which}: ${what}`] = () => playHostileObjects(play);
    }
  }
  return cases;
}

/** A gzip damaged in each way, and one cut at 240 places, whatever proves the bytes. */
function damaged(): Record<string, () => Promise<unknown>> {
  const cases: Record<string, () => Promise<unknown>> = {};
  for (const isMd5 of [true, false]) {
    const proof = isMd5 ? "MD5" : "length";
    cases[`gzips damaged in ${Object.keys(DAMAGES).length} ways, proved by ${proof}`] = () =>
      playLastingDamage(Object.values(DAMAGES), isMd5);
    for (let tenth = 0; tenth < 10; tenth++) {
      const cuts = Array.from({ length: 12 }, (_, i) => (whole: Bytes) => {
        return whole.slice(0, Math.floor(whole.length * (tenth + i / 12) / 10));
      });
      cases[`gzips cut in tenth ${tenth + 1}, proved by ${proof}`] = () =>
        playLastingDamage(cuts, isMd5);
    }
  }
  return cases;
}

/** An object listed with a size that no run can load: no GET, and all others are there. */
function tooLarge(): Record<string, () => Promise<unknown>> {
  const cases: Record<string, () => Promise<unknown>> = {};
  for (const listedSize of [MAX_OBJECT_BYTES + 1, 2 ** 40, 2 ** 53, 2 ** 63]) {
    for (const at of [0, 30, -1]) {
      cases[`object ${at} of ${listedSize} bytes`] = async () => {
        const files = stockFiles();
        await using world = await World.open([files]);
        const date = files.dates.at(at)!;
        world.s3.objects.put(files.keyOf(date), files.file(date).bytes, { listedSize });
        const { bars, summary } = await world.load(["TSLA"], QUARTER);
        assertEquals(summary.failures.map(({ key }) => key), [files.keyOf(date)]);
        assertEquals(bars.TSLA, files.truth("TSLA").filter((bar) => bar.date !== date));
        assertEquals(world.takeGets().includes(files.keyOf(date)), false);
      };
    }
  }
  return cases;
}

/** How many were played, and which took longest. */
export interface HostileReport {
  cases: number;
  slowestMs: number;
  slowest: string;
}

/** Plays one after another. */
export async function playHostileServers(): Promise<HostileReport> {
  const report = { cases: 0, slowestMs: 0, slowest: "" };
  for (const [name, play] of Object.entries(CASES)) {
    const startMs = performance.now();
    await play().catch((cause) => {
      throw new Error(`Hostile case "${name}"`, { cause });
    });
    const tookMs = Math.round(performance.now() - startMs);
    report.cases++;
    if (tookMs > report.slowestMs) Object.assign(report, { slowestMs: tookMs, slowest: name });
  }
  return report;
}
