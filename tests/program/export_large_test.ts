/** What an export does about files that are too large to be in memory whole. */

import { assertEquals, assertMatch } from "@std/assert";
import { formatBytes } from "../../lib/deps/std_fmt.ts";
import { largeFile, PART_SIZE } from "../fixtures/large_file.ts";
import { filesUnder, IN_QUARTER, stockFiles, World } from "./harness.ts";

const DATASET = "us_stocks_sip/day_aggs_v1";

const files = stockFiles();
const DATE = files.dates[30]!;
const KEY = files.keyOf(DATE);
const LARGE = largeFile(files, DATE);
const PARTS = Math.ceil(LARGE.length / PART_SIZE);

/** A quarter in which the file of a date is a large one. */
async function withLarge(bytes: Uint8Array<ArrayBuffer>): Promise<World> {
  const world = await World.open([files]);
  world.s3.objects.put(KEY, bytes);
  return world;
}

/** Its GETs, and how many files the cache has of it. */
async function traceOf(world: World): Promise<[gets: number, kept: number]> {
  const paths = await Array.fromAsync(filesUnder(world.cache));
  const gets = world.takeGets().filter((key) => key === KEY).length;
  return [gets, paths.filter((path) => path.includes(KEY)).length];
}

for (const by of ["date", "month"]) {
  Deno.test(`flatfetch export --by ${by} (a large file) brings it in parts, and leaves nothing of it`, async () => {
    await using world = await withLarge(LARGE);
    const args = ["export", DATASET, ...IN_QUARTER, "--by", by, "--into", `${world.home}/lake`];
    const { code, stderr } = await world.run(args);
    assertEquals(code, 0, stderr);
    assertEquals(await traceOf(world), [PARTS, 0]);
    assertEquals((await world.run(args)).code, 0);
    assertEquals(world.takeGets(), []);
  });
}

Deno.test("flatfetch export --dry-run says how much of large files is in the cache at once", async () => {
  await using world = await withLarge(LARGE);
  const args = ["export", DATASET, ...IN_QUARTER, "--into", `${world.home}/lake`, "--dry-run"];
  const { stderr } = await world.run(args);
  const size = formatBytes(LARGE.length).replace(".", "\\.");
  assertMatch(stderr, new RegExp(`lake, up to ${size} of it in the cache at once; 0 are there`));
});

Deno.test("flatfetch export (a large file that is kept) does not fetch it, and leaves it kept", async () => {
  await using world = await withLarge(LARGE);
  assertEquals((await world.run(["TSLA", ...IN_QUARTER])).code, 0);
  assertEquals(await traceOf(world), [PARTS, 1]);
  const lake = `${world.home}/lake`;
  const args = ["export", DATASET, ...IN_QUARTER, "--format", "csv.gz", "--into", lake];
  assertEquals((await world.run(args)).code, 0);
  assertEquals(await traceOf(world), [0, 1]);
  assertEquals(await Deno.readFile(`${lake}/${KEY}`), LARGE);
});

Deno.test("flatfetch export (a large file that is damaged) exits 3, fetches it twice, and leaves nothing of it", async () => {
  const damaged = LARGE.slice();
  damaged[damaged.length - 6]! ^= 1;
  await using world = await withLarge(damaged);
  const lake = `${world.home}/lake`;
  const { code, stderr } = await world.run(["export", DATASET, ...IN_QUARTER, "--into", lake]);
  assertMatch(stderr, /its gzip is damaged/);
  assertEquals([code, await traceOf(world)], [3, [2 * PARTS, 0]]);
  const made = await Array.fromAsync(filesUnder(lake));
  assertEquals(made.length, files.dates.length - 1);
});
