/**
 * How long hostile listings take to be refused, and how much memory.
 *
 * @module
 */

import { assert, assertLess } from "@std/assert";
import { HOSTILE } from "../security/hostile_listings.ts";

/** Processes for each listing; the quickest counts, since a busy machine makes none quicker. */
const TRIES = 3;

/** The slowest and the largest of the refusals, each on a cold start. */
export interface ListingReport {
  refused: number;
  slowestMs: number;
  slowest: string;
  mostBytes: number;
  largest: string;
}

/** Measures each one in a process of its own; Linux only. */
export async function measureListings(): Promise<ListingReport> {
  const report = { refused: 0, slowestMs: 0, slowest: "", mostBytes: 0, largest: "" };
  for (const name of Object.keys(HOSTILE)) {
    const tries = [];
    while (tries.length < TRIES) tries.push(await measure(name));
    const refused = tries.every((one) => one.refused);
    const tookMs = Math.min(...tries.map((one) => one.tookMs));
    const grown = Math.max(...tries.map((one) => one.grown));
    assert(refused, name);
    report.refused++;
    if (tookMs > report.slowestMs) Object.assign(report, { slowestMs: tookMs, slowest: name });
    if (grown > report.mostBytes) Object.assign(report, { mostBytes: grown, largest: name });
  }
  assertLess(report.slowestMs, 100, report.slowest);
  assertLess(report.mostBytes, 50e6, report.largest);
  return report;
}

async function measure(name: string): Promise<{ refused: boolean; tookMs: number; grown: number }> {
  const script = decodeURIComponent(new URL("./parse_one.ts", import.meta.url).pathname);
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, name] });
  return JSON.parse(new TextDecoder().decode((await command.output()).stdout));
}
