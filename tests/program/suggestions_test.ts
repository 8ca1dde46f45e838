/** What is suggested for a symbol that the files do not have. */

import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  generateCryptoDays,
  generateForexDays,
  generateIndexDays,
  gzipText,
} from "../../fixtures/flat_files.ts";
import { openCache } from "../../mod.ts";
import { interrupted } from "./interrupted.ts";
import { IN_QUARTER, QUARTER, stockFiles, World } from "./harness.ts";

const WEEK = { from: "2025-03-24", to: "2025-03-31" } as const;

/** A bucket with a quarter of stocks, and a week of what else there is. */
async function openWorld(): Promise<World> {
  return await World.open([
    stockFiles(),
    generateIndexDays(WEEK),
    generateCryptoDays(WEEK),
    generateForexDays(WEEK),
  ]);
}

const WITHOUT_KEYS = {
  MASSIVE_S3_ACCESS_KEY_ID: undefined,
  MASSIVE_S3_SECRET_ACCESS_KEY: undefined,
};

/** What is asked for of other datasets than the stocks'. */
function others({ s3 }: World): string[] {
  return s3.requests.map(({ key, prefix }) => key ?? prefix ?? "")
    .filter((name) => !name.startsWith("us_stocks_sip/"));
}

Deno.test("flatfetch names the ticker on the tape of what no file has", async () => {
  await using world = await openWorld();
  const names = {
    "ZZQ-WT": "ZZQ.WS",
    "yyq-wt": "YYQ.WS",
    "ZZQ-PB": "ZZQpB",
    "ZZQ-B": "ZZQ.B",
    zzq: "ZZQ",
  };
  const { stderr } = await world.run([...Object.keys(names), ...IN_QUARTER]);
  for (const [symbol, ticker] of Object.entries(names)) {
    assertStringIncludes(stderr, `❗ ${symbol} (${ticker}) is not in the newest file`);
  }
});

Deno.test("flatfetch suggests what a symbol is among other kinds of things, in every run the same", async () => {
  const meant: Readonly<Record<string, string>> = {
    SPX: "^SPX",
    GSPC: "^GSPC",
    "VIX.X": "^VIX",
    "EUR-USD": "EURUSD=X",
    EURUSD: "EURUSD=X",
    "EUR.USD": "EURUSD=X",
    BTCUSD: "BTC-USD",
    btcusd: "BTC-USD",
    "ETHUSD=X": "ETH-USD",
    "BTC.USD": "BTC-USD",
    BTC: "BTC-USD",
    EUR: "EURUSD=X",
    JPY: "USDJPY=X",
    "JPYUSD=X": "USDJPY=X",
    USDEUR: "EURUSD=X",
    "BTC-UDS": "BTC-USD",
    EURUDS: "EURUSD=X",
    "^TSLA": "TSLA",
    ".TSLA": "TSLA",
    "TSLA.US": "TSLA",
  };
  for (const [symbol, suggestion] of Object.entries(meant)) {
    await using world = await openWorld();
    const argv = [symbol, "--from", WEEK.from, "--to", WEEK.to, "--json"];
    const first = await world.run(argv);
    assertMatch(first.stderr, new RegExp(`^❗ .* newest file \\(.*\\); did you mean `, "m"));
    world.s3.clearRequests();
    const second = await world.run(argv);
    for (const { code, stdout, stderr } of [first, second]) {
      const all = Object.entries<{ bars: number; suggestions: string[] }>(
        JSON.parse(stdout).symbols,
      );
      assertEquals(all.map(([name, of]) => [name.toLowerCase(), of.bars, of.suggestions]), [
        [symbol.toLowerCase(), 0, [suggestion]],
      ]);
      const end = `did you mean ${suggestion}?`;
      assert(stderr.includes(`❓ No data: ${all[0]![0]} is in none of the `), stderr);
      assert(stderr.includes(end), stderr);
      assertEquals(code, 7);
    }
    assertEquals(world.s3.requests, [], symbol);
    assertMatch((await world.run(["list"])).stderr, /^Nothing is cached\.$/m);
  }
});

Deno.test("flatfetch TSLA --asset index says that it is a stock", async () => {
  await using world = await openWorld();
  for (let run = 0; run < 2; run++) {
    const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER, "--asset", "index"]);
    assertMatch(stderr, /^❓ No data: TSLA is in none .*; did you mean TSLA without --asset\?$/m);
    assertEquals(code, 7);
  }
});

Deno.test("flatfetch TSLX asks for a listing and a file of what else it may be, then for nothing", async () => {
  await using world = await openWorld();
  await world.run(["TSLX", ...IN_QUARTER]);
  assertEquals(others(world).sort(), [
    "global_crypto/day_aggs_v1/2025/",
    "global_crypto/day_aggs_v1/2025/03/2025-03-31.csv.gz",
    "us_indices/day_aggs_v1/2025/",
    "us_indices/day_aggs_v1/2025/03/2025-03-31.csv.gz",
  ]);
  world.s3.clearRequests();
  const summary = async (...args: string[]) =>
    JSON.parse((await world.run(["TSLX", ...IN_QUARTER, "--json", ...args])).stdout);
  assertEquals((await summary()).symbols.TSLX.suggestions, ["TSLA"]);
  assertEquals(world.s3.requests, []);
  const unkept = await World.open([stockFiles(), generateIndexDays(WEEK)]);
  await using _ = unkept;
  const argv = ["SPX", ...IN_QUARTER, "--keep-limit", "0", "--json"];
  const first = JSON.parse((await unkept.run(argv)).stdout);
  assertEquals(first.requests, unkept.s3.requests.length);
  unkept.s3.clearRequests();
  const again = JSON.parse((await unkept.run(argv)).stdout);
  assertEquals(again.symbols.SPX.suggestions, ["^SPX"]);
  assertLessOrEqual(unkept.s3.requests.length, 2);
  assertEquals(again.requests, unkept.s3.requests.length);
});

Deno.test("flatfetch TSLA, and a family that has tickers, ask for no other kind of things", async () => {
  await using world = await openWorld();
  const { code } = await world.run(["TSLA", "AAPL", "brk-b", "BRK*", ...IN_QUARTER]);
  assertEquals([code, others(world)], [0, []]);
  const listed = await (await openCache(world.cache)).list();
  assertEquals(listed.map(({ symbol }) => symbol).sort(), ["AAPL", "BRK*", "BRK-B", "TSLA"]);
});

Deno.test("flatfetch SPX is silent about other datasets that cannot be had", async () => {
  const prepare: Readonly<Record<string, (world: World) => void>> = {
    "a refused listing": ({ s3 }) => s3.faults.add("access-denied", { listing: "us_indices" }),
    "a refused file": ({ s3 }) => s3.faults.add("access-denied", { key: /^us_indices/ }),
    "a broken file": ({ s3 }) => s3.faults.add("bit-flip", { key: /^us_indices/ }),
    "no dataset": ({ s3 }) =>
      [...generateIndexDays(WEEK)].forEach(({ key }) => s3.objects.delete(key)),
    "another index": ({ s3 }) => {
      const { key } = [...generateIndexDays(WEEK)].at(-1)!;
      const text = "ticker,open,close,high,low,window_start\nI:SPXX,1,1,1,1,1743393600000000000\n";
      s3.objects.put(key, gzipText(text));
    },
  };
  for (const [what, arrange] of Object.entries(prepare)) {
    await using world = await openWorld();
    arrange(world);
    const { code, stderr } = await world.run(["SPX", ...IN_QUARTER]);
    assertEquals([code, /us_indices|SPXX|\^SPX|🔁|more retr/.test(stderr)], [7, false], what);
    assertMatch(stderr, /^❓ No data: SPX is in none of the 60 files/m);
  }
});

Deno.test("flatfetch SPX --offline, and without keys, suggests what kept files have", async () => {
  await using world = await openWorld();
  const argv = ["SPX", ...IN_QUARTER];
  const meant = async (...more: string[]) => {
    const { code, stderr } = await world.run([...argv, ...more], { env: WITHOUT_KEYS });
    return [code, /\^SPX/.test(stderr)];
  };
  world.s3.faults.add("access-denied", { key: /^us_indices/ });
  await world.run(argv);
  assertEquals([await meant(), await meant("--offline")], [[7, false], [7, false]]);
  world.s3.faults.clear();
  await world.run(argv);
  world.s3.clearRequests();
  assertEquals([await meant(), await meant("--offline")], [[7, true], [7, true]]);
  assertEquals(world.s3.requests, []);
});

Deno.test("a spelling of which no bar is recorded hides none that has bars", async () => {
  await using world = await openWorld();
  const misspelt = await world.load(["BAC.PB"], QUARTER);
  assertEquals(misspelt.summary.symbols["BAC.PB"]?.bars, 0);
  const right = await world.load(["BAC-PB"], QUARTER);
  const found = Object.values(right.summary.symbols).map(({ ticker, bars }) => [ticker, bars]);
  assertEquals(found, [["BACpB", stockFiles().truth("BACpB").length]]);
  const check = await world.run(["check", "BAC-PB", ...IN_QUARTER, "--json"]);
  assertEquals(
    Object.values<{ ticker: string }>(JSON.parse(check.stdout).symbols)[0]?.ticker,
    "BACpB",
  );
});

Deno.test("flatfetch TSLX (interrupted) has its suggestion in the next run, too", async () => {
  await using world = await openWorld();
  await interrupted(world, { after: 20, symbol: "TSLX" });
  const { code, stderr } = await world.run(["TSLX", ...IN_QUARTER]);
  assertMatch(stderr, /^🔄 Resuming/m);
  assertMatch(stderr, /^❓ No data: TSLX is in none of the 60 files; did you mean TSLA\?$/m);
  assertEquals(code, 7);
});

Deno.test("flatfetch --symbols FILE (hundreds misspelt) says little, and the same the second time", async () => {
  await using world = await openWorld();
  const names = Array.from({ length: 140 }, (_, i) => `ZZ${i}`);
  const path = `${world.home}/symbols.txt`;
  await Deno.writeTextFile(path, [...names, "TSLX"].join("\n"));
  const noData = async () => {
    const { stderr } = await world.run(["--symbols", path, ...IN_QUARTER]);
    assertLessOrEqual(stderr.split("\n").length, 40);
    return stderr.split("\n").filter((line) => line.startsWith("❓"));
  };
  const first = await noData();
  assertEquals(first, [
    "❓ No data: ZZ0, ZZ1, … (140 symbols) are in none of the 60 files",
    "❓ No data: TSLX is in none of the 60 files; did you mean TSLA?",
  ]);
  assertEquals(await noData(), first);
});
