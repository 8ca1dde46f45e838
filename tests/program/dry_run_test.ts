/** What `--dry-run` shows, and what is not downloaded without a word. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { estimate } from "../../mod.ts";
import { IN_QUARTER, KEYS, keysOf, QUARTER, stockFiles, World } from "./harness.ts";
import { interrupted } from "./interrupted.ts";

Deno.test("flatfetch TSLA --dry-run shows a table, and downloads nothing", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const { code, stdout, stderr } = await world.run(["TSLA", ...IN_QUARTER, "--dry-run"]);
  assertEquals([code, world.takeGets()], [0, []], stderr);
  const [head, row, ...more] = stdout.split("\n");
  const headings = "DATASET SYMBOLS FILES CACHED KEPT DOWNLOAD BYTES FROM TO";
  assertEquals([head!.replace(/ +/g, " "), more], [headings, [""]]);
  const cells = "us_stocks_sip/day_aggs_v1 +TSLA +60 +0 +0 +60 +[\\d.]+ kB +2025-01-02 +2025-03-31";
  assertMatch(row!, new RegExp(`^${cells}$`));
  const sentence = "This run would download [\\d.]+ kB in 60 files(, in roughly [\\d.]+s)?; " +
    "listing the bucket took 1 request";
  assertMatch(stderr, new RegExp(`^🧭 ${sentence}\n$`));
});

Deno.test("flatfetch TSLA --dry-run --json prints what estimate() returns", async () => {
  await using world = await World.open([stockFiles()]);
  await interrupted(world, { after: 10 });
  const place = { cacheDirectory: world.cache, endpoint: world.url, credentials: KEYS };
  const expected = await estimate(["TSLA"], { ...QUARTER, ...place });
  const argv = ["TSLA", ...IN_QUARTER, "--dry-run", "--json"];
  const { code, stdout, stderr } = await world.run(argv);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(JSON.parse(stdout), expected);
});

Deno.test("flatfetch TSLA (over 2 GiB, no terminal) exits 2 without --yes, and goes on with it", async () => {
  const files = stockFiles();
  await using world = await World.open([]);
  const lie = { listedSize: 40_000_000 };
  for (const { key, bytes } of files) world.s3.objects.put(key, bytes, lie);
  const argv = ["TSLA", ...IN_QUARTER];
  for (const more of [[], ["-q"]]) {
    const { code, stdout, stderr } = await world.run([...argv, ...more]);
    assertEquals([code, stdout, world.takeGets()], [2, "", []]);
    assertMatch(stderr, /❌ Cannot download 2\.4 GB in 60 files: it was not confirmed\n.*--yes/);
  }
  const chart = await world.run(["chart", ...argv]);
  assertEquals([chart.code, world.takeGets()], [2, []]);
  for (const { key } of files) world.s3.faults.add("not-found", { key });
  const { code, stderr } = await world.run([...argv, "-y"]);
  assertEquals([code, new Set(world.takeGets())], [3, new Set(keysOf(files))], stderr);
  assertMatch(stderr, /\n📦 Downloading 2\.4 GB in 60 files\n/);
});

Deno.test("flatfetch TSLA (under 2 GiB) asks nothing", async () => {
  await using world = await World.open([stockFiles()]);
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  assertEquals(code, 0);
  assert(!stderr.includes("Downloading"));
});
