/** Families of tickers, against the text of the bucket's files. */

import { gunzipSync } from "node:zlib";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  type FlatFiles,
  generateCryptoDays,
  generateOptionDays,
  generateStockDays,
  gzipText,
} from "../../fixtures/flat_files.ts";
import { generateOptionMinutes } from "../../fixtures/minute_files.ts";
import { type BarBatch, openCache, readBars, resample } from "../../mod.ts";
import { query, word } from "../output/duckdb.ts";
import { filesUnder, keysOf, stockFiles, World } from "./harness.ts";

const SPAN = { from: "2025-10-01", to: "2025-11-28" } as const;
const IN_SPAN = ["--from", SPAN.from, "--to", SPAN.to];
const UNKEPT = { ...SPAN, keepLimitBytes: 0 };

const HEADER = "symbol,date,timestamp,open,high,low,close,volume,transactions";

/** The lines of a CSV that the files make, found with nothing but a regular expression. */
function linesOf(files: FlatFiles, pattern: RegExp): string[] {
  const lines: string[] = [];
  for (const { date, bytes } of files) {
    const text = new TextDecoder().decode(gunzipSync(bytes));
    for (const line of text.trimEnd().split("\n").slice(1)) {
      const [ticker, volume, open, close, high, low, stamp, count] = line.split(",");
      if (!pattern.test(ticker!)) continue;
      const time = new Date(Number(stamp) / 1e6).toISOString().replace(".000Z", "Z");
      const numbers = [open, high, low, close, volume, count].map(Number);
      lines.push([ticker, date, time, ...numbers].join(","));
    }
  }
  return lines.sort();
}

const csvOf = (lines: readonly string[]) => [HEADER, ...lines, ""].join("\n");

const symbolOf = (line: string) => line.slice(0, line.indexOf(","));

function linesIn(batches: Iterable<BarBatch>): string[] {
  return [...batches].flatMap(({ symbol, bars }) =>
    bars.map(({ date, timestamp, ...bar }) => {
      const time = new Date(timestamp).toISOString().replace(".000Z", "Z");
      const { open, high, low, close, volume, transactions } = bar;
      return [symbol, date, time, open, high, low, close, volume, transactions].join(",");
    })
  );
}

Deno.test("flatfetch 'O:SPY*' -o FILE has all that the files have, in one pass, and again as a hit", async () => {
  const files = generateOptionDays(SPAN);
  const lines = linesOf(files, /^O:SPY/);
  const tickers = Map.groupBy(lines, symbolOf);
  assert(tickers.size > 20);
  await using world = await World.open([files]);
  const csv = `${world.home}/chain.csv`;
  const first = await world.run(["O:SPY*", ...IN_SPAN, "-o", csv, "--json"]);
  assertEquals([first.code, await Deno.readTextFile(csv)], [0, csvOf(lines)]);
  assertEquals(world.takeGets(), keysOf(files));
  const said = `Cached ${lines.length} bars of O:SPY* (${tickers.size} tickers) data`;
  assert(first.stderr.includes(said), first.stderr);
  assertMatch(first.stderr, /Auto-detected: O:SPY\* are options/);
  const { symbols } = JSON.parse(first.stdout);
  const counts = Object.fromEntries([...tickers].map(([ticker, of]) => [ticker, of.length]));
  assertEquals(symbols["O:SPY*"].tickers, counts);
  assertEquals([symbols["O:SPY*"].bars, symbols["O:SPY*"].files], [
    lines.length,
    files.dates.length,
  ]);
  for await (const path of filesUnder(`${world.cache}/objects`)) await Deno.remove(path);
  const second = await world.run(["o:spy*", ...IN_SPAN, "-o", "-", "--offline"]);
  assertEquals([second.code, second.stdout], [0, csvOf(lines)]);
  assertMatch(second.stderr, /Cache hit - o:spy\* \(\d+ tickers\)/);
  assertEquals(world.s3.requests, []);
});

Deno.test("flatfetch --underlying SPY,AAPL --expiry --strike --right has these contracts alone", async () => {
  const files = generateOptionDays(SPAN);
  await using world = await World.open([files]);
  const chain = (...options: string[]) => [...options, ...IN_SPAN, "-q", "-o", "-"];
  const cases: [options: string[], pattern: RegExp][] = [
    [["--expiry", "2025-12", "--right", "call"], /^O:(SPY|AAPL)2512\d\dC/],
    [["--expiry", "2025-12-19", "--strike", "600..650"], /^O:SPY251219[CP]006[05]0000/],
    [["--right", "put", "--strike", "..250"], /^O:(SPY|AAPL)\d{6}P00(150|200|250)000$/],
  ];
  for (const [options, pattern] of cases) {
    const argv = chain("--underlying", "SPY,AAPL", ...options);
    const { code, stdout } = await world.run(argv);
    const lines = linesOf(files, pattern);
    // In the order of the roots.
    const inOrder = [
      ...lines.filter((line) => /^O:SPY/.test(line)),
      ...lines.filter((line) => /^O:AAPL/.test(line)),
    ];
    assertEquals(stdout, code === 7 && lines.length === 0 ? "" : csvOf(inOrder), argv.join(" "));
    assert(lines.length > 0);
  }
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("preload() of a family resumes where it was, and fetches no file twice", async () => {
  const files = generateOptionDays(SPAN);
  await using world = await World.open([files]);
  const done: string[] = [];
  for (const after of [1, 8, 13]) {
    const controller = new AbortController();
    const run = world.load(["O:SPY*"], {
      ...UNKEPT,
      concurrency: 1,
      signal: controller.signal,
      reporter: (event) => {
        if (event.type !== "file") return;
        done.push(event.key);
        if (done.length === after) controller.abort(new Error("Enough"));
      },
    });
    await assertRejects(() => run, Error, "Enough");
  }
  assertEquals(new Set(done).size, done.length);
  world.s3.clearRequests();
  const { summary, batches } = await world.load(["O:SPY*"], UNKEPT);
  assertEquals(linesIn(batches()), linesOf(files, /^O:SPY/));
  const gets = world.takeGets();
  assertEquals([...new Set(gets)], keysOf(files).filter((key) => !done.includes(key)));
  // A request that was under way at an interruption may reach the server late.
  assert(gets.length <= keysOf(files).length - done.length + 1);
  assertEquals([summary.complete, summary.files.recorded], [true, done.length]);
});

Deno.test("preload() of a family fetches what of it is damaged on the disk, and nothing else", async () => {
  const files = generateOptionDays(SPAN);
  await using world = await World.open([files]);
  await world.load(["O:SPY*"], UNKEPT);
  world.s3.clearRequests();
  const paths = (await Array.fromAsync(filesUnder(`${world.cache}/families`)))
    .filter((path) => path.endsWith(".gz")).sort();
  assertEquals(paths.length, files.dates.length);
  const cut = await Deno.readFile(paths[3]!);
  await Deno.writeFile(paths[3]!, cut.subarray(0, cut.length - 1));
  const flipped = await Deno.readFile(paths[9]!);
  flipped[flipped.length >> 1]! ^= 1;
  await Deno.writeFile(paths[9]!, flipped);
  await Deno.writeFile(paths[12]!, await Deno.readFile(paths[13]!));
  const notices: string[] = [];
  const { batches } = await world.load(["O:SPY*"], {
    ...UNKEPT,
    reporter: (event) => event.type === "notice" && notices.push(event.message),
  });
  assertEquals(linesIn(batches()), linesOf(files, /^O:SPY/));
  assertEquals(world.takeGets(), [3, 9, 12].map((i) => keysOf(files)[i]!));
  assertEquals(notices, ["3 cached files of O:SPY* are damaged; they are fetched again"]);
});

Deno.test("preload() of a family fetches an object that was replaced, and a new date's alone", async () => {
  const files = generateOptionDays(SPAN);
  const [replaced] = keysOf(files);
  await using world = await World.open([files]);
  await world.load(["O:SPY*"], { ...UNKEPT, to: "2025-11-21" });
  const later = generateOptionDays({ ...SPAN, seed: 2 });
  world.s3.objects.put(replaced!, later.file(later.dates[0]!).bytes);
  world.s3.clearRequests();
  const { summary } = await world.load(["O:SPY*"], { ...UNKEPT, refresh: true });
  const added = keysOf(files).filter((key) =>
    key > "us_options_opra/day_aggs_v1/2025/11/2025-11-22"
  );
  assertEquals(world.takeGets(), [replaced!, ...added]);
  assertEquals(summary.complete, true);
});

Deno.test("preload() of a family takes minutes, and makes longer bars of them", async () => {
  const span = { from: "2025-11-24", to: "2025-11-26" };
  const files = generateOptionMinutes(span);
  await using world = await World.open([files]);
  const minutes = await world.load(["O:TSLA*"], { ...span, interval: "1m" });
  assertEquals(linesIn(minutes.batches()), linesOf(files, /^O:TSLA/));
  world.s3.clearRequests();
  const hours = await world.load(["O:TSLA*"], { ...span, interval: "1h", hours: "regular" });
  assertEquals(world.s3.requests, []);
  for (const [ticker, bars] of Object.entries(minutes.bars)) {
    const want = [...resample(bars, "1h", { asset: "option", hours: "regular" })];
    assertEquals(hours.bars[ticker], want);
    assertEquals(hours.summary.symbols["O:TSLA*"]?.tickers?.[ticker], want.length);
  }
});

Deno.test("preload() of families that overlap, and of a symbol in them, gives each ticker once", async () => {
  const files = generateCryptoDays(SPAN);
  await using world = await World.open([files]);
  const symbols = ["X:*-USD", "X:BTC-*", "BTC-USD"];
  const { batches, bars, summary } = await world.load(symbols, SPAN);
  const names = [...new Set([...batches()].map(({ symbol }) => symbol))];
  assertEquals(names.length, new Set(names).size);
  assertEquals(names.slice(-3), ["X:BTC-EUR", "X:BTC-GBP", "BTC-USD"]);
  assertEquals(names.includes("X:BTC-USD"), false);
  assertEquals(bars["BTC-USD"], files.truth("X:BTC-USD"));
  assertEquals(bars["X:BTC-USD"], files.truth("X:BTC-USD"));
  assertEquals(Object.keys(summary.symbols["X:BTC-*"]!.tickers!), [
    "X:BTC-EUR",
    "X:BTC-GBP",
    "X:BTC-USD",
  ]);
  const cache = await openCache(world.cache);
  const read = await Array.fromAsync(readBars(cache, { symbols, ...SPAN }));
  assertEquals(linesIn(read), linesIn(batches()));
});

Deno.test("preload() of '*' has every ticker of a file whose tickers are in no order", async () => {
  const files = stockFiles({ from: "2025-03-03", to: "2025-03-04" });
  await using world = await World.open([files]);
  for (const { key, bytes } of files) {
    const [head, ...lines] = new TextDecoder().decode(gunzipSync(bytes)).trimEnd().split("\n");
    const shuffled = lines.map((line, i) => [i * 7 % 13, line] as const)
      .sort(([a], [b]) => a - b).map(([, line]) => line);
    world.s3.objects.put(key, gzipText([head, ...shuffled, ""].join("\n")));
  }
  const { batches, bars } = await world.load(["*"], { from: "2025-03-03", to: "2025-03-04" });
  assertEquals(linesIn(batches()), linesOf(files, /^/));
  assertEquals(bars.BACpB, files.truth("BACpB"));
});

Deno.test("flatfetch 'TSL?' (a row of it cannot be read) names file, line and ticker and exits 3", async () => {
  const files = stockFiles({ from: "2025-03-03", to: "2025-03-04" });
  await using world = await World.open([files]);
  const key = keysOf(files)[0]!;
  const text = new TextDecoder().decode(gunzipSync(files.file("2025-03-03").bytes));
  world.s3.objects.put(key, gzipText(text.replace(/^TSLA,[^,]*/m, "TSLA,many")));
  const argv = ["TSL?", "AAP?", "--from", "2025-03-03", "--to", "2025-03-04"];
  for (const more of [[], ["--offline"]]) {
    const { code, stderr } = await world.run([...argv, ...more]);
    assertEquals(code, 3);
    assertMatch(stderr, /Cannot read "TSLA" in ".*2025-03-03.csv.gz", line \d+: column "volume"/);
    assertMatch(stderr, /INCOMPLETE: Cached 1 bar of TSL\? \(1 ticker\) data, 1 file missing/);
    assertMatch(stderr, /Cached|Cache hit - AAP\?/);
  }
  const { code, stdout } = await world.run(["check", ...argv, "--offline"]);
  assertEquals(code, 3);
  assertMatch(stdout, /TSL\? +problem +Cannot read "TSLA"/);
});

Deno.test("flatfetch 'O:ZZZ*' (no ticker matches) says what was looked for and exits 7", async () => {
  const files = generateOptionDays(SPAN);
  await using world = await World.open([files]);
  const csv = `${world.home}/none.csv`;
  const { code, stderr } = await world.run(["O:ZZZ*", ...IN_SPAN, "-o", csv]);
  assertEquals(code, 7);
  const count = files.dates.length;
  const said = `No data: no ticker matches O:ZZZ* in ${count} files of us_options_opra/day_aggs_v1`;
  assert(stderr.includes(said), stderr);
  await assertRejects(() => Deno.stat(csv), Deno.errors.NotFound);
});

Deno.test("flatfetch suggests families that have tickers for one that has none, in every run the same", async () => {
  const stocks = generateStockDays(SPAN);
  await using world = await World.open([
    stocks,
    generateOptionDays(SPAN),
    generateCryptoDays(SPAN),
  ]);
  const meant: readonly (readonly [argv: readonly string[], suggestion: string])[] = [
    [["BTC-*"], "'X:BTC-*'"],
    [["X:TSL*"], "'O:TSL*', 'TSL*'"],
    [["X:BTX-*"], "'X:BTC-*'"],
    [["SPY25*", "--asset", "stock"], "'O:SPY25*'"],
    [["O:TLSA*C*"], "'O:TSLA*C*'"],
    [["--underlying", "TLSA"], "'O:TSLA:*'"],
    [["--underlying", "TLSA", "--right", "put"], "O:TSLA:P"],
  ];
  for (const [argv, suggestion] of meant) {
    for (const more of [[], [], ["--offline"]]) {
      const { code, stderr } = await world.run([...argv, ...IN_SPAN, ...more]);
      assertEquals(code, 7);
      assertMatch(stderr, /no ticker matches .*; did you mean /);
      assert(stderr.includes(`; did you mean ${suggestion}`), stderr);
    }
  }
  for (const argv of [["QQQQQQ*"], ["--underlying", "TSLA", "--strike", "1"]]) {
    const { code, stderr } = await world.run([...argv, ...IN_SPAN]);
    assertEquals(code, 7);
    assertMatch(stderr, /no ticker matches \S+ in \d+ files? of \S+$/m);
  }
  assertEquals(JSON.parse((await world.run(["list", "--json"])).stdout), []);
});

Deno.test("flatfetch --symbols FILE --split DIR takes families from a file, a file of each ticker", async () => {
  const files = generateCryptoDays(SPAN);
  await using world = await World.open([files]);
  const [list, folder] = [`${world.home}/list.txt`, `${world.home}/pairs`];
  await Deno.writeTextFile(list, "# pairs\nX:BTC-* X:ETH-*\n");
  const argv = ["--symbols", list, ...IN_SPAN, "--split", folder];
  assertEquals((await world.run(argv)).code, 0);
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  assertEquals(
    names,
    ["BTC-EUR", "BTC-GBP", "BTC-USD", "ETH-BTC", "ETH-EUR", "ETH-USD"].map((pair) =>
      `X_${pair}.csv`
    ),
  );
  const text = await Deno.readTextFile(`${folder}/X_ETH-BTC.csv`);
  assertEquals(text, csvOf(linesOf(files, /^X:ETH-BTC$/)));
  await Deno.writeTextFile(list, "* TSLA\n* AAPL\n");
  const { code, stderr } = await world.run(["--symbols", list]);
  assertEquals(code, 2);
  assertMatch(stderr, /line 1: a \* among others is no symbol/);
});

Deno.test("flatfetch list, check and clear know a family by its name", async () => {
  const files = generateOptionDays(SPAN);
  const lines = linesOf(files, /^O:SPY\d{6}C/);
  await using world = await World.open([files]);
  const chain = ["--underlying", "SPY", "--right", "call"];
  await world.run([...chain, ...IN_SPAN]);
  const [family] = JSON.parse((await world.run(["list", "--json"])).stdout);
  const { symbol, dataset, tickers, bars, files: count, from } = family;
  assertEquals(
    { symbol, dataset, tickers, bars, count, from },
    {
      symbol: "O:SPY:C",
      dataset: "us_options_opra/day_aggs_v1",
      tickers: new Set(lines.map(symbolOf)).size,
      bars: lines.length,
      count: files.dates.length,
      from: SPAN.from,
    },
  );
  assertMatch((await world.run(["list"])).stdout, /^O:SPY:C +us_options/m);
  const check = await world.run(["check", ...chain, ...IN_SPAN]);
  assertEquals([check.code, check.stdout], [0, ""]);
  assertMatch(check.stderr, /O:SPY:C: clean; \d+ bars in \d+ files/);
  assertMatch((await world.run(["clear", "O:SPY:C"])).stderr, /Forgot O:SPY:C/);
  assertEquals(JSON.parse((await world.run(["list", "--json"])).stdout), []);
  await world.run([...chain, ...IN_SPAN]);
  assertEquals((await world.run(["clear", "--all"])).code, 0);
  const left = await Array.fromAsync(filesUnder(world.cache));
  assertEquals(
    left.filter((path) => !path.endsWith(".lock") && !path.endsWith("CACHEDIR.TAG")),
    [],
  );
});

Deno.test("flatfetch --dry-run of a family says what is cached and what would be fetched", async () => {
  const files = generateOptionDays(SPAN);
  await using world = await World.open([files]);
  const dry = async () => {
    const { stdout } = await world.run(["O:SPY*", ...IN_SPAN, "--dry-run", "--json"]);
    const { datasets: [{ symbols, listed, recorded, fetch }] } = JSON.parse(stdout);
    return [symbols, listed, recorded, fetch.files];
  };
  const count = files.dates.length;
  assertEquals(await dry(), [["O:SPY*"], count, 0, count]);
  await world.load(["O:SPY*"], UNKEPT);
  assertEquals(await dry(), [["O:SPY*"], count, count, 0]);
});

Deno.test("flatfetch refuses to chart a family, and to adjust one of stocks", async () => {
  await using world = await World.open([stockFiles()]);
  const chart = await world.run(["chart", "TSL?"]);
  assertEquals(chart.code, 2);
  assertMatch(chart.stderr, /Cannot draw a chart of "TSL\?": it stands for all tickers that match/);
  const adjusted = await world.run(["TSL?", "--adjust", "splits"]);
  assertEquals(adjusted.code, 2);
  assertMatch(adjusted.stderr, /Cannot adjust "TSL\?": want each stock by itself/);
  const lonely = await world.run(["TSLA", "--strike", "600"]);
  assertMatch(lonely.stderr, /Cannot use --strike without --underlying/);
  const { stderr } = await world.run(["'O:SPY*'"]);
  assertMatch(stderr, /did you mean 'O:SPY\*'\?/);
  assertEquals(world.s3.requests, []);
});

Deno.test({
  name: `DuckDB reads the Parquet of a chain, and finds in it what the files have${word}`,
  ignore: word !== "",
  fn: async () => {
    const files = generateOptionDays(SPAN);
    await using world = await World.open([files]);
    const path = `${world.home}/chain.parquet`;
    await world.run(["O:*", ...IN_SPAN, "-o", path]);
    const { rows } = await query(`SELECT symbol, date::VARCHAR, close FROM '${path}'`);
    const want = linesOf(files, /^O:/).map((line) => line.split(","));
    assertEquals(rows, want.map(([symbol, date, , , , , close]) => [symbol!, date!, close!]));
  },
});
