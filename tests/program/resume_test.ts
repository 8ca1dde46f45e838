/** That an interruption loses nothing. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { generateCryptoDays } from "../../fixtures/flat_files.ts";
import { interrupted } from "./interrupted.ts";
import { filesUnder, IN_QUARTER, keysOf, QUARTER, stockFiles, World } from "./harness.ts";

const UNKEPT = { ...QUARTER, keepLimitBytes: 0 };

/** The keys that are not among those. */
const without = (keys: readonly string[], done: readonly string[]) =>
  keys.filter((key) => !done.includes(key));

for (const fault of ["not-found", "access-denied"] as const) {
  Deno.test(`preload() has an interrupted run's bars of files that now are ${fault}`, async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    const done = await interrupted(world, { after: 23 });
    assert(done.length >= 23 && done.length < 60);
    for (const key of done) world.s3.faults.add(fault, { key });
    world.s3.clearRequests();
    const { bars, summary } = await world.load(["TSLA"], UNKEPT);
    assertEquals(bars.TSLA, files.truth("TSLA"));
    assertEquals(world.takeGets(), without(keysOf(files), done));
    assertEquals([summary.complete, summary.files.recorded], [true, done.length]);
  });
}

Deno.test("preload() resumes again and again, and fetches no file twice", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  for (const after of [1, 7, 12, 5]) await interrupted(world, { after, concurrency: 1 });
  const { bars } = await world.load(["TSLA"], UNKEPT);
  assertEquals(bars.TSLA, files.truth("TSLA"));
  const gets = world.takeGets();
  assertEquals([...new Set(gets)], keysOf(files));
  // What was under way when a run was interrupted comes again, and nothing else.
  assert(gets.length <= 60 + 4);
});

Deno.test("preload() resumes a later date's run of the same period", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const done = await interrupted(world, { after: 20, period: "2mo", to: "2025-03-28" });
  world.s3.clearRequests();
  await world.load(["TSLA"], { period: "2mo", to: "2025-03-31", keepLimitBytes: 0 });
  const span = keysOf(files).filter((key) => key.slice(-17) >= "2025-02-01");
  assertEquals(world.takeGets(), without(span, done));
});

Deno.test("preload() of two symbols resumes each where it was", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const done = await interrupted(world, { after: 30 });
  world.s3.clearRequests();
  const { bars } = await world.load(["AAPL", "TSLA"], UNKEPT);
  assertEquals(bars, { AAPL: files.truth("AAPL"), TSLA: files.truth("TSLA") });
  assertEquals(world.takeGets(), keysOf(files));
  assert(done.length < 60);
});

Deno.test("preload() is interrupted before it starts, and while it lists", async () => {
  await using world = await World.open([stockFiles()]);
  const reason = new Error("Enough");
  await assertRejects(
    () => world.load(["TSLA"], { ...QUARTER, signal: AbortSignal.abort(reason) }),
    Error,
    "Enough",
  );
  assertEquals(world.s3.requests, []);
  world.s3.faults.add("stall-headers", { listing: "" });
  const controller = new AbortController();
  const respond = world.s3.respond.bind(world.s3);
  world.s3.respond = (request) => {
    queueMicrotask(() => controller.abort(reason));
    return respond(request);
  };
  await assertRejects(
    () => world.load(["TSLA"], { ...QUARTER, signal: controller.signal }),
    Error,
    "Enough",
  );
  assertEquals(world.s3.requests.length, 1);
});

Deno.test("flatfetch progress shows an interrupted run; clear --progress-only forgets it", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const done = await interrupted(world, { after: 10 });
  const bytes = done.reduce((sum, key) => sum + world.s3.objects.get(key)!.bytes.length, 0);
  const table = await world.run(["progress"]);
  const [headings, row, ...more] = table.stdout.split("\n");
  assertMatch(headings!, /^SYMBOL +PERIOD +INTERVAL +FILES +BYTES +AGE$/);
  const cells = `TSLA +2025-01-02_2025-03-31 +1d +${done.length} +[\\d.]+ kB +just now`;
  assertMatch(row!, new RegExp(`^${cells}$`));
  assertEquals([table.code, table.stderr, more], [0, "", [""]]);
  const json = await world.run(["progress", "TSLA", "--json"]);
  const [marker, ...others] = JSON.parse(json.stdout);
  assertEquals({ ...marker, writtenAtMs: 0 }, {
    symbol: "TSLA",
    source: `${world.url} flatfiles`,
    host: "127.0.0.1",
    bucket: "flatfiles",
    dataset: files.dataset,
    ticker: "TSLA",
    period: "2025-01-02_2025-03-31",
    interval: "1d",
    bytes,
    writtenAtMs: 0,
    files: done.length,
  });
  assertEquals([others, Math.abs(Date.now() - marker.writtenAtMs) < 600_000], [[], true]);
  assertEquals(JSON.parse((await world.run(["progress", "AAPL", "--json"])).stdout), []);
  const cleared = await world.run(["clear", "TSLA", "--progress-only"]);
  assertEquals(cleared.code, 0);
  assertMatch(cleared.stderr, /^Forgot the progress of TSLA: [\d.]+ kB in 1 file of \/.*\.\n$/);
  assertEquals((await world.run(["progress"])).stderr, "No run is unfinished.\n");
  assertEquals((await world.run(["progress", "AAPL"])).stderr, "No run of AAPL is unfinished.\n");
  world.s3.clearRequests();
  await world.load(["TSLA"], UNKEPT);
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("flatfetch list shows what is cached; clear forgets a symbol", async () => {
  const crypto = generateCryptoDays({ from: "2025-01-02", to: "2025-01-11" });
  const files = stockFiles();
  await using world = await World.open([files, crypto]);
  await world.load(["TSLA", "BTC-USD"], QUARTER);
  const list = await world.run(["list"]);
  assertMatch(
    list.stdout,
    new RegExp(
      "^SYMBOL +DATASET +BARS +FIRST +LAST +BYTES\n" +
        "BTC-USD +global_crypto/day_aggs_v1 +10 +2025-01-02 +2025-01-11 +[\\d.]+ kB\n" +
        "TSLA +us_stocks_sip/day_aggs_v1 +60 +2025-01-02 +2025-03-31 +[\\d.]+ kB\n$",
    ),
  );
  const json = JSON.parse((await world.run(["list", "--json"])).stdout);
  assertEquals({ ...json[1], bytes: 0 }, {
    source: `${world.url} flatfiles`,
    symbol: "TSLA",
    dataset: files.dataset,
    ticker: "TSLA",
    bars: 60,
    files: 60,
    from: "2025-01-02",
    to: "2025-03-31",
    bytes: 0,
  });
  const kept = await world.run(["clear", "TSLA", "--progress-only"]);
  assertEquals(kept.stderr, "Nothing to forget of TSLA.\n");
  const cleared = await world.run(["clear", "tsla"]);
  assertEquals(cleared.code, 0);
  assertMatch(
    cleared.stderr,
    /^Forgot tsla: [\d.]+ [kM]B in 6\d files of \/.*\.\n📌 6\d files of them are listings and downloads /,
  );
  world.s3.clearRequests();
  await world.load(["BTC-USD"], QUARTER);
  assertEquals(world.s3.requests, []);
  await world.load(["TSLA"], QUARTER);
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("flatfetch clear --json says of each symbol whether there was something to forget", async () => {
  await using world = await World.open([stockFiles()]);
  await world.run(["TSLA", ...IN_QUARTER]);
  const { code, stdout } = await world.run(["clear", "TSLA", "AAPL", "--json"]);
  const { files, bytes, path, ...said } = JSON.parse(stdout);
  const symbols = { TSLA: true, AAPL: false };
  assertEquals([code, said], [0, { all: false, progressOnly: false, symbols, left: [] }]);
  assertEquals([files > 60, bytes > 0, path], [true, true, world.cache]);
  const all = await world.run(["clear", "--all", "--json", "--quiet"]);
  const nothing = { all: true, progressOnly: false, symbols: {}, files: 0, bytes: 0, left: [] };
  assertEquals(JSON.parse(all.stdout), { ...nothing, path: world.cache });
  assertEquals(all.stderr, "");
});

Deno.test("flatfetch clear --all forgets everything; --progress-only the progress alone", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["AAPL"], UNKEPT);
  await interrupted(world, { after: 5 });
  const progress = await world.run(["clear", "--all", "--progress-only"]);
  assertEquals(progress.code, 0);
  assertMatch(progress.stderr, /^Forgot all progress: [\d.]+ kB in 1 file of \/.*\.\n$/);
  assertEquals(JSON.parse((await world.run(["progress", "--json"])).stdout), []);
  assertEquals(JSON.parse((await world.run(["list", "--json"])).stdout).length, 1);
  const { stderr } = await world.run(["clear", "--all"]);
  assertMatch(stderr, /^Forgot everything: [\d.]+ kB in \d+ files of \/.*\.\n$/);
  assert(stderr.includes(` of ${world.cache}.`), stderr);
  assertEquals((await world.run(["clear", "--all"])).stderr, "Nothing to forget.\n");
  assertEquals((await world.run(["list"])).stderr, "Nothing is cached.\n");
  world.s3.clearRequests();
  assertEquals((await world.run(["AAPL", ...IN_QUARTER, "-q"])).code, 0);
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("flatfetch clear says in numbers what went, and what other symbols have lost with it", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["TSLA", "AAPL"], QUARTER);
  const before = await Array.fromAsync(filesUnder(world.cache));
  const { stdout, stderr } = await world.run(["clear", "TSLA", "--json"]);
  const after = await Array.fromAsync(filesUnder(world.cache));
  const gone = before.filter((path) => !after.includes(path));
  const { files: count, bytes, path, symbols } = JSON.parse(stdout);
  assertEquals([count, path, symbols], [gone.length, world.cache, { TSLA: true }]);
  assertEquals(bytes > 0, true);
  const shared = gone.filter((path) => /\/(listings|objects)\//.test(path)).length;
  assertEquals(shared, gone.length - 1);
  assertMatch(
    stderr,
    new RegExp(`📌 ${shared} files of them are .* use too; they will be fetched again\n$`),
  );
});

Deno.test("flatfetch clear NONE, of which nothing is there, leaves what other symbols use", async () => {
  await using world = await World.open([stockFiles()]);
  await world.load(["TSLA"], QUARTER);
  const before = await Array.fromAsync(filesUnder(world.cache));
  for (const symbols of [["NONE"], ["NONE", "ZZZ"], ["BTC-USD"], ["O:SPY*"]]) {
    const { stderr } = await world.run(["clear", ...symbols]);
    assertEquals(stderr, symbols.map((one) => `Nothing to forget of ${one}.\n`).join(""));
    const after = await Array.fromAsync(filesUnder(world.cache));
    assertEquals(
      after.filter((path) => !path.endsWith(".lock")),
      before.filter((path) => !path.endsWith(".lock")),
    );
  }
});
