/** How many files a whole run works on at once. */

import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { QUARTER, stockFiles, World } from "./harness.ts";

/** The most requests for objects that the server had under way at once, and their bytes. */
function watchPeak({ s3 }: World): { requests: number; bytes: number } {
  const peak = { requests: 0, bytes: 0 };
  const underWay = new Map<object, number>();
  const { respond, settle } = s3;
  s3.respond = (request) => {
    const reply = respond.call(s3, request);
    if (s3.requests.at(-1)?.key) underWay.set(reply, reply.body.length);
    peak.requests = Math.max(peak.requests, underWay.size);
    peak.bytes = Math.max(peak.bytes, [...underWay.values()].reduce((sum, size) => sum + size, 0));
    return reply;
  };
  s3.settle = (reply) => {
    underWay.delete(reply);
    settle.call(s3, reply);
  };
  return peak;
}

const YEAR = { from: "2024-01-02", to: "2024-12-31" };

Deno.test("preload() works on as many files at once as it is told", async () => {
  await using world = await World.open([stockFiles(YEAR)], { latencyMs: 5 });
  const peak = watchPeak(world);
  const { summary } = await world.load(["TSLA"], { ...YEAR, concurrency: 7 });
  assertEquals([summary.complete, peak.requests], [true, 7]);
});

Deno.test("preload() fetches damaged files again within its limit", async () => {
  const files = stockFiles();
  await using world = await World.open([files], { latencyMs: 2 });
  for (const { key } of files) world.s3.faults.add("bit-flip", { key, times: 2 });
  const peak = watchPeak(world);
  const { summary } = await world.load(["TSLA"], { ...QUARTER, concurrency: 3 });
  assertEquals([summary.complete, peak.requests], [true, 3]);
});

Deno.test("preload() (auto) begins with 20 files at once and goes beyond", async () => {
  await using world = await World.open([stockFiles(YEAR)], { latencyMs: 25 });
  const peak = watchPeak(world);
  const { summary } = await world.load(["TSLA"], { ...YEAR, concurrency: "auto" });
  assertEquals(summary.complete, true);
  assert(peak.requests > 20, `${peak.requests} at once`);
});

Deno.test("preload() works on no more bytes at once than it is told", async () => {
  const span = { from: "2024-01-02", to: "2024-01-31" };
  const files = generateStockDays({ ...span, tickers: 11_000, level: 1 });
  await using world = await World.open([files], { latencyMs: 25 });
  const peak = watchPeak(world);
  const { summary } = await world.load(["TSLA"], { ...span, maxMemoryBytes: 2 ** 20 });
  assertEquals(summary.complete, true);
  assertLessOrEqual(peak.bytes, 2 ** 20);
  assert(peak.requests > 1, `${peak.requests} at once`);
});
