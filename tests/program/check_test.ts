/** What `flatfetch check` prints, and how it ends. */

import { assertEquals, assertMatch } from "@std/assert";
import { gzipText } from "../../fixtures/flat_files.ts";
import { IN_QUARTER, QUARTER, stockFiles, World } from "./harness.ts";

const files = stockFiles();

async function loaded(): Promise<World> {
  const world = await World.open([files]);
  await world.load(["TSLA"], QUARTER);
  world.s3.clearRequests();
  return world;
}

Deno.test("flatfetch check TSLA (all is well) exits 0, says so and asks nothing", async () => {
  await using world = await loaded();
  const { code, stdout, stderr } = await world.run(["check", "TSLA", ...IN_QUARTER]);
  assertEquals([code, stdout, stderr], [
    0,
    "",
    "✅ TSLA: clean; 60 bars in 60 files, 2025-01-02 to 2025-03-31 (bucket listed just now)\n",
  ]);
  assertEquals(world.s3.requests, []);
});

Deno.test("flatfetch check TSLA --refresh (a file replaced, one new, one gone) exits 3 with a table", async () => {
  const without = files.dates.at(-1)!;
  await using world = await World.open([stockFiles({ ...QUARTER, to: "2025-03-28" })]);
  await world.load(["TSLA"], QUARTER);
  world.fill(files);
  world.s3.objects.put(files.keyOf("2025-02-03"), files.file("2025-02-04").bytes);
  world.s3.objects.delete(files.keyOf("2025-01-10"));
  world.s3.clearRequests();
  const { code, stdout, stderr } = await world.run(["check", "TSLA", ...IN_QUARTER, "--refresh"]);
  assertEquals(stdout.split("\n"), [
    "SYMBOL  SEVERITY  FINDING                                     DAYS  DATES",
    `TSLA    problem   the file is not cached                         1  ${without}`,
    "TSLA    problem   the bucket has another version of the file     1  2025-02-03",
    "TSLA    warning   the bucket does not list the file any more     1  2025-01-10",
    "",
  ]);
  assertEquals(
    stderr,
    "🔶 TSLA: 2 problems, 1 warning; 57 bars in 57 of 59 files, 2025-01-02 to 2025-03-28 " +
      "(bucket listed just now)\n" +
      "   Run the same without check to fetch what is not cached.\n",
  );
  assertEquals(code, 3);
  const gets = world.s3.requests.filter(({ key }) => key !== undefined);
  assertEquals(gets.map(({ key, status }) => [key, status]), [[files.keyOf(without), 206]]);
});

Deno.test("flatfetch check TSLA (nothing cached, the old side refused) tells the spans of both", async () => {
  await using world = await World.open([files]);
  for (const date of files.dates.slice(0, 20)) {
    world.s3.faults.add("access-denied", { key: files.keyOf(date) });
  }
  const { code, stdout } = await world.run(["check", "TSLA", ...IN_QUARTER]);
  const [lastRefused, firstServed] = [files.dates[19], files.dates[20]];
  assertEquals(stdout.split("\n").slice(1, 3), [
    `TSLA    problem   not cached                   40  ${firstServed} … 2025-03-31`,
    `TSLA    warning   not included in your plan    20  2025-01-02 … ${lastRefused}`,
  ]);
  assertEquals(code, 3);
});

Deno.test("flatfetch check TSLA --json tells every finding with dates, key and text", async () => {
  await using world = await World.open([files]);
  const date = "2025-02-03";
  const text = files.file(date).text.replace(/^TSLA,[^,]*/m, "TSLA,-5");
  world.s3.objects.put(files.keyOf(date), gzipText(text));
  await world.load(["TSLA"], QUARTER);
  const { code, stdout } = await world.run(["check", "TSLA", ...IN_QUARTER, "--json"]);
  const { listedAtMs, ...result } = JSON.parse(stdout);
  assertEquals(typeof listedAtMs, "number");
  assertEquals(result, {
    symbols: {
      TSLA: {
        dataset: files.dataset,
        ticker: "TSLA",
        period: QUARTER,
        cached: 60,
        bars: 60,
        from: "2025-01-02",
        to: "2025-03-31",
        listed: 60,
        findings: [{
          kind: "volume-negative",
          severity: "problem",
          dates: [date],
          text: "volume is -5",
          key: files.keyOf(date),
        }],
      },
    },
    clean: false,
    probed: 0,
    strays: { count: 0, keys: [] },
  });
  assertEquals(code, 3);
});

Deno.test("flatfetch check TSLA AAPL --quiet says in a line which one is not clean", async () => {
  await using world = await loaded();
  const run = (...symbols: readonly string[]) =>
    world.run(["check", ...symbols, ...IN_QUARTER, "--quiet", "--refresh"]);
  assertEquals(await run("TSLA"), { code: 0, stdout: "", stderr: "" });
  const { code, stdout, stderr } = await run("TSLA", "AAPL");
  assertEquals([code, stdout], [3, ""]);
  assertMatch(stderr, /^🔶 AAPL: 1 problem; nothing of 60 files is cached[^\n]*\n$/);
  world.s3.objects.put(files.keyOf("2025-02-03"), files.file("2025-02-04").bytes);
  const replaced = await run("TSLA");
  assertEquals([replaced.code, replaced.stdout], [3, ""]);
  assertMatch(replaced.stderr, /^🔶 TSLA: 1 problem[^\n]*\n$/);
});

Deno.test("flatfetch check TSLA --offline asks nothing, not even for keys", async () => {
  await using world = await loaded();
  const env = { MASSIVE_S3_ACCESS_KEY_ID: undefined, MASSIVE_S3_SECRET_ACCESS_KEY: undefined };
  const args = ["check", "TSLA", "AAPL", ...IN_QUARTER, "--offline"];
  const { code, stdout } = await world.run(args, { env });
  assertMatch(stdout, /^AAPL +problem +not cached +60 +2025-01-02 … 2025-03-31$/m);
  assertEquals([code, world.s3.requests], [3, []]);
});

Deno.test("flatfetch check TSLA --offline (never listed) exits 5", async () => {
  await using world = await World.open([files]);
  const { code, stderr } = await world.run(["check", "TSLA", ...IN_QUARTER, "--offline"]);
  assertMatch(stderr, /^❌ Cannot work offline: the bucket was not listed for this period yet$/m);
  assertEquals(code, 5);
});

Deno.test("flatfetch check TSLA (wrong keys) exits 4 and shows none", async () => {
  await using world = await World.open([files]);
  const env = { MASSIVE_S3_SECRET_ACCESS_KEY: "another" };
  const { code, stderr } = await world.run(["check", "TSLA", ...IN_QUARTER], { env });
  assertMatch(stderr, /SignatureDoesNotMatch/);
  assertEquals(code, 4);
});

Deno.test("flatfetch check without a symbol exits 2", async () => {
  await using world = await World.open([]);
  const { code, stderr } = await world.run(["check"]);
  assertMatch(stderr, /^❌ Cannot check: no symbol is given, such as TSLA$/m);
  assertEquals(code, 2);
});

Deno.test("flatfetch check --symbols FILE checks all that the file names", async () => {
  await using world = await loaded();
  const list = `${world.home}/list.txt`;
  await Deno.writeTextFile(list, "AAPL # not loaded\n");
  const args = ["check", "TSLA", "--symbols", list, ...IN_QUARTER];
  const { code, stdout } = await world.run(args);
  assertMatch(stdout, /^AAPL +problem +not cached +60 +2025-01-02 … 2025-03-31$/m);
  assertEquals([code, /^TSLA/m.test(stdout)], [3, false]);
  const { code: missing, stderr } = await world.run(["check", "--symbols", `${list}.missing`]);
  assertMatch(stderr, /^❌ Cannot read symbols from ".*list\.txt\.missing": /m);
  assertEquals(missing, 2);
});
