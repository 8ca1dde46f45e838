/**
 * The proofs that take too long for every day: `deno task torture`.
 *
 * Each part prints what it counted; the first one that ends otherwise than it must ends the run.
 *
 * @module
 */
// deno-lint-ignore-file no-console

import { assert } from "@std/assert";
import { readTask, refuse } from "../../tools/task.ts";
import { killExports } from "../process/export_kills.ts";
import { killFamilies } from "../process/family_kills.ts";
import { killRounds } from "../process/kill_rounds.ts";
import { killLarge } from "../process/large_kills.ts";
import { playThrottling } from "../storm/throttling.ts";
import { playStorm, stormFiles } from "../storm/weather.ts";
import { playBounds } from "./bounds.ts";
import { flipEveryBit } from "./every_bit.ts";
import { playFleet, playManyTasks } from "./fleet.ts";
import { playHostileServers } from "./hostile_servers.ts";
import { measureListings } from "./listings.ts";
import { playOutputs } from "./outputs.ts";
import { drawExamples } from "./properties.ts";
import { sideBySide } from "./side_by_side.ts";
import { signalRounds } from "./signal_rounds.ts";

const SEED = 2_025;

/** The parts, by name. */
const PARTS: Readonly<Record<string, () => Promise<unknown>>> = {
  listings: () => measureListings(),
  kill: () => killRounds({ rounds: 500, seed: SEED, aimed: 0 }),
  family: () => killFamilies(150),
  large: () => killLarge(50),
  fold: () => killRounds({ rounds: 150, seed: SEED + 1, aimed: 1 }),
  export: () => killInBoth(kills),
  calls: () => dieInBoth(kills),
  sigint: () => signalRounds({ signal: "SIGINT", rounds: 25, seed: SEED }),
  sigterm: () => signalRounds({ signal: "SIGTERM", rounds: 25, seed: SEED }),
  processes: () => sideBySide(25),
  storm: () => storms(20, 1_255),
  throttle: () => throttle(),
  hostile: () => playHostileServers(),
  bounds: () => playBounds(),
  bits: () => flipEveryBit(),
  properties: () => drawExamples(10),
  outputs: () => playOutputs(OUTPUTS),
  fleet: () => playFleet({ to: "2024-12-31", disasters: 21, seed: SEED }),
  "fleet-tasks": () => playManyTasks(100_000),
};

const OUTPUTS = {
  ...{ rounds: 200, seed: SEED, pairs: 10, disks: [16, 32, 64, 128, 256, 512] },
  formats: ["csv", "ndjson", "json", "parquet", "csv.gz"],
};

/** That many kills in a folder, and as many in a bucket, side by side. */
async function killInBoth(kills: number): Promise<unknown> {
  const places = ["folder", "bucket"] as const;
  return await Promise.all(
    places.map((into) => killExports({ into, kills, seed: SEED, by: "process" })),
  );
}

/** The same at calls that nobody answers any more: one place at a time, since all share the disk's calls. */
async function dieInBoth(kills: number): Promise<unknown> {
  const options = { kills, seed: SEED, by: "call" } as const;
  return [
    await killExports({ into: "folder", ...options }),
    await killExports({ into: "bucket", ...options }),
  ];
}

/** Twenty seconds of 503, in which the server is asked at most a fourth as often. */
async function throttle(): Promise<unknown> {
  const report = await playThrottling({ objects: 1_255, lastsMs: 20_000, seed: SEED });
  assert(report.complete && report.during <= report.before / 4, JSON.stringify(report));
  return report;
}

/** Storms one after another, and the sums and extremes of what was counted. */
async function storms(count: number, objects: number): Promise<unknown> {
  const files = stormFiles(objects);
  const total = { storms: 0, gets: 0, struck: 0, mostPerObject: 0, faults: 0 };
  const faults = new Set<string>();
  for (let seed = SEED; total.storms < count; seed++) {
    const report = await playStorm(files, seed);
    total.storms++;
    total.gets += report.gets;
    total.struck += report.struck;
    total.mostPerObject = Math.max(total.mostPerObject, report.mostPerObject);
    for (const fault of report.faults) faults.add(fault);
  }
  return { ...total, faults: faults.size };
}

const HELP = `
deno task torture [PART…]

Plays the proofs that take too long for every day, or those whose names begin so:
${Object.keys(PARTS).join(" ")}.
Everything takes under an hour.

  --kills N    of parts export and calls, in a folder and in a bucket each (default 1,000)
`;

const { names, counts } = readTask({ help: HELP, names: Object.keys(PARTS), counts: ["kills"] });
const { kills = 1_000 } = counts;
if (counts.kills !== undefined && !names.some((name) => /^(export|calls)$/.test(name))) {
  refuse(`Cannot use --kills with ${names.join(", ")}: want part export or calls`);
}
const startMs = performance.now();
for (const name of names) {
  const partMs = performance.now();
  const counted = await PARTS[name]!();
  console.log(`${name} (${seconds(partMs)} s): ${JSON.stringify(counted)}`);
}
console.log(`all in ${seconds(startMs)} s, on ${navigator.hardwareConcurrency} cores`);

function seconds(sinceMs: number): number {
  return Math.round((performance.now() - sinceMs) / 1_000);
}
