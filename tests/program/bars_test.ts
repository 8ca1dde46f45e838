/** Whether the bars are those of the files. */

import { assertEquals, assertMatch } from "@std/assert";
import {
  type FlatFiles,
  generateCryptoDays,
  generateForexDays,
  generateIndexDays,
  generateStockDays,
  type TrueBar,
} from "../../fixtures/flat_files.ts";
import { IN_QUARTER, keysOf, QUARTER, stockFiles, World } from "./harness.ts";

const HEADER = "symbol,date,timestamp,open,high,low,close,volume,transactions";

/** The record of a bar that every format has. */
function recordOf(symbol: string, { timestamp, ...bar }: TrueBar) {
  const { date, open, high, low, close, volume, transactions } = bar;
  const iso = `${new Date(timestamp).toISOString().slice(0, 19)}Z`;
  return { symbol, date, timestamp: iso, open, high, low, close, volume, transactions };
}

function csvOf(symbol: string, bars: readonly TrueBar[]): string {
  const lines = bars.map((bar) => Object.values(recordOf(symbol, bar)).join(","));
  return [HEADER, ...lines, ""].join("\n");
}

Deno.test("flatfetch TSLA -p 5y -o FILE has every bar of 1,255 days, in each format", async () => {
  const files = generateStockDays({ from: "2020-11-03", to: "2025-11-01", tickers: 30 });
  const truth = files.truth("TSLA");
  assertEquals([files.dates.length, truth.length], [1255, 1255]);
  await using world = await World.open([files]);
  const argv = ["TSLA", "-p", "5y", "--to", "2025-11-01", "-q"];
  const csv = `${world.home}/tsla.csv`;
  assertEquals((await world.run([...argv, "-o", csv])).code, 0);
  assertEquals(await Deno.readTextFile(csv), csvOf("TSLA", truth));
  assertEquals(world.takeGets(), keysOf(files));
  const records = truth.map((bar) => recordOf("TSLA", bar));
  const ndjson = await world.run([...argv, "-o", "-", "-f", "ndjson"]);
  assertEquals(ndjson.stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line)), records);
  const json = `${world.home}/tsla.json`;
  assertEquals((await world.run([...argv, "-o", json])).code, 0);
  assertEquals(JSON.parse(await Deno.readTextFile(json)), records);
  assertEquals(world.takeGets(), []);
});

Deno.test("flatfetch TSLA -o - writes csv to stdout, and the text of the run to stderr", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const { code, stdout, stderr } = await world.run(["TSLA", ...IN_QUARTER, "-o", "-"]);
  assertEquals(stdout, csvOf("TSLA", files.truth("TSLA")));
  assertMatch(stderr, /SUCCESS: Cached 60 days/);
  assertEquals(code, 0);
});

Deno.test("flatfetch TSLA AAPL BTC-USD EURUSD=X ^GSPC fetches each object once", async () => {
  const span = { from: "2025-02-03", to: "2025-02-28" };
  const sets: FlatFiles[] = [
    generateStockDays({ ...span, tickers: 40 }),
    generateCryptoDays(span),
    generateForexDays(span),
    generateIndexDays(span),
  ];
  const [stocks, crypto, forex, indices] = sets as [FlatFiles, FlatFiles, FlatFiles, FlatFiles];
  await using world = await World.open(sets);
  const symbols = ["TSLA", "AAPL", "BTC-USD", "EURUSD=X", "^GSPC"];
  const argv = [...symbols, "--from", span.from, "--to", span.to, "-o", "-", "-f", "ndjson"];
  const { code, stdout, stderr } = await world.run(argv);
  const wanted = [
    ...stocks.truth("TSLA").map((bar) => recordOf("TSLA", bar)),
    ...stocks.truth("AAPL").map((bar) => recordOf("AAPL", bar)),
    ...crypto.truth("X:BTC-USD").map((bar) => recordOf("BTC-USD", bar)),
    ...forex.truth("C:EUR-USD").map((bar) => recordOf("EURUSD=X", bar)),
    ...indices.truth("I:SPX").map((bar) => recordOf("^GSPC", bar)),
  ];
  assertEquals(stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line)), wanted);
  assertEquals(world.takeGets(), sets.flatMap(keysOf).sort());
  assertMatch(stderr, /^🔍 Auto-detected: TSLA, AAPL are stocks, using /);
  assertMatch(stderr, /^✅ SUCCESS: Cached 20 days of \^GSPC data$/m);
  assertEquals(code, 0);
});

Deno.test("flatfetch TSLA tsla BRK-B BRK.B (one ticker twice) gives each ticker once", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  for (const more of [[], [], ["--refresh"]]) {
    const { code, stdout, stderr } = await world.run(
      ["TSLA", "tsla", "BRK-B", "BRK.B", "brk-b", "TSLA", ...IN_QUARTER, "--json", ...more],
    );
    assertEquals([code, code === 0 ? "" : stderr], [0, ""]);
    const { symbols } = JSON.parse(stdout);
    assertEquals(Object.keys(symbols), ["TSLA", "BRK-B"]);
    assertEquals([symbols.TSLA.bars, symbols["BRK-B"].ticker], [60, "BRK.B"]);
  }
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("preload() of a pair in three spellings gives it once", async () => {
  const crypto = generateCryptoDays(QUARTER);
  await using world = await World.open([crypto]);
  const { bars } = await world.load(["BTC-USD", "X:BTC-USD", "X:BTCUSD", "btc-usd"], QUARTER);
  assertEquals(bars, { "BTC-USD": crypto.truth("X:BTC-USD") });
});

Deno.test("flatfetch tsla finds TSLA and calls it so", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const { code, stdout } = await world.run(["tsla", ...IN_QUARTER, "-q", "-o", "-"]);
  assertEquals(stdout, csvOf("TSLA", files.truth("TSLA")));
  assertEquals(code, 0);
});

Deno.test("preload() tells a ticker with small letters from its neighbours", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const { bars, summary } = await world.load(["BACpB", "BACPB"], QUARTER);
  assertEquals(bars, { BACpB: files.truth("BACpB"), BACPB: [] });
  assertEquals(summary.symbols.BACPB?.suggestions?.[0], "BACpB");
});

Deno.test("preload() of symbols that were listed later, or delisted, has their days", async () => {
  const span = { from: "2021-11-01", to: "2021-12-31" };
  const later = { from: "2022-10-03", to: "2022-11-30" };
  const [listing, delisting] = [stockFiles(span), stockFiles(later)];
  await using world = await World.open([listing, delisting]);
  const rivn = await world.load(["RIVN"], span);
  assertEquals(rivn.bars.RIVN, listing.truth("RIVN"));
  assertEquals(rivn.bars.RIVN?.[0]?.date, "2021-11-10");
  const twtr = await world.load(["TWTR"], later);
  assertEquals(twtr.bars.TWTR, delisting.truth("TWTR"));
  assertEquals(twtr.bars.TWTR?.at(-1)?.date, "2022-10-27");
  assertEquals([rivn.summary.complete, twtr.summary.complete], [true, true]);
});

Deno.test("flatfetch TWTR (delisted) warns that the newest file lacks it, and exits 0", async () => {
  const span = { from: "2022-10-03", to: "2022-11-30" };
  await using world = await World.open([stockFiles(span)]);
  const argv = ["TWTR", "--from", span.from, "--to", span.to];
  const { code, stderr } = await world.run(argv);
  assertMatch(stderr, /^❗ TWTR is not in the newest file \(2022-11-30\)/m);
  assertMatch(stderr, /^ {3}Date range: 2022-10-03 to 2022-10-27$/m);
  assertEquals(code, 0);
});

Deno.test("preload() of a pair with days without a bar has the others", async () => {
  const crypto = generateCryptoDays(QUARTER);
  await using world = await World.open([crypto]);
  const truth = crypto.truth("X:APENFT-USD");
  assertEquals(truth.length < crypto.dates.length, true);
  const { bars, summary } = await world.load(["APENFT-USD"], QUARTER);
  assertEquals(bars["APENFT-USD"], truth);
  assertEquals([summary.complete, summary.files.downloaded], [true, crypto.dates.length]);
});
