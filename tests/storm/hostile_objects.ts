/**
 * A run in which a few objects are never had, whatever is tried, and all others are.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Fault } from "../../fixtures/s3_server.ts";
import { QUARTER, stockFiles, World } from "../program/harness.ts";

/** What a server does with an object, for ever. */
export const NEVER_ANSWERED: Readonly<Record<string, Fault>> = {
  "no headers": { name: "stall-headers" },
  "headers without end": { name: "endless-headers" },
  "1xx without end": { name: "endless-continue" },
  "a stall before the body": { name: "stall-body", afterBytes: 0 },
  "a byte in 40 ms": { name: "drip", intervalMs: 40 },
  "a reset before the answer": { name: "reset-before" },
};

/** Which objects are struck, and how many run at once. */
export interface HostileObjects {
  readonly fault: Fault;
  /** Places in the list of dates; negative ones count from its end. */
  readonly struck: readonly number[];
  readonly concurrency?: number | "auto";
}

/** Every attempt is given up much sooner than the run. */
const QUICK = { firstHeadersMs: 60, headersMs: 60, idleMs: 60, windowMs: 60 };

/** Shorter than the attempts on one object take together. */
const PATIENCE_MS = 600;

/**
 * Runs twice: each time the struck objects are named, and no other; the first run has all other
 * bars, and the second one fetches only what failed.
 */
export async function playHostileObjects(options: HostileObjects): Promise<void> {
  const { fault, struck, concurrency = 20 } = options;
  const files = stockFiles();
  await using world = await World.open([files]);
  const dates = struck.map((at) => files.dates.at(at)!).sort();
  const keys = dates.map((date) => files.keyOf(date));
  for (const key of keys) world.s3.faults.add(fault, { key });
  for (const run of [1, 2]) {
    const { bars, summary } = await world.load(["TSLA"], {
      ...QUARTER,
      concurrency,
      limits: QUICK,
      patienceMs: PATIENCE_MS,
    });
    assertEquals(summary.failures.map(({ date }) => date), dates, `run ${run}`);
    assertEquals(bars.TSLA, files.truth("TSLA").filter(({ date }) => !dates.includes(date)));
    assertEquals(summary.files.downloaded, run === 1 ? files.dates.length - dates.length : 0);
  }
  assert(world.takeGets().length > 0);
}
