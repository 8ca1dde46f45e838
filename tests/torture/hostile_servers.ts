/**
 * Servers and files that mean harm, or are broken as if they did: each run has to end, in time
 * and with the right word.
 *
 * @module
 */

import { playHostileObjects } from "../storm/hostile_objects.ts";

/** What is played, by name; each one throws when it ends otherwise than it must. */
const CASES: Readonly<Record<string, () => Promise<unknown>>> = {
  "one object: a reset before the answer": () =>
    playHostileObjects({ fault: { name: "reset-before" }, struck: [30] }),
};

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
