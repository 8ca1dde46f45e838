/** What a run does about large objects, and those that are listed larger than any can be. */

import { assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import { largeFile, PART_SIZE } from "../fixtures/large_file.ts";
import { MAX_OBJECT_BYTES } from "../../lib/dated_object.ts";
import { filesUnder, IN_QUARTER, keysOf, QUARTER, stockFiles, World } from "./harness.ts";

const files = stockFiles();

/** A bucket in which the file of a date is listed with a size of its own. */
async function listing(date: string, listedSize: number): Promise<World> {
  const world = await World.open([files]);
  world.s3.objects.put(files.keyOf(date), files.file(date).bytes, { listedSize });
  return world;
}

const NEWEST = files.dates.at(-1)!;
const LARGE: readonly (readonly [date: string, size: number])[] = [
  [files.dates[30]!, MAX_OBJECT_BYTES + 1],
  [files.dates[0]!, 600 * 2 ** 30],
  [NEWEST, MAX_OBJECT_BYTES + 1],
  [NEWEST, 2 ** 53],
];

for (const [date, size] of LARGE) {
  Deno.test(`flatfetch TSLA (the file of ${date} has ${size} bytes) exits 3 and names it`, async () => {
    await using world = await listing(date, size);
    const key = files.keyOf(date);
    for (let run = 1; run <= 2; run++) {
      const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
      const lines = stderr.split("\n");
      assertEquals(lines.filter((line) => line.startsWith("❌")), [
        `❌ Failed: ${key}: it is larger than 64 GiB`,
        "❌ 1 file failed, to be tried again by the next run:",
      ]);
      assertMatch(stderr, /^🔶 INCOMPLETE: Cached 59 days of TSLA data, 1 file missing$/m);
      assertEquals(code, 3);
      const wanted = run === 1 ? keysOf(files).filter((one) => one !== key) : [];
      assertEquals(world.takeGets(), wanted);
    }
  });
}

/** Large files of the middle and of the end, as a bucket has them. */
const MIDDLE = files.dates[30]!;
const MADE = new Map([MIDDLE, NEWEST].map((date) => {
  const bytes = largeFile(files, date);
  return [date, { bytes, etag: createHash("md5").update(bytes).digest("hex") }];
}));

/** A quarter in which the file of a date is a large one. */
async function withLarge(date: string): Promise<{ world: World; key: string; parts: number }> {
  const world = await World.open([files]);
  const key = files.keyOf(date);
  const { bytes, etag } = MADE.get(date)!;
  world.s3.objects.put(key, bytes, { etag });
  return { world, key, parts: Math.ceil(bytes.length / PART_SIZE) };
}

/** What is in the cache of an object. */
async function pathsOf(world: World, key: string): Promise<string[]> {
  const paths = await Array.fromAsync(filesUnder(world.cache));
  return paths.filter((path) => path.includes(key));
}

Deno.test("flatfetch TSLA (one large file) has every bar, and keeps it for other symbols", async () => {
  const { world, key, parts } = await withLarge(MIDDLE);
  await using _world = world;
  const first = await world.load(["TSLA"], QUARTER);
  assertEquals(first.bars.TSLA, files.truth("TSLA"));
  assertEquals([first.summary.files.downloaded, first.summary.files.failed], [60, 0]);
  assertEquals(world.takeGets().filter((one) => one === key).length, parts);
  const second = await world.load(["AAPL"], QUARTER);
  assertEquals(second.bars.AAPL, files.truth("AAPL"));
  assertEquals([second.summary.files.fromStore, world.takeGets()], [60, []]);
  const [kept, ...others] = await pathsOf(world, key);
  assertEquals(others, []);
  const flipped = await Deno.readFile(kept!);
  flipped[flipped.length >> 1]! ^= 1;
  await Deno.writeFile(kept!, flipped);
  assertEquals((await world.load(["MSFT"], QUARTER)).bars.MSFT, files.truth("MSFT"));
  assertEquals(world.takeGets().length, parts);
});

Deno.test("flatfetch TSLA --keep-limit 0 (the newest file is a large one) fetches it once, and leaves nothing of it", async () => {
  const { world, key, parts } = await withLarge(NEWEST);
  await using _world = world;
  const { bars } = await world.load(["TSLA"], { ...QUARTER, keepLimitBytes: 0 });
  assertEquals(bars.TSLA, files.truth("TSLA"));
  assertEquals(world.takeGets().filter((one) => one === key).length, parts);
  assertEquals(await pathsOf(world, key), []);
});

Deno.test("flatfetch TSLA -j 1 (a large file) makes one request at once", async () => {
  await using world = await World.open([files], { throttleAbove: 1, latencyMs: 5 });
  const { bytes, etag } = MADE.get(NEWEST)!;
  world.s3.objects.put(files.keyOf(NEWEST), bytes, { etag });
  const newest = { from: NEWEST, to: NEWEST, concurrency: 1 };
  const { bars } = await world.load(["TSLA"], newest);
  assertEquals(bars.TSLA!.length, 1);
  assertEquals(world.s3.requests.filter(({ status }) => status === 503), []);
});

Deno.test("flatfetch TSLA (a large file that is damaged) exits 3, fetches it twice, and leaves nothing of it", async () => {
  await using world = await World.open([files]);
  const key = files.keyOf(MIDDLE);
  const bytes = MADE.get(MIDDLE)!.bytes.slice();
  bytes[bytes.length - 6]! ^= 1;
  world.s3.objects.put(key, bytes);
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  assertMatch(stderr, /its gzip is damaged/);
  assertEquals(code, 3);
  const parts = Math.ceil(bytes.length / PART_SIZE);
  assertEquals(world.takeGets().filter((one) => one === key).length, 2 * parts);
  assertEquals(await pathsOf(world, key), []);
});

Deno.test("flatfetch TSLA (a file listed larger than it is) exits 3 and names it", async () => {
  await using world = await listing(files.dates[30]!, 600 * 2 ** 20);
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  assertMatch(stderr, /its length differs from the listing's/);
  assertEquals(code, 3);
});

Deno.test("flatfetch TSLA (every file too large) exits 3 and asks for none", async () => {
  await using world = await World.open([]);
  for (const { key, bytes } of files) world.s3.objects.put(key, bytes, { listedSize: 2 ** 40 });
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  assertMatch(stderr, /^ {3}it is larger than 64 GiB: 2025-01-02 … 2025-03-31 \(60 files\)$/m);
  assertEquals([code, world.takeGets()], [3, []]);
});

Deno.test("flatfetch TSLA --dry-run (one file too large) counts it as not to be had", async () => {
  await using world = await listing(NEWEST, 2 ** 40);
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER, "--dry-run"]);
  assertMatch(stderr, /^🧭 This run would download .*B in 59 files[,;] /m);
  assertMatch(stderr, /^🧭 1 file cannot be had$/m);
  assertEquals(code, 0);
});

Deno.test("preload() names an object that is replaced by one which is too large", async () => {
  await using world = await World.open([files]);
  const unkept = { ...QUARTER, keepLimitBytes: 0 };
  await world.load(["AAPL"], unkept);
  const key = files.keyOf(files.dates[30]!);
  const { bytes } = files.file(files.dates[31]!);
  world.s3.objects.put(key, bytes, { listedSize: 2 ** 40 });
  world.s3.clearRequests();
  const { summary } = await world.load(["TSLA"], unkept);
  assertEquals(summary.failures.map(({ cause }) => cause), ["it is larger than 64 GiB"]);
  assertEquals(summary.files.downloaded, 59);
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("flatfetch TSLA (the listing has no size for one file) exits 3 and names it", async () => {
  await using world = await listing(files.dates[30]!, -1);
  world.s3.objects.put(`${files.dataset}/2025/notes`, new Uint8Array(3), { listedSize: -1 });
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  const date = files.dates[30];
  assertMatch(
    stderr,
    new RegExp(`^ {3}its listing cannot be read: ${date} \\(1 file\\)$`, "m"),
  );
  assertEquals([code, world.takeGets().length], [3, 59]);
});
