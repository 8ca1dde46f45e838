import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { estimate } from "../../lib/load/estimate.ts";
import { UsageError } from "../../lib/errors.ts";
import {
  generateCryptoDays,
  generateForexDays,
  generateIndexDays,
  generateOptionDays,
} from "../../fixtures/flat_files.ts";
import {
  generateCryptoMinutes,
  generateForexMinutes,
  generateIndexMinutes,
  generateOptionMinutes,
  generateStockMinutes,
} from "../../fixtures/minute_files.ts";
import { largeFile } from "../fixtures/large_file.ts";
import { filesUnder, IN_QUARTER, KEYS, keysOf, QUARTER, stockFiles, World } from "./harness.ts";

const DATASET = "us_stocks_sip/day_aggs_v1";
const JANUARY = { from: "2025-01-02", to: "2025-01-31" };

/** Exports everything that a bucket has of some datasets, into `lake`. */
async function exported(world: World, datasets: readonly string[], ...more: string[]) {
  const lake = `${world.home}/lake`;
  const args = ["export", ...datasets, "--from", "2025-01-01", "--into", lake, ...more];
  const { code, stderr } = await world.run(args);
  assertEquals(code, 0, stderr);
  world.takeGets();
  return lake;
}

/** The rows of a command line that writes them, from a cache that nobody else uses. */
async function rowsOf(world: World, cache: string, ...args: string[]) {
  const place = ["--cache-dir", `${world.home}/${cache}`];
  const { code, stdout, stderr } = await world.run([...args, ...place, "-o", "-"]);
  assertEquals(code, 0, stderr);
  return { rows: stdout, stderr };
}

for (const layout of [[], ["--by", "month"], ["--format", "csv.gz"]]) {
  const name = ["flatfetch TSLA AAPL --from-lake DIR, exported", ...layout].join(" ");
  Deno.test(`${name}, gives the rows of the files and asks for none`, async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    const lake = await exported(world, [DATASET], ...layout);
    const line = ["TSLA", "AAPL", ...IN_QUARTER];
    const { rows, stderr } = await rowsOf(world, "one", ...line, "--from-lake", lake);
    assertEquals(world.takeGets(), []);
    assertMatch(stderr, /60 files \(all from the lake\), 0 B downloaded/);
    assertEquals(rows, (await rowsOf(world, "two", ...line)).rows);
    assertEquals(world.takeGets(), keysOf(files));
    const again = await rowsOf(world, "one", ...line);
    assertEquals([again.rows, world.takeGets()], [rows, []]);
  });
}

Deno.test("flatfetch --from-lake DIR gives what the files give for every class and interval, and for families", async () => {
  const day = { from: "2025-01-02", to: "2025-01-03" };
  const days = [generateCryptoDays, generateForexDays, generateIndexDays, generateOptionDays]
    .map((generate) => generate(day));
  const minutes = [
    generateCryptoMinutes({ ...day, tickers: ["X:BTC-USD", "X:ETH-USD"] }),
    generateForexMinutes({ ...day, tickers: ["C:EUR-USD"] }),
    generateIndexMinutes({ ...day, tickers: ["I:SPX", "I:VIX"] }),
    generateOptionMinutes({ ...day, tickers: ["O:AAPL250321C00150000", "O:AAPL250321P00150000"] }),
    generateStockMinutes({ ...day, stocks: 6 }),
  ];
  const all = [...days, ...minutes];
  await using world = await World.open(all);
  const lake = await exported(world, all.map(({ dataset }) => dataset));
  const span = ["--from", day.from, "--to", day.to];
  for (const interval of ["1d", "1m", "5m"]) {
    for (const symbols of [["X:*"], ["C:*"], ["I:*"], ["O:*"]]) {
      const line = [...symbols, ...span, "-i", interval];
      const found = await rowsOf(world, "one", ...line, "--from-lake", lake);
      assertEquals(world.takeGets(), []);
      assert(found.rows.split("\n").length > 3, `${line}: ${found.stderr}`);
      assertEquals(found.rows, (await rowsOf(world, "two", ...line)).rows);
      world.takeGets();
    }
  }
  const line = ["TSLA", ...span, "-i", "1m"];
  const found = await rowsOf(world, "one", ...line, "--from-lake", lake);
  assertEquals(world.takeGets(), []);
  assertEquals(found.rows, (await rowsOf(world, "two", ...line)).rows);
});

Deno.test("flatfetch TSLA --from-lake DIR downloads what was replaced or is not there, and says how much that is", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const lake = await exported(world, [DATASET]);
  const [gone, replaced] = files.dates as [string, string];
  await Deno.remove(`${lake}/${DATASET}/date=${gone}`, { recursive: true });
  const other = stockFiles({ from: files.dates[2]!, to: files.dates[2]! });
  world.s3.objects.put(files.keyOf(replaced), [...other][0]!.bytes);
  const wanted = [gone, replaced].map(files.keyOf).sort();
  const line = ["TSLA", ...IN_QUARTER, "--from-lake", lake];
  const dry = await world.run([...line, "--dry-run"]);
  assertMatch(dry.stderr, /would download .* in 2 files, take 58 files from the lake/);
  assertMatch(dry.stdout, /CACHED +KEPT +LAKE +DOWNLOAD[^]* 60 +0 +0 +58 +2 /);
  assertEquals(world.takeGets(), []);
  const { summary } = await world.load(["TSLA"], { ...QUARTER, fromLake: lake });
  assertEquals(world.takeGets(), wanted);
  const { fromLake, downloaded, recorded } = summary.files;
  assertEquals([fromLake, downloaded, recorded], [58, 2, 0]);
  assert(summary.complete);
});

Deno.test("flatfetch --from-lake DIR asks only about what it downloads", async () => {
  await using world = await World.open([stockFiles()]);
  const fromLake = await exported(world, [DATASET], "--by", "month");
  const place = { endpoint: world.url, credentials: KEYS, cacheDirectory: world.cache, ...QUARTER };
  const { total } = await estimate(["TSLA"], { ...place, fromLake });
  assertEquals([total.lake.files, total.fetch.files, total.missing], [60, 0, 0]);
  const confirm = () => {
    throw new Error("nothing is to be confirmed");
  };
  const options = { ...QUARTER, fromLake, confirmAboveBytes: 1, confirm };
  const { summary } = await world.load(["TSLA"], options);
  assertEquals([summary.files.fromLake, world.takeGets()], [60, []]);
});

Deno.test("flatfetch TSLA --from-lake DIR takes a large file from the lake, proved", async () => {
  const files = stockFiles(JANUARY);
  await using world = await World.open([files]);
  const key = files.keyOf(files.dates.at(-1)!);
  world.s3.objects.put(key, largeFile(files, files.dates.at(-1)!));
  const fromLake = await exported(world, [DATASET], "--format", "csv.gz");
  const { bars } = await world.load(["TSLA"], { ...JANUARY, fromLake });
  assertEquals([bars.TSLA, world.takeGets()], [files.truth("TSLA"), []]);
  const bytes = await Deno.readFile(`${fromLake}/${key}`);
  bytes[bytes.length >> 1]! ^= 1;
  await Deno.writeFile(`${fromLake}/${key}`, bytes);
  await world.load(["AAPL"], { ...JANUARY, fromLake });
  assertEquals(new Set(world.takeGets()), new Set([key]));
});

Deno.test("flatfetch TSLA --from-lake DIR knows a file whose ETag is no MD5 by the mark beside it", async () => {
  const files = stockFiles(JANUARY);
  await using world = await World.open([]);
  for (const { key, bytes } of files) {
    world.s3.objects.put(key, bytes, { etag: `${key.slice(-12)}-2` });
  }
  const fromLake = await exported(world, [DATASET], "--format", "csv.gz");
  const [first, second] = files.dates.map(files.keyOf) as [string, string];
  await Deno.remove(`${fromLake}/${first}.mark`);
  await Deno.copyFile(
    `${fromLake}/${files.keyOf(files.dates[2]!)}.mark`,
    `${fromLake}/${second}.mark`,
  );
  const { bars, summary } = await world.load(["TSLA"], { ...JANUARY, fromLake });
  assertEquals([bars.TSLA, world.takeGets()], [files.truth("TSLA"), [first, second]]);
  assertEquals(summary.files.fromLake, files.dates.length - 2);
});

Deno.test("flatfetch TSLA --from-lake DIR names damaged objects and downloads their files", async () => {
  const files = stockFiles(JANUARY);
  await using world = await World.open([files]);
  for (const layout of [[], ["--by", "month"], ["--format", "csv.gz"]]) {
    const lake = await exported(world, [DATASET], ...layout);
    const damaged: string[] = [];
    for await (const path of filesUnder(`${lake}/${DATASET}`)) {
      if (path.endsWith(".mark")) continue;
      const bytes = await Deno.readFile(path);
      bytes[damaged.length % 2 === 0 ? bytes.length >> 1 : bytes.length - 100]! ^= 1;
      damaged.push(path);
      await Deno.writeFile(path, bytes);
    }
    const line = ["TSLA", "--from", JANUARY.from, "--to", JANUARY.to];
    const { rows, stderr } = await rowsOf(world, `a${layout}`, ...line, "--from-lake", lake);
    assertEquals(world.takeGets(), keysOf(files), layout.join(" "));
    const lines = stderr.split("\n").filter((line) => line.includes("Not used of the lake"));
    const named = damaged.map((path) => path.slice(lake.length + 1)).sort();
    assertEquals(
      lines.map((line) => /until removed and exported again: (\S+): \S.*[^…]$/.exec(line)?.[1])
        .sort(),
      named.length <= 20 ? named : [...named.slice(0, 20), undefined],
      stderr,
    );
    assertEquals(rows, (await rowsOf(world, `b${layout}`, ...line)).rows);
    world.takeGets();
    await Deno.remove(lake, { recursive: true });
  }
});

Deno.test("flatfetch --from-lake DIR takes of an export of some tickers those alone", async () => {
  const files = stockFiles(JANUARY);
  await using world = await World.open([files]);
  const lake = await exported(world, [DATASET], "--tickers", "T*");
  const span = ["--from", JANUARY.from, "--to", JANUARY.to, "--from-lake", lake];
  const { rows } = await rowsOf(world, "one", "AAPL", ...span);
  assertEquals(world.takeGets(), keysOf(files));
  assert(rows.includes(JANUARY.from));
  await rowsOf(world, "two", "TSLA", ...span);
  assertEquals(world.takeGets(), []);
});

for (const layout of [["T*,BRK.?"], ["TSLA,BRK.B", "--by", "month"]]) {
  const name = `flatfetch --from-lake DIR, exported --tickers ${layout.join(" ")},`;
  Deno.test(`${name} looks into the newest file only for a symbol that the lake has no answer about`, async () => {
    const files = stockFiles(JANUARY);
    const newest = files.keyOf(files.dates.at(-1)!);
    await using world = await World.open([files]);
    const lake = await exported(world, [DATASET], "--tickers", ...layout);
    const span = ["--from", JANUARY.from, "--to", JANUARY.to, "--from-lake", lake];
    const getsOf = async (cache: string, ...symbols: string[]) => {
      const place = ["--cache-dir", `${world.home}/${cache}`];
      const { stderr } = await world.run([...symbols, ...span, ...place]);
      return { gets: world.takeGets(), stderr };
    };
    assertEquals((await getsOf("one", "TSLA", "BRK-B")).gets, []);
    const { gets, stderr } = await getsOf("two", "TSLA", "TSLX");
    assertEquals(gets.filter((key) => key === newest), [newest]);
    assertMatch(stderr, /TSLX is not in the newest file .*; did you mean TSLA\?/);
    // The file may have both spellings, and the lake has one of them.
    assertEquals((await getsOf("three", "tsla")).gets.includes(newest), true);
  });
}

Deno.test("flatfetch --from-lake of no folder exits 2, of an empty one says so", async () => {
  const files = stockFiles(JANUARY);
  await using world = await World.open([files]);
  const line = ["TSLA", "--from", JANUARY.from, "--to", JANUARY.to, "--from-lake"];
  await Deno.writeTextFile(`${world.home}/file`, "");
  for (const [place, what] of [["nowhere", "No such file"], ["file", "it is no folder"]] as const) {
    const { code, stderr } = await world.run([...line, `${world.home}/${place}`]);
    assertEquals([code, world.takeGets()], [2, []]);
    assert(stderr.includes(`Cannot read a lake in "${world.home}/${place}": ${what}`), stderr);
    const fromLake = `${world.home}/${place}`;
    await assertRejects(() => world.load(["TSLA"], { ...JANUARY, fromLake }), UsageError, what);
  }
  await Deno.mkdir(`${world.home}/empty`);
  const { code, stderr } = await world.run([...line, `${world.home}/empty`]);
  assertEquals([code, world.takeGets()], [0, keysOf(files)]);
  assertMatch(stderr, /The lake ".*empty" has nothing of us_stocks_sip\/day_aggs_v1/);
});

Deno.test("flatfetch --from-lake with a folder in a lake says where the lake is", async () => {
  const files = stockFiles(JANUARY);
  await using world = await World.open([files]);
  const lake = await exported(world, [DATASET]);
  for (const inside of ["us_stocks_sip", `${DATASET}/`, DATASET]) {
    const { code, stderr } = await world.run(["TSLA", "--from-lake", `${lake}/${inside}`]);
    assertEquals([code, world.takeGets()], [2, []]);
    assert(stderr.includes(`it is a folder in one, want ${JSON.stringify(lake)}`), stderr);
  }
  // A lake may have such a name itself.
  await Deno.rename(lake, `${world.home}/us_stocks_sip`);
  const line = ["TSLA", "--from", JANUARY.from, "--to", JANUARY.to, "--from-lake"];
  const { stderr } = await rowsOf(world, "one", ...line, `${world.home}/us_stocks_sip`);
  assertEquals(world.takeGets(), [], stderr);
});
