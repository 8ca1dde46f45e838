import { assertEquals } from "@std/assert";
import { keptOptions, Listing } from "../../lib/bucket/listing.ts";
import { partitionByCache } from "../../lib/load/partition_by_cache.ts";
import { QUARTER, type World } from "../program/harness.ts";
import { FILES, type OpenRun, requestsFor, withRun } from "./open_run.ts";

async function symbolsIn(run: OpenRun, symbols: readonly string[], listing = run.listing) {
  const { cached, cachedFamilies, stale } = await partitionByCache(requestsFor(symbols), {
    ...run,
    listing,
  });
  return [cached, cachedFamilies, stale].map((all) => all.map(({ symbol }) => symbol));
}

const loaded = (...symbols: string[]) => ({
  prepare: async (world: World) => void await world.load(symbols, QUARTER),
});

Deno.test("partitionByCache() takes for cached what entries have every listed file of", async () => {
  await withRun(["TSLA"], async (run) => {
    const found = await symbolsIn(run, ["AAPL", "TSLA", "MSFT", "AA*", "AM*"]);
    assertEquals(found, [["TSLA", "MSFT"], ["AA*"], ["AAPL", "AM*"]]);
    assertEquals(run.world.s3.requests, []);
  }, loaded("TSLA", "MSFT", "AA*"));
});

Deno.test("partitionByCache() finds the spelling that has bars", async () => {
  await withRun(["TSLA"], async (run) => {
    assertEquals(await symbolsIn(run, ["tsla", "bac-pb"]), [["TSLA"], [], ["bac-pb"]]);
  }, loaded("TSLA"));
});

Deno.test("partitionByCache() takes for stale what one file more is listed of, or another version", async () => {
  for (const etag of ["0".repeat(32), undefined]) {
    await withRun(["TSLA"], async (run) => {
      const { directory, requests, settings } = run;
      const key = FILES.keyOf(etag === undefined ? "2025-02-17" : FILES.dates[7]!);
      await run.listing.replace(key, { key, size: 1, etag: etag ?? "e" }, directory);
      const listing = await Listing.readKept(requests, keptOptions(settings, directory));
      assertEquals(await symbolsIn(run, ["TSLA", "AA*"], listing), [[], [], ["TSLA", "AA*"]]);
    }, loaded("TSLA", "AA*"));
  }
});

Deno.test("partitionByCache() takes for stale what no young listing covers", async () => {
  await withRun(["TSLA"], async (run) => {
    const { settings, directory, requests } = run;
    const later = { ...settings, nowMs: settings.nowMs + 2 * settings.maxAgeMs };
    const listing = await Listing.readKept(requests, keptOptions(later, directory));
    assertEquals(await symbolsIn(run, ["TSLA", "AA*"], listing), [[], [], ["TSLA", "AA*"]]);
  }, loaded("TSLA", "AA*"));
});
