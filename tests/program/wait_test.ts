/** Runs that wait for another one, and runs that record several files at a time. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { LockedError, openCache } from "../../mod.ts";
import { IN_QUARTER, keysOf, QUARTER, stockFiles, World } from "./harness.ts";
import { interrupted } from "./interrupted.ts";

const DATASET = "us_stocks_sip/day_aggs_v1";

/** Holds a ticker as another run does. */
async function hold(world: World, ticker: string): Promise<TickerRecords> {
  const directory = new CacheDirectory(world.cache);
  await directory.make();
  return await TickerRecords.open(directory, {
    host: "127.0.0.1",
    bucket: "flatfiles",
    dataset: DATASET,
    ticker,
    symbol: ticker,
    period: "1y",
    interval: "1d",
  });
}

Deno.test("flatfetch A B and B A with --wait end both, and fetch each file once", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const options = [...IN_QUARTER, "--wait", "-j", "1", "--keep-limit", "0"];
  const ends = await Promise.all([
    world.run(["TSLA", "AAPL", ...options]),
    world.run(["AAPL", "TSLA", ...options]),
  ]);
  assertEquals(ends.map(({ code }) => code), [0, 0], ends[0].stderr + ends[1].stderr);
  const gets = world.takeGets();
  assertEquals([...new Set(gets)], keysOf(files));
  // Both may look into the newest file for the spelling of the tickers.
  assert(gets.length <= files.dates.length + 1, `${gets.length} requests`);
});

Deno.test("preload() with wait ends with the signal's reason, and tells once who is waited for", async () => {
  await using world = await World.open([stockFiles()]);
  await using _other = await hold(world, "TSLA");
  const controller = new AbortController();
  const notices: string[] = [];
  let looks = 0;
  const { tryLockSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.tryLockSync = function (exclusive) {
    if (++looks === 4) controller.abort(new Error("enough"));
    return tryLockSync.call(this, exclusive);
  };
  const load = world.load(["TSLA"], {
    ...QUARTER,
    wait: true,
    patienceMs: 150,
    signal: controller.signal,
    reporter: (event) => event.type === "notice" && notices.push(event.message),
  });
  try {
    await assertRejects(() => load, Error, "enough");
  } finally {
    Deno.FsFile.prototype.tryLockSync = tryLockSync;
  }
  assertEquals(notices, [`Waiting for process ${Deno.pid}, which works on TSLA`]);
});

Deno.test("preload() releases what it holds when one of its tickers cannot be had", async () => {
  await using world = await World.open([stockFiles()]);
  await using _other = await hold(world, "TSLA");
  await assertRejects(() => world.load(["TSLA", "AAPL"], QUARTER), LockedError);
  await using _aapl = await hold(world, "AAPL");
});

Deno.test("preload() leaves nothing running that it looked at ahead when a ticker cannot be had", {
  sanitizeOps: true,
  sanitizeResources: true,
}, async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  world.s3.faults.add("stall-headers", { key: keysOf(files).at(-1)! });
  await using _other = await hold(world, "TSLA");
  await assertRejects(() => world.load(["TSLA"], QUARTER), LockedError);
});

Deno.test("preload() with saveEvery has every file that was reported done after an abort", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const keys = await interrupted(world, { after: 20, saveEvery: 8 });
  world.takeGets();
  const { bars } = await world.load(["TSLA"], QUARTER);
  assertEquals(world.takeGets(), keysOf(files).filter((key) => !keys.includes(key)));
  assertEquals(bars.TSLA, files.truth("TSLA"));
});

Deno.test("preload() with saveEvery reports a file only when a marker has it", async () => {
  await using world = await World.open([stockFiles()]);
  const sizes: Promise<number | undefined>[] = [];
  const size = async () => {
    const marker = await (await openCache(world.cache)).listProgress();
    return marker[0]?.records.size;
  };
  let done = 0;
  const { summary } = await world.load(["TSLA", "AAPL"], {
    ...QUARTER,
    concurrency: 4,
    saveEvery: 25,
    reporter: ({ type }) => type === "file" && ++done % 25 === 1 && void sizes.push(size()),
  });
  assertEquals([summary.complete, done, summary.files.downloaded], [true, 60, 60]);
  for (const [i, found] of (await Promise.all(sizes)).slice(0, 2).entries()) {
    assert(found === undefined || found >= 25 * (i + 1), `${found} of batch ${i}`);
  }
});
