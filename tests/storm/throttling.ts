/**
 * A server that asks everyone to slow down for a while, and how often it is asked then.
 *
 * @module
 */

import { hashText, unit } from "../../fixtures/random.ts";
import { World } from "../program/harness.ts";
import { stormFiles } from "./weather.ts";

/** How the server throttles. */
export interface Throttling {
  readonly objects: number;
  /** How long it answers 503 to everything. */
  readonly lastsMs: number;
  /** Of the jitter. */
  readonly seed: number;
}

/** How a run bore it. */
export interface ThrottlingReport {
  readonly complete: boolean;
  /** Requests a second before, and in the second half of the time of 503. */
  readonly before: number;
  readonly during: number;
  /** Answers of 503. */
  readonly refused: number;
  readonly failed: number;
  readonly elapsedMs: number;
}

/** Runs with real back-off, its jitter from the seed; a third of the objects come before. */
export async function playThrottling(options: Throttling): Promise<ThrottlingReport> {
  const { objects, lastsMs, seed } = options;
  const files = stormFiles(objects);
  await using world = await World.open([files], { latencyMs: 25 });
  const hash = hashText("jitter", seed);
  let drawn = 0;
  let done = 0;
  let beganMs = Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const { summary } = await world.load(["TSLA"], {
    from: files.dates[0]!,
    to: files.dates.at(-1)!,
    random: () => unit(hash, drawn++),
    reporter: ({ type }) => {
      if (type !== "file" || ++done !== Math.floor(objects / 3)) return;
      beganMs = Date.now();
      world.s3.faults.add("slow-down");
      timer = setTimeout(() => world.s3.faults.clear(), lastsMs);
    },
  });
  clearTimeout(timer);
  const times = world.s3.requests.filter(({ key }) => key).map(({ atMs }) => atMs);
  const rate = (fromMs: number, toMs: number) =>
    times.filter((atMs) => atMs >= fromMs && atMs < toMs).length / (toMs - fromMs) * 1_000;
  return {
    complete: summary.complete,
    before: rate(times[0]!, beganMs),
    during: rate(beganMs + lastsMs / 2, beganMs + lastsMs),
    refused: world.s3.requests.filter(({ status }) => status === 503).length,
    failed: summary.files.failed,
    elapsedMs: summary.elapsedMs,
  };
}
