/** What a run asks the server for, given what is cached. */

import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { OfflineError, openCache } from "../../mod.ts";
import {
  filesUnder,
  IN_QUARTER,
  keysOf,
  type LoadOptions,
  QUARTER,
  stockFiles,
  World,
} from "./harness.ts";

/** Past the time that a listing serves. */
const later = (): LoadOptions => ({ nowMs: Date.now() + 2 * 3_600_000 });

Deno.test("preload() again is a hit and asks nothing, not even for keys", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const first = await world.load(["TSLA"], QUARTER);
  assertEquals(world.takeGets(), keysOf(files));
  const credentials = () => Promise.reject(new Error("Nobody needs keys"));
  const { bars, summary } = await world.load(["TSLA"], { ...QUARTER, credentials });
  assertEquals(bars, first.bars);
  assertEquals([summary.symbols.TSLA?.cached, summary.requests], [true, 0]);
  assertEquals(world.s3.requests, []);
});

Deno.test("preload() folds in what a newer journal says otherwise of a listed file, before it is a hit", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  const cache = await openCache(world.cache);
  const { key, bytes } = [...files][0]!;
  const { etag } = world.s3.objects.get(key)!;
  const marker = { symbol: "TSLA", period: "5d", interval: "1d" };
  const record = { key, etag, size: bytes.length, rows: [] };
  await cache.saveProgress(marker, [record], { endpoint: world.url });
  world.s3.clearRequests();
  for (const cached of [false, true]) {
    const { bars, summary } = await world.load(["TSLA"], QUARTER);
    assertEquals(bars.TSLA, files.truth("TSLA").slice(1));
    assertEquals([summary.symbols.TSLA?.cached, await cache.listProgress()], [cached, []]);
  }
  assertEquals(world.takeGets(), []);
});

Deno.test("flatfetch check TSLA (a damaged cache entry) exits 3, and says what mends it", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  const path = new CacheDirectory(world.cache).entryPath(files.dataset, "TSLA");
  await Deno.truncate(path, (await Deno.stat(path)).size - 1);
  const damaged = await world.run(["check", "TSLA", ...IN_QUARTER]);
  assertEquals(damaged.code, 3, damaged.stderr);
  assertMatch(damaged.stdout, /^TSLA +problem +the cache entry of TSLA is damaged/m);
  assertMatch(damaged.stderr, /TSLA: 1 problem;[^]*Run the same without check/);
  assertEquals((await world.run(["TSLA", ...IN_QUARTER])).code, 0);
  assertEquals((await world.run(["check", "TSLA", ...IN_QUARTER])).code, 0);
});

Deno.test("flatfetch AAPL (TSLA's files are kept) speaks of no server, and asks none", async () => {
  await using world = await World.open([stockFiles()]);
  await world.load(["TSLA"], QUARTER);
  world.s3.clearRequests();
  const { code, stderr } = await world.run(["AAPL", ...IN_QUARTER]);
  assertMatch(stderr, /^📊 Reading AAPL from kept files \(2025-01-02 to 2025-03-31\)\.\.\.$/m);
  assertNotMatch(stderr, /Cache miss|S3/);
  assertEquals([code, world.s3.requests], [0, []]);
});

Deno.test("flatfetch TSLA --max-age 0 lists and fetches nothing", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  world.s3.clearRequests();
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER, "--max-age", "0"]);
  assertMatch(
    stderr,
    /^📊 Checking TSLA against S3 at .*\n📁 Found 60 files, all of them cached$/m,
  );
  assertNotMatch(stderr, /Cache miss|Resuming|to process/);
  assertEquals(world.s3.requests.map(({ prefix }) => prefix), [`${files.dataset}/2025/`]);
  assertEquals(code, 0);
});

Deno.test("flatfetch TSLA --refresh lists and fetches nothing that has not changed", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  world.s3.clearRequests();
  assertEquals((await world.run(["TSLA", ...IN_QUARTER, "--refresh"])).code, 0);
  assertEquals(world.s3.requests.map(({ prefix }) => prefix), [`${files.dataset}/2025/`]);
});

Deno.test("preload() of the next day fetches one object", async () => {
  const files = stockFiles();
  await using world = await World.open([stockFiles({ ...QUARTER, to: "2025-03-28" })]);
  await world.load(["TSLA"], { period: "2mo", to: "2025-03-28" });
  world.s3.objects.put(files.keyOf("2025-03-31"), files.file("2025-03-31").bytes);
  world.s3.clearRequests();
  const options = { period: "2mo", to: "2025-03-31", ...later() };
  const { bars, summary } = await world.load(["TSLA"], options);
  assertEquals(world.takeGets(), [files.keyOf("2025-03-31")]);
  assertEquals(bars.TSLA, stockFiles({ from: "2025-02-01", to: "2025-03-31" }).truth("TSLA"));
  assertEquals(summary.files, {
    listed: 40,
    recorded: 39,
    fromStore: 0,
    fromLake: 0,
    downloaded: 1,
    failed: 0,
    refused: 0,
    md5Checked: 1,
  });
});

Deno.test("preload() of a period within a cached one asks for no object", async () => {
  const files = generateStockDays({ from: "2024-01-02", to: "2025-03-31", tickers: 17 });
  await using world = await World.open([files]);
  const to = "2025-03-31";
  await world.load(["TSLA"], { period: "6mo", to });
  assertEquals(world.takeGets(), keysOf(files).filter((key) => key.slice(-17) >= "2024-10-01"));
  const shorter = await world.load(["TSLA"], { period: "2mo", to });
  assertEquals(shorter.summary.symbols.TSLA?.cached, true);
  assertEquals(world.s3.requests, []);
  const longer = await world.load(["TSLA"], { period: "1y", to });
  const span = keysOf(files).filter((key) => key.slice(-17) >= "2024-04-01");
  assertEquals(world.takeGets(), span.filter((key) => key.slice(-17) < "2024-10-01"));
  assertEquals(longer.bars.TSLA, files.truth("TSLA").filter(({ date }) => date >= "2024-04-01"));
});

Deno.test("preload() of a second symbol asks for no object and no listing", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  world.s3.clearRequests();
  const { bars, summary } = await world.load(["AAPL"], QUARTER);
  assertEquals(bars.AAPL, files.truth("AAPL"));
  assertEquals(world.s3.requests, []);
  assertEquals([summary.files.fromStore, summary.files.downloaded], [60, 0]);
});

Deno.test("flatfetch TSLA AAPL (TSLA cached) is a hit for the one and loads the other", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], { ...QUARTER, keepLimitBytes: 0 });
  world.s3.clearRequests();
  const { code, stdout, stderr } = await world.run(["TSLA", "AAPL", ...IN_QUARTER, "--json"]);
  const { symbols, files: counts, complete } = JSON.parse(stdout);
  assertEquals([symbols.TSLA.cached, symbols.AAPL.cached, complete], [true, false, true]);
  assertEquals([counts.listed, counts.downloaded, counts.recorded], [60, 60, 0]);
  assertMatch(stderr, /^⚡ Cache hit - TSLA: 60 days, /m);
  assertMatch(stderr, /^✅ SUCCESS: Cached 60 days of AAPL data$/m);
  assertEquals(world.takeGets(), keysOf(files));
  assertEquals(code, 0);
});

Deno.test("preload() with a keep limit of 0 keeps no object for a second symbol", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], { ...QUARTER, keepLimitBytes: 0 });
  const kept = await Array.fromAsync(filesUnder(`${world.cache}/objects`));
  assertEquals(kept, []);
  world.s3.clearRequests();
  await world.load(["AAPL"], { ...QUARTER, keepLimitBytes: 0 });
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("flatfetch TSLA --keep-limit 0 keeps no object", async () => {
  await using world = await World.open([stockFiles()]);
  assertEquals((await world.run(["TSLA", ...IN_QUARTER, "--keep-limit", "0"])).code, 0);
  assertEquals(await Array.fromAsync(filesUnder(`${world.cache}/objects`)), []);
});

Deno.test("preload() fetches a replaced object again, and only it", async () => {
  const [files, others] = [stockFiles(), generateStockDays({ ...QUARTER, seed: 2, tickers: 40 })];
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  const date = files.dates[30]!;
  world.s3.objects.put(files.keyOf(date), others.file(date).bytes);
  world.s3.clearRequests();
  const { bars, summary } = await world.load(["TSLA"], { ...QUARTER, ...later() });
  assertEquals(world.takeGets(), [files.keyOf(date)]);
  const truth = files.truth("TSLA");
  truth[30] = others.truth("TSLA")[30]!;
  assertEquals(bars.TSLA, truth);
  assertEquals(summary.complete, true);
});

Deno.test("preload() takes the new version of an object that is replaced after the listing", async () => {
  const [files, others] = [stockFiles(), generateStockDays({ ...QUARTER, seed: 2, tickers: 40 })];
  await using world = await World.open([files]);
  const unkept = { ...QUARTER, keepLimitBytes: 0 };
  await world.load(["TSLA"], unkept);
  const date = files.dates[30]!;
  const key = files.keyOf(date);
  world.s3.objects.put(key, others.file(date).bytes);
  world.s3.clearRequests();
  const aapl = await world.load(["AAPL"], unkept);
  const truth = files.truth("AAPL");
  truth[30] = others.truth("AAPL")[30]!;
  assertEquals(aapl.bars.AAPL, truth);
  assertEquals(aapl.summary.complete, true);
  assertEquals(world.s3.requests.flatMap(({ prefix }) => prefix ?? []), [key]);
  assertEquals(world.takeGets(), [...keysOf(files), key].sort());
  const tsla = await world.load(["TSLA"], unkept);
  assertEquals(world.takeGets(), [key]);
  assertEquals(tsla.bars.TSLA?.[30], others.truth("TSLA")[30]);
});

Deno.test("preload() leaves out the bars of an object that was removed", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  const date = files.dates[30]!;
  world.s3.objects.delete(files.keyOf(date));
  world.s3.clearRequests();
  const { bars, summary } = await world.load(["TSLA"], { ...QUARTER, ...later() });
  assertEquals(world.takeGets(), []);
  assertEquals(bars.TSLA, files.truth("TSLA").filter((bar) => bar.date !== date));
  assertEquals([summary.complete, summary.files.listed], [true, 59]);
});

Deno.test("preload() counts an object that is removed after the listing as failed", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const unkept = { ...QUARTER, keepLimitBytes: 0 };
  await world.load(["TSLA"], unkept);
  const date = files.dates[30]!;
  world.s3.objects.delete(files.keyOf(date));
  const { bars, summary } = await world.load(["AAPL"], unkept);
  assertEquals(bars.AAPL, files.truth("AAPL").filter((bar) => bar.date !== date));
  assertEquals(summary.files, {
    listed: 60,
    recorded: 0,
    fromStore: 0,
    fromLake: 0,
    downloaded: 59,
    failed: 1,
    refused: 0,
    md5Checked: 59,
  });
  assertEquals(summary.failures.map(({ date, cause }) => `${date} ${cause}`), [
    `${date} the server answered NoSuchKey (404)`,
  ]);
  const again = await world.load(["AAPL"], unkept);
  assertEquals([again.summary.complete, again.summary.symbols.AAPL?.cached], [true, true]);
});

Deno.test("flatfetch TSLA AAPL --offline with everything kept exits 0", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  world.s3.clearRequests();
  const args = ["TSLA", "AAPL", ...IN_QUARTER, "--offline", "--json"];
  const { code, stdout } = await world.run(args, { env: { FLATFETCH_ENDPOINT: world.url } });
  const { symbols, complete } = JSON.parse(stdout);
  assertEquals([symbols.TSLA.bars, symbols.AAPL.bars, complete], [60, 60, true]);
  assertEquals([code, world.s3.requests], [0, []]);
});

Deno.test("flatfetch AAPL --offline (one file missing) exits 3 and says that it is not kept", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  const date = files.dates[30]!;
  await Deno.remove(`${world.cache}/objects/${files.keyOf(date)}`);
  world.s3.clearRequests();
  const { code, stderr } = await world.run(["AAPL", ...IN_QUARTER, "--offline"]);
  assertMatch(stderr, /^❌ 1 file failed, to be tried again by the next run without --offline:$/m);
  assertMatch(stderr, new RegExp(`^ {3}it is not kept here: ${date} \\(1 file\\)$`, "m"));
  assertMatch(stderr, /^🔶 INCOMPLETE: Cached 59 days of AAPL data, 1 file missing$/m);
  assertEquals([code, world.s3.requests], [3, []]);
  const { summary } = await world.load(["AAPL"], QUARTER);
  assertEquals(world.takeGets(), [files.keyOf(date)]);
  assertEquals(summary.complete, true);
});

Deno.test("flatfetch TSLA --offline with nothing cached exits 5", async () => {
  await using world = await World.open([stockFiles()]);
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER, "--offline"]);
  assertMatch(stderr, /^❌ Cannot work offline: the bucket was not listed for this period yet$/m);
  assertEquals([code, world.s3.requests], [5, []]);
});

Deno.test("preload() offline calls no period complete of which a year was never listed", async () => {
  const files = generateStockDays({ from: "2024-12-02", to: "2025-01-31", tickers: 17 });
  await using world = await World.open([files]);
  await world.load(["TSLA"], { from: "2025-01-02", to: "2025-01-31" });
  world.s3.clearRequests();
  await assertRejects(
    () => world.load(["TSLA"], { from: "2024-12-02", to: "2025-01-31", offline: true }),
    OfflineError,
    "the bucket was not listed for this period yet",
  );
  assertEquals(world.s3.requests, []);
});

Deno.test("preload() lists each year once, one before the others", async () => {
  const files = generateStockDays({ from: "2022-12-01", to: "2025-01-31", tickers: 17 });
  await using world = await World.open([files]);
  await world.load(["TSLA", "AAPL"], { from: "2022-12-01", to: "2025-01-31" });
  const listed = world.s3.requests.flatMap(({ prefix }) => prefix ?? []);
  assertEquals(listed[0], `${files.dataset}/2025/`);
  assertEquals(listed.toSorted(), [2022, 2023, 2024, 2025].map((y) => `${files.dataset}/${y}/`));
  assert(world.s3.requests.slice(0, 4).every(({ prefix }) => prefix !== undefined));
});
