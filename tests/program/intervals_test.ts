/** Bars of every asset and interval, and what a second interval of a ticker costs. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  type FlatFiles,
  generateCryptoDays,
  generateForexDays,
  generateIndexDays,
  generateOptionDays,
  generateStockDays,
} from "../../fixtures/flat_files.ts";
import {
  generateCryptoMinutes,
  generateForexMinutes,
  generateIndexMinutes,
  generateOptionMinutes,
  generateStockMinutes,
} from "../../fixtures/minute_files.ts";
import { openCache, UsageError } from "../../mod.ts";
import { groupBars, withRoundVolumes } from "../market/resample_oracle.ts";
import { keysOf, World } from "./harness.ts";
import { interrupted } from "./interrupted.ts";

/** Two weeks, with New York's change to summer time between them. */
const SPAN = { from: "2025-03-03", to: "2025-03-14" };
const OPTION = "O:TSLA250321C00300000";

/** A symbol of each asset, its ticker and its zone. */
const ASSETS = [
  ["TSLA", "TSLA", "America/New_York", generateStockMinutes, generateStockDays],
  [OPTION, OPTION, "America/New_York", generateOptionMinutes, generateOptionDays],
  ["^GSPC", "I:SPX", "America/New_York", generateIndexMinutes, generateIndexDays],
  ["BTC-USD", "X:BTC-USD", "UTC", generateCryptoMinutes, generateCryptoDays],
  ["EURUSD=X", "C:EUR-USD", "UTC", generateForexMinutes, generateForexDays],
] as const;

const stockMinutes = (span = SPAN): FlatFiles =>
  generateStockMinutes({ ...span, tickers: ["AAPL", "TSLA"] });

for (const [symbol, ticker, zone, minutesIn, daysIn] of ASSETS) {
  Deno.test(`preload(["${symbol}"]) has its minutes, and then asks nothing for longer bars`, async () => {
    const files = minutesIn({ ...SPAN, tickers: [ticker] });
    const truth = files.truth(ticker);
    await using world = await World.open([files]);
    const first = await world.load([symbol], { ...SPAN, interval: "1m" });
    assertEquals(first.bars[symbol], truth);
    assertEquals(world.takeGets(), keysOf(files));
    for (const interval of ["2m", "5m", "15m", "30m", "1h"]) {
      const { bars, summary } = await world.load([symbol], { ...SPAN, interval });
      assertEquals(
        withRoundVolumes(bars[symbol]!),
        withRoundVolumes(groupBars(truth, { interval, zone })),
      );
      const { cached, files: used, bars: count, from } = summary.symbols[symbol]!;
      assertEquals([cached, used, count], [true, files.dates.length, bars[symbol]!.length]);
      assertEquals([summary.symbols[symbol]!.interval, from], [interval, truth[0]!.date]);
    }
    assertEquals(world.s3.requests, []);
  });

  Deno.test(`preload(["${symbol}"]) has its days, and then asks nothing for weeks and months`, async () => {
    const span = { from: "2025-01-02", to: "2025-03-14" };
    const files = daysIn(span);
    const truth = files.truth(ticker);
    await using world = await World.open([files]);
    assertEquals((await world.load([symbol], span)).bars[symbol], truth);
    assertEquals(world.takeGets(), keysOf(files));
    const weekFrom = symbol === "EURUSD=X" ? 0 : 1;
    for (const interval of ["1wk", "1mo"]) {
      const { bars, summary } = await world.load([symbol], { ...span, interval });
      assertEquals(
        withRoundVolumes(bars[symbol]!),
        withRoundVolumes(groupBars(truth, { interval, zone, weekFrom })),
      );
      assertEquals(summary.symbols[symbol]!.cached, true);
    }
    assertEquals(world.s3.requests, []);
  });
}

Deno.test("preload() of regular hours has the session's minutes alone, on both sides of a change of the clock", async () => {
  const files = stockMinutes();
  const truth = files.truth("TSLA");
  await using world = await World.open([files]);
  for (const interval of ["1m", "5m", "1h"]) {
    const { bars } = await world.load(["TSLA"], { ...SPAN, interval, hours: "regular" });
    const session = { interval, zone: "America/New_York", isRegular: true } as const;
    assertEquals(bars.TSLA, groupBars(truth, session));
  }
  const { bars } = await world.load(["TSLA"], { ...SPAN, interval: "1m" });
  assertEquals(bars.TSLA, truth);
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("preload() of regular hours of crypto asks nothing and says that there are none", async () => {
  await using world = await World.open([]);
  const load = () => world.load(["TSLA", "BTC-USD"], { interval: "5m", hours: "regular" });
  await assertRejects(load, UsageError, "Cannot use regular hours for BTC-USD");
  assertEquals(world.s3.requests, []);
});

Deno.test("preload() of minutes without a period has one month", async () => {
  const files = stockMinutes({ from: "2025-02-03", to: "2025-03-14" });
  await using world = await World.open([files]);
  const { bars } = await world.load(["TSLA"], { interval: "1h", to: SPAN.to });
  assertEquals(bars.TSLA?.[0]?.date, "2025-02-18");
  assertEquals(world.takeGets(), keysOf(files).filter((key) => key.slice(-17) >= "2025-02-15"));
});

Deno.test("preload() resumes an interval where it was, and leaves another one's marker", async () => {
  const files = stockMinutes();
  await using world = await World.open([files]);
  const done = await interrupted(world, { after: 4, ...SPAN, interval: "5m", concurrency: 1 });
  const cache = await openCache(world.cache);
  const period = `${SPAN.from}_${SPAN.to}`;
  assertEquals((await cache.listProgress()).map(({ interval }) => interval), ["5m"]);
  assertEquals((await cache.getProgress("TSLA", period, "5m"))?.records.size, done.length);
  assertEquals(await cache.getProgress("TSLA", period, "1m"), undefined);
  world.s3.clearRequests();
  const { bars } = await world.load(["TSLA"], { ...SPAN, interval: "5m" });
  const zone = "America/New_York";
  assertEquals(bars.TSLA, groupBars(files.truth("TSLA"), { interval: "5m", zone }));
  assertEquals(world.takeGets(), keysOf(files).filter((key) => !done.includes(key)));
  assertEquals(await cache.listProgress(), []);
});

Deno.test("Cache keeps a ticker's minutes and days apart, and clear() forgets both", async () => {
  const [minutes, days] = [stockMinutes(), generateStockDays({ ...SPAN, tickers: 17 })];
  await using world = await World.open([minutes, days]);
  await world.load(["TSLA"], { ...SPAN, interval: "1h" });
  await world.load(["TSLA"], { ...SPAN, interval: "1wk" });
  const cache = await openCache(world.cache);
  const kept = (await cache.list()).map(({ dataset, bars, from, to }) => [dataset, bars, from, to]);
  assertEquals(
    kept,
    [days, minutes].map((files) => {
      const truth = files.truth("TSLA");
      return [files.dataset, truth.length, truth[0]!.date, truth.at(-1)!.date];
    }),
  );
  for (const interval of ["5m", "60m", "1d"]) {
    await cache.saveProgress({ symbol: "TSLA", period: "5d", interval }, [{
      key: "us_stocks_sip/minute_aggs_v1/2025/03/2025-03-17.csv.gz",
      size: 1,
      etag: "e",
      rows: [],
    }]);
  }
  assertEquals((await cache.getProgress("TSLA", "5d", "1h"))?.interval, "1h");
  assertEquals(await cache.clearProgress("TSLA", { interval: "60m" }), 1);
  assertEquals((await cache.listProgress()).map(({ interval }) => interval), ["1d", "5m"]);
  world.s3.clearRequests();
  assertEquals(await cache.clear("TSLA"), true);
  assertEquals([await cache.list(), await cache.listProgress()], [[], []]);
  await world.load(["TSLA"], { ...SPAN, interval: "1m" });
  await world.load(["TSLA"], SPAN);
  assertEquals(world.takeGets(), [...keysOf(days), ...keysOf(minutes)]);
});

Deno.test("preload() of one name as two assets keeps both, each under a name of its own", async () => {
  const [indices, stocks] = [generateIndexDays(SPAN), generateStockDays({ ...SPAN, tickers: 17 })];
  await using world = await World.open([indices, stocks]);
  const unkept = { ...SPAN, keepLimitBytes: 0 };
  const asIndex = { ...unkept, asset: "index" };
  const done = await interrupted(world, { symbol: "NA", after: 3, ...unkept, concurrency: 1 });
  const index = await world.load(["VIX"], asIndex);
  assertEquals(index.bars, { VIX: indices.truth("I:VIX") });
  world.s3.clearRequests();
  // An index of the name of a stock whose run was interrupted leaves that one's marker alone.
  assertEquals((await world.load(["NA"], asIndex)).bars, { NA: [] });
  const gets = world.takeGets().filter((key) => key.startsWith("us_indices/"));
  assertEquals(gets, keysOf(indices));
  assertEquals((await world.load(["NA"], unkept)).bars, { NA: stocks.truth("NA") });
  assertEquals(world.takeGets(), keysOf(stocks).filter((key) => !done.includes(key)));
  const cache = await openCache(world.cache);
  assertEquals((await cache.list()).map(({ symbol }) => symbol), ["I:VIX", "NA"]);
  assert(await cache.clear("I:VIX"));
  assertEquals((await cache.list()).map(({ symbol }) => symbol), ["NA"]);
});

Deno.test("flatfetch TSLA -i 5m -o - writes bars, and -i 1h after it is a hit", async () => {
  const files = stockMinutes();
  await using world = await World.open([files]);
  const span = ["--from", SPAN.from, "--to", SPAN.to];
  const of = (interval: string) =>
    groupBars(files.truth("TSLA"), { interval, zone: "America/New_York" });
  const first = await world.run(["TSLA", "-i", "5m", ...span, "-o", "-"]);
  const lines = of("5m").map(({ date, timestamp, ...numbers }) => {
    const { open, high, low, close, volume, transactions } = numbers;
    const iso = new Date(timestamp).toISOString().replace(".000Z", "Z");
    return ["TSLA", date, iso, open, high, low, close, volume, transactions].join();
  });
  assertEquals(first.stdout.split("\n").slice(1, -1), lines);
  assertMatch(first.stderr, new RegExp(`SUCCESS: Cached ${lines.length} bars of TSLA data`));
  world.s3.clearRequests();
  const second = await world.run(["TSLA", "-i", "60m", ...span]);
  assertMatch(
    second.stderr,
    new RegExp(`Cache hit - TSLA: ${of("1h").length} bars, 2025-03-03 to`),
  );
  assertEquals([first.code, second.code, world.s3.requests], [0, 0, []]);
});

Deno.test("flatfetch TSLA -i 1wk (two dates missing) says how many weeks there are", async () => {
  const files = generateStockDays({ ...SPAN, tickers: 17 });
  await using world = await World.open([files]);
  for (const date of ["2025-03-05", "2025-03-13"]) {
    world.s3.faults.add("access-denied", { key: files.keyOf(date) });
  }
  const span = ["--from", SPAN.from, "--to", SPAN.to];
  const { code, stderr } = await world.run(["TSLA", "-i", "1wk", ...span]);
  assertMatch(stderr, /^🔶 INCOMPLETE: Cached 2 weeks of TSLA data, 2 files missing$/m);
  assertMatch(stderr, /^ {3}Date range: 2025-03-03 to 2025-03-10$/m);
  assertEquals(code, 3);
});

Deno.test("flatfetch SPX --asset index -i 30m --hours regular has the index's session", async () => {
  const files = generateIndexMinutes({ ...SPAN, tickers: ["I:SPX"] });
  await using world = await World.open([files]);
  const span = ["--from", SPAN.from, "--to", SPAN.to];
  const wanted = ["--asset", "index", "-i", "30m", "--hours", "regular"];
  const { code, stdout } = await world.run(["SPX", ...wanted, ...span, "--json"]);
  const { ticker, interval, bars } = JSON.parse(stdout).symbols.SPX;
  assertEquals([ticker, interval, bars], ["I:SPX", "30m", 13 * files.dates.length]);
  assertEquals(code, 0);
});

for (
  const [line, message] of [
    ["TSLA --hours regular", "Cannot use regular hours with the interval 1d: its bars are of "],
    ["BTC-USD -i 1h --hours regular", "Cannot use regular hours for BTC-USD: crypto has none, it "],
    ["ES=F", 'Cannot load "ES=F": futures are not offered, their files have sessions and '],
  ] as const
) {
  Deno.test(`flatfetch ${line} exits 2 and asks nothing`, async () => {
    await using world = await World.open([]);
    const { code, stdout, stderr } = await world.run(line.split(" "));
    assertEquals([code, stdout, stderr.startsWith(`❌ ${message}`)], [2, "", true], stderr);
    assertEquals(world.s3.requests, []);
  });
}
