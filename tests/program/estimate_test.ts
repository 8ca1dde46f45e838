/** That `estimate()` says what a run then does and does none of it, and that a run asks. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  ConfigurationError,
  DeclinedError,
  estimate,
  OfflineError,
  openCache,
  S3Error,
} from "../../mod.ts";
import { generateCryptoDays } from "../../fixtures/flat_files.ts";
import {
  filesUnder,
  KEYS,
  keysOf,
  type LoadOptions,
  QUARTER,
  stockFiles,
  World,
} from "./harness.ts";
import { interrupted } from "./interrupted.ts";

const UNKEPT = { ...QUARTER, keepLimitBytes: 0 };
const CRYPTO = generateCryptoDays({ from: "2025-01-02", to: "2025-01-11" });
const NOTHING = { files: 0, bytes: 0 };
const NO_FETCH = { ...NOTHING, from: null, to: null };

function estimateIn(world: World, symbols: readonly string[], options: LoadOptions = QUARTER) {
  return estimate(symbols, {
    cacheDirectory: world.cache,
    endpoint: world.url,
    credentials: KEYS,
    ...options,
  });
}

/** What is in the cache directory, by path, but the listings and the mark. */
async function cached(world: World): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const path of filesUnder(world.cache)) {
    if (path.startsWith(`${world.cache}/listings/`) || path.endsWith("CACHEDIR.TAG")) continue;
    files[path] = (await Deno.readFile(path)).toBase64();
  }
  return files;
}

const sizeOf = (world: World, keys: readonly string[]) =>
  keys.reduce((sum, key) => sum + world.s3.objects.get(key)!.bytes.length, 0);

/** Estimates, then runs, and holds the run to the estimate. */
async function assertKept(world: World, symbols: readonly string[], options: LoadOptions) {
  const before = await cached(world);
  const found = await estimateIn(world, symbols, options);
  assertEquals(world.takeGets(), []);
  assertEquals(await cached(world), before);
  const { summary } = await world.load(symbols, options);
  const gets = world.takeGets();
  const { total } = found;
  assertEquals(total.fetch.files, gets.length);
  assertEquals(total.fetch.bytes, sizeOf(world, gets));
  const dates = gets.map((key) => key.slice(-17, -7)).sort();
  assertEquals([total.fetch.from, total.fetch.to], [dates[0] ?? null, dates.at(-1) ?? null]);
  const { listed, recorded, fromStore } = summary.files;
  assertEquals([total.listed, total.recorded, total.kept.files], [listed, recorded, fromStore]);
  return { found, gets };
}

Deno.test("estimate() of an empty cache has every file, and the run fetches just those", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const { found, gets } = await assertKept(world, ["TSLA"], QUARTER);
  assertEquals(gets, keysOf(files));
  const fetch = { files: 60, bytes: sizeOf(world, gets), from: "2025-01-02", to: "2025-03-31" };
  const total = { listed: 60, recorded: 0, kept: NOTHING, lake: NOTHING, fetch, missing: 0 };
  const { seconds, ...rest } = found;
  assertEquals(rest, {
    datasets: [{ dataset: files.dataset, symbols: ["TSLA"], ...total }],
    total,
    listingRequests: 1,
  });
  assert(seconds >= 0 && Number.isFinite(seconds));
});

Deno.test("estimate() has the time of slow connections in it, auto's as 20", async () => {
  await using world = await World.open([]);
  for (const key of keysOf(stockFiles())) {
    world.s3.objects.put(key, new Uint8Array(9), { listedSize: 10_000_000 });
  }
  await estimateIn(world, ["TSLA"]);
  // 128 MiB have room for 13 of them; of a kept listing no latency is known.
  assertEquals((await estimateIn(world, ["TSLA"])).seconds, 46.2);
  const wide = { ...QUARTER, maxMemoryBytes: 2 ** 30, concurrency: "auto" } as const;
  assertEquals((await estimateIn(world, ["TSLA"], wide)).seconds, 30);
  const { listingRequests, total } = await estimateIn(world, ["TSLA"], wide);
  assertEquals([listingRequests, total.fetch.bytes], [0, 600_000_000]);
});

Deno.test("estimate() of an interrupted run has the rest, and keeps the marker", async () => {
  await using world = await World.open([stockFiles()]);
  const done = await interrupted(world, { after: 23 });
  world.s3.clearRequests();
  const { found } = await assertKept(world, ["TSLA"], UNKEPT);
  assertEquals(found.total.recorded, done.length);
  assertEquals(found.total.fetch.files, 60 - done.length);
});

Deno.test("estimate() of another symbol has the kept files, but not those of another size", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  const [key, other] = keysOf(files);
  await Deno.remove(`${world.cache}/objects/${key}`);
  await Deno.truncate(`${world.cache}/objects/${other}`, 9);
  world.s3.clearRequests();
  const { found, gets } = await assertKept(world, ["AAPL"], QUARTER);
  assertEquals(gets, [key, other]);
  assertEquals(found.total.kept, { files: 58, bytes: sizeOf(world, keysOf(files).slice(2)) });
});

Deno.test("estimate() of what is cached has nothing to do, and needs no keys", async () => {
  await using world = await World.open([stockFiles()]);
  await world.load(["TSLA"], QUARTER);
  world.s3.clearRequests();
  const found = await estimateIn(world, ["tsla"], { ...QUARTER, credentials: undefined });
  assertEquals(world.s3.requests, []);
  assertEquals([found.seconds, found.listingRequests], [0, 0]);
  assertEquals(found.total, {
    listed: 60,
    recorded: 60,
    kept: NOTHING,
    lake: NOTHING,
    fetch: NO_FETCH,
    missing: 0,
  });
});

Deno.test("estimate() has each file once for all symbols, and the datasets apart", async () => {
  await using world = await World.open([stockFiles(), CRYPTO]);
  await world.load(["TSLA"], { ...UNKEPT, to: "2025-01-31" });
  world.s3.clearRequests();
  const { found } = await assertKept(world, ["TSLA", "BTC-USD", "AAPL"], UNKEPT);
  const rows = found.datasets.map(({ dataset, symbols, listed, recorded, fetch }) => {
    return [dataset, symbols, listed, recorded, fetch.files];
  });
  assertEquals(rows, [
    ["global_crypto/day_aggs_v1", ["BTC-USD"], 10, 0, 10],
    ["us_stocks_sip/day_aggs_v1", ["TSLA", "AAPL"], 60, 0, 60],
  ]);
});

Deno.test("estimate() offline fetches nothing, and counts what cannot be had", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const offline = { ...QUARTER, offline: true };
  await assertRejects(() => estimateIn(world, ["TSLA"], offline), OfflineError, "offline");
  await world.load(["TSLA"], QUARTER);
  await Deno.remove(`${world.cache}/objects/${keysOf(files)[7]}`);
  world.s3.clearRequests();
  const { total, listingRequests } = await estimateIn(world, ["AAPL"], offline);
  assertEquals([total.fetch, total.kept.files, total.missing], [NO_FETCH, 59, 1]);
  assertEquals([listingRequests, world.s3.requests.length], [0, 0]);
});

Deno.test("estimate() of a symbol that another process works on does not wait", async () => {
  await using world = await World.open([stockFiles()]);
  const { promise, resolve } = Promise.withResolvers<void>();
  let during: Promise<unknown> | undefined;
  world.s3.faults.add("not-found", { key: keysOf(stockFiles())[0]! });
  const load = world.load(["TSLA"], {
    ...UNKEPT,
    concurrency: 1,
    reporter: ({ type }) => {
      if (type === "file") during ??= estimateIn(world, ["TSLA"]).finally(resolve);
    },
  });
  await Promise.all([load, promise]);
  const { total } = await during as Awaited<ReturnType<typeof estimate>>;
  assert(total.recorded >= 1 && total.listed === 60);
});

Deno.test("estimate() rejects as the run does: refused listing, no keys", async () => {
  await using world = await World.open([stockFiles()]);
  world.s3.faults.add("access-denied", { listing: "" });
  await assertRejects(() => estimateIn(world, ["TSLA"]), S3Error);
  const keyless = { ...QUARTER, credentials: undefined };
  await assertRejects(() => estimateIn(world, ["TSLA"], keyless), ConfigurationError);
});

Deno.test("preload() asks once how much may be downloaded; no ends it with nothing fetched", async () => {
  await using world = await World.open([stockFiles()]);
  await interrupted(world, { after: 10 });
  const { total } = await estimateIn(world, ["TSLA"]);
  const before = await cached(world);
  world.s3.clearRequests();
  const asked: unknown[] = [];
  const ask = (answer: boolean) => ({
    ...UNKEPT,
    confirmAboveBytes: 0,
    confirm: (work: unknown) => {
      asked.push(work);
      return answer;
    },
  });
  const error = await assertRejects(() => world.load(["TSLA"], ask(false)), DeclinedError);
  assertMatch(error.message, /^Cannot download [\d.]+ kB in \d+ files: it was not confirmed$/);
  assertEquals([world.takeGets(), await cached(world)], [[], before]);
  assertEquals((await world.load(["TSLA"], ask(true))).summary.complete, true);
  const { files, bytes } = total.fetch;
  assertEquals(asked, [{ files, bytes }, { files, bytes }]);
  assertEquals([error.files, error.bytes], [files, bytes]);
  assertEquals(world.takeGets().length, files);
});

Deno.test("preload() asks of a new symbol before it looks into any file", async () => {
  await using world = await World.open([stockFiles()]);
  const refusing = { ...QUARTER, confirmAboveBytes: 0, confirm: () => Promise.resolve(false) };
  await assertRejects(() => world.load(["TSLA"], refusing), DeclinedError);
  assertEquals(world.takeGets(), []);
});

Deno.test("preload() does not ask for less than the limit, for kept files, or offline", async () => {
  await using world = await World.open([stockFiles()]);
  const confirm = () => {
    throw new Error("asked");
  };
  await world.load(["TSLA"], { ...QUARTER, confirm });
  await world.load(["AAPL"], { ...QUARTER, confirm, confirmAboveBytes: 0 });
  await world.load(["AAPL"], { ...QUARTER, confirm, confirmAboveBytes: 0, refresh: true });
  const offline = { ...QUARTER, offline: true, confirm, confirmAboveBytes: 0 };
  assertEquals((await world.load(["MSFT"], offline)).summary.complete, true);
});

Deno.test("preload() holds no lock while it asks, and takes an abort for an answer", async () => {
  await using world = await World.open([stockFiles()]);
  const controller = new AbortController();
  const load = world.load(["TSLA"], {
    ...QUARTER,
    signal: controller.signal,
    confirmAboveBytes: 0,
    confirm: async () => {
      await (await openCache(world.cache)).saveProgress({ symbol: "TSLA", period: "1mo" }, []);
      controller.abort(new Error("enough"));
      return await new Promise<boolean>(() => {});
    },
  });
  await assertRejects(() => load, Error, "enough");
  assertEquals(world.takeGets(), []);
});
