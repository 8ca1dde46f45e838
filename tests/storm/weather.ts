/**
 * A run in a storm of faults: interrupted half-way, resumed, and held to what an undisturbed
 * run gives.
 *
 * @module
 */

import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { type FlatFiles, generateStockDays } from "../../fixtures/flat_files.ts";
import { type FaultName, stormFaults } from "../../fixtures/s3_server.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { readJournal } from "../../lib/cache/journal.ts";
import type { KeptRecord } from "../../lib/cache/record.ts";
import { formatBars } from "../../lib/output/format.ts";
import type { PreloadResult } from "../../mod.ts";
import type { TimeLimits } from "../../lib/s3/client.ts";
import { toBatches } from "../output/samples.ts";
import { filesUnder, keysOf, World } from "../program/harness.ts";
import { readEntry } from "../cache/samples.ts";

/** Limits that tell a slow server within a test's time. */
export const QUICK: Partial<TimeLimits> = {
  firstHeadersMs: 500,
  headersMs: 1_000,
  idleMs: 500,
  windowMs: 500,
  minBytesPerSecond: 1_024,
};

/** Six attempts in each of three passes. */
export const MOST_ATTEMPTS = 18;

/** Attempts of which one in five fails. */
const PROBABILITY = 0.2;

/**
 * A listing has no checksum of its own, so that nobody can tell one flipped bit in it; the
 * secure connection keeps that from happening.
 */
const LISTING_FAULTS = stormFaults.filter(({ name }) => name !== "bit-flip");

/** A drip fast enough that only the speed over a window gives it away. */
const OBJECT_FAULTS = stormFaults.map((fault) =>
  fault.name === "drip" ? { ...fault, intervalMs: 20 } : fault
);

/** What a storm was like. */
export interface StormReport {
  /** Attempts on objects. */
  gets: number;
  /** Those that a fault struck. */
  struck: number;
  /** The most attempts on one object, both runs together. */
  mostPerObject: number;
  /** The faults that struck. */
  readonly faults: Set<FaultName>;
}

/** Stock files of so many trading days. */
export function stormFiles(count: number): FlatFiles {
  const files = generateStockDays({ from: "2020-01-02", to: "2025-03-31", tickers: 40 });
  const from = files.dates.at(-count)!;
  return generateStockDays({ from, to: "2025-03-31", tickers: 40 });
}

/** Plays one storm; throws when it ends otherwise than it must. */
export async function playStorm(files: FlatFiles, seed: number): Promise<StormReport> {
  await using world = await World.open([files]);
  const span = { from: files.dates[0]!, to: files.dates.at(-1)!, limits: QUICK };
  const undisturbed = `${world.home}/undisturbed`;
  const calm = await world.load(["TSLA"], { ...span, cacheDirectory: undisturbed });
  assertEquals(calm.bars.TSLA, files.truth("TSLA"));

  world.s3.clearRequests();
  blow(world, seed);
  const records = await entryOf(undisturbed, files);
  const recorded = await interruptHalfWay(world, span, records);
  const result = await world.load(["TSLA"], span);
  assertEquals([result.summary.complete, result.summary.failures], [true, []]);
  assertEquals(result.summary.files.recorded, recorded);
  assertEquals(await textOf(result), await textOf(calm));
  assertEquals(await entryOf(world.cache, files), records);
  await assertKeptAlike(world, files);
  return account(world);
}

/** Faults on one attempt in five, objects and listings alike. */
export function blow(world: World, seed: number): void {
  const storm = { seed, probability: PROBABILITY };
  world.s3.faults.storm({ ...storm, key: /gz$/, faults: OBJECT_FAULTS });
  world.s3.faults.storm({ ...storm, listing: "", faults: LISTING_FAULTS });
}

/** Ends a run when half of the files are done, and proves what it has recorded until then. */
async function interruptHalfWay(
  world: World,
  span: { from: string; to: string },
  records: ReadonlyMap<string, KeptRecord>,
): Promise<number> {
  const stop = new AbortController();
  let done = 0;
  const run = world.load(["TSLA"], {
    ...span,
    signal: stop.signal,
    reporter: (event) => {
      const isDone = event.type === "file" && event.outcome.kind === "done";
      if (isDone && ++done >= records.size / 2) stop.abort("enough");
    },
  });
  assertEquals(await run.catch((reason) => reason), "enough");
  const of = { symbol: "TSLA", period: `${span.from}_${span.to}`, interval: "1d" };
  const journal = await readJournal(new CacheDirectory(world.cache).journalPath(of));
  assert(typeof journal === "object", "there is a journal");
  assertEquals([journal.records.size, journal.badLines], [done, 0]);
  for (const [key, record] of journal.records) assertEquals(record, records.get(key));
  return done;
}

/** The records of a cache entry, by key. */
async function entryOf(path: string, { dataset }: FlatFiles): Promise<Map<string, KeptRecord>> {
  const entry = await readEntry(new CacheDirectory(path).entryPath(dataset, "TSLA"));
  assert(entry?.whole, "the cache entry is whole");
  return new Map([...entry.records].sort(([a], [b]) => a < b ? -1 : 1));
}

/** Every kept object is the bucket's, to the byte. */
async function assertKeptAlike(world: World, files: FlatFiles): Promise<void> {
  const root = `${world.cache}/objects/`;
  const kept: string[] = [];
  for await (const path of filesUnder(root)) {
    const key = path.slice(root.length).replace(/^\/+/, "");
    kept.push(key);
    assertEquals(await Deno.readFile(path), world.s3.objects.get(key)?.bytes, key);
  }
  assertEquals(kept.sort(), keysOf(files));
}

function account(world: World): StormReport {
  const gets = world.s3.requests.filter(({ key }) => key !== undefined);
  const struck = gets.filter(({ fault }) => fault !== undefined);
  const perObject = [...Map.groupBy(gets, ({ key }) => key).values()].map(({ length }) => length);
  const mostPerObject = Math.max(...perObject);
  assertLessOrEqual(mostPerObject, MOST_ATTEMPTS);
  return {
    gets: gets.length,
    struck: struck.length,
    mostPerObject,
    faults: new Set(struck.flatMap(({ fault }) => fault ?? [])),
  };
}

async function textOf({ bars }: PreloadResult): Promise<string> {
  const chunks = await Array.fromAsync(formatBars(toBatches(bars), "csv"));
  return await new Blob(chunks).text();
}
