/**
 * A run in which a few objects are never had, whatever is tried, and all others are.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
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

/** Which objects are struck, and what is asked for. */
export interface HostileObjects {
  /** Places in the list of dates, negative ones from its end, and what strikes there. */
  readonly struck: readonly (readonly [at: number, fault: Fault])[];
  /** @default {20} */
  readonly concurrency?: number | "auto";
  /** For `tsla` the newest file is looked at before all others. @default {"TSLA"} */
  readonly symbol?: "TSLA" | "tsla";
}

/** Every attempt is given up much sooner than the run. */
const QUICK = { firstHeadersMs: 150, headersMs: 150, idleMs: 150, windowMs: 150 };

/** Shorter than the attempts on one object take together. */
const PATIENCE_MS = 1_500;

/**
 * Runs twice: each time the struck objects are named, and no other; the first run has all other
 * bars, and the second one asks only for what failed.
 */
export async function playHostileObjects(options: HostileObjects): Promise<void> {
  const { struck, concurrency = 20, symbol = "TSLA" } = options;
  const files = stockFiles();
  await using world = await World.open([files]);
  const dates = struck.map(([at]) => files.dates.at(at)!);
  struck.forEach(([, fault], i) => world.s3.faults.add(fault, { key: files.keyOf(dates[i]!) }));
  for (const run of [1, 2]) {
    const { bars, summary } = await world.load([symbol], {
      ...QUARTER,
      concurrency,
      limits: QUICK,
      patienceMs: PATIENCE_MS,
    });
    assertEquals(summary.failures.map(({ date }) => date), dates.toSorted(), `run ${run}`);
    assertEquals(bars.TSLA, files.truth("TSLA").filter(({ date }) => !dates.includes(date)));
    assertEquals(summary.files.downloaded, run === 1 ? files.dates.length - dates.length : 0);
  }
}
