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

/** What is played, by name; each one throws when it ends otherwise than it must. */
const CASES: Readonly<Record<string, () => Promise<unknown>>> = {
  ...neverAnswered(),
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
