/** What a run does about objects whose ETags are no MD5. */

import { assertEquals, assertMatch } from "@std/assert";
import type { FlatFiles } from "../../fixtures/flat_files.ts";
import { filesUnder, IN_QUARTER, keysOf, QUARTER, stockFiles, World } from "./harness.ts";

/** An ETag that looks like an MD5 and is none; the same for every object. */
const NO_MD5 = "0123456789abcdef0123456789abcdef";

const SSE = "x-amz-server-side-encryption";

/** What says that an ETag of 32 digits is no MD5. */
const AGAINST: readonly Readonly<Record<string, string>>[] = [
  { [SSE]: "aws:kms", [`${SSE}-aws-kms-key-id`]: "arn:aws:kms:us-east-1:1:key/k" },
  { [SSE]: "aws:kms" },
  { [SSE]: "aws:kms:dsse" },
  { [SSE]: "AES256", [`${SSE}-aws-kms-key-id`]: "k" },
  { [`${SSE}-customer-algorithm`]: "AES256", [`${SSE}-customer-key-md5`]: "k" },
  { "x-oss-server-side-encryption": "KMS" },
  { "x-amz-storage-class": "EXPRESS_ONEZONE" },
];

/** What says nothing of it. */
const FOR: readonly Readonly<Record<string, string>>[] = [
  {},
  { [SSE]: "AES256" },
  { [SSE]: "AES256", [`${SSE}-bucket-key-enabled`]: "true" },
  { "x-amz-storage-class": "STANDARD_IA" },
];

/** Gives objects of a bucket other ETags, and headers. */
function disguise(
  world: World,
  files: FlatFiles,
  factsOf: (date: string, i: number) => { etag?: string; headers?: Record<string, string> },
): void {
  files.dates.forEach((date, i) => {
    world.s3.objects.put(files.keyOf(date), files.file(date).bytes, factsOf(date, i));
  });
}

Deno.test("preload() takes encrypted objects by length and gzip, whatever tells that their ETags are no MD5", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  disguise(world, files, (_, i) => ({ etag: NO_MD5, headers: AGAINST[i % AGAINST.length]! }));
  const { bars, summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(bars.TSLA, files.truth("TSLA"));
  assertEquals([summary.files.downloaded, summary.files.md5Checked], [60, 0]);
  assertEquals(world.takeGets(), keysOf(files));
});

Deno.test("preload() still fetches an encrypted object again that is damaged on its way", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  disguise(world, files, () => ({ etag: NO_MD5, headers: AGAINST[0]! }));
  const keys = keysOf(files);
  for (const key of keys) {
    world.s3.faults.add({ name: "bit-flip", afterShare: 0.5 }, { key, times: 1 });
  }
  const { bars } = await world.load(["TSLA"], QUARTER);
  assertEquals(bars.TSLA, files.truth("TSLA"));
  assertEquals(world.takeGets(), [...keys, ...keys].sort());
});

Deno.test("preload() refuses an object whose MD5 differs where nothing says that its ETag is none", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const count = FOR.length;
  disguise(world, files, (_, i) => i < count ? { etag: NO_MD5, headers: FOR[i]! } : {});
  const { bars, summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(bars.TSLA, files.truth("TSLA").slice(count));
  assertEquals(summary.failures.map(({ cause }) => cause), [
    ...FOR.map(() => "its MD5 differs from the listing's"),
  ]);
  const bad = keysOf(files).slice(0, count);
  assertEquals(world.takeGets(), [...bad, ...keysOf(files)].sort());
});

Deno.test("flatfetch TSLA says how many files were proved without their MD5", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  disguise(world, files, (_, i) => i < 20 ? { etag: `${NO_MD5}-2` } : {});
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  assertMatch(
    stderr,
    /20 of 60 files were proved by length and gzip alone: their ETags are no MD5$/m,
  );
  assertEquals(code, 0);
  const again = await world.run(["TSLA", ...IN_QUARTER]);
  assertEquals(/gzip alone/.test(again.stderr), false, again.stderr);
});

/** Objects of each kind that has no MD5, one after the other. */
const KINDS = [
  () => ({ etag: `${NO_MD5}-2` }),
  () => ({ etag: NO_MD5, headers: AGAINST[0]! }),
  (i: number) => ({ etag: `0x8DC${i}` }),
];

Deno.test("preload() of a second symbol asks for no object, whatever the ETags", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  disguise(world, files, (_, i) => KINDS[i % 3]!(i));
  await world.load(["TSLA"], QUARTER);
  assertEquals(world.takeGets(), keysOf(files));
  const { bars, summary } = await world.load(["AAPL"], { ...QUARTER, offline: true });
  assertEquals(bars.AAPL, files.truth("AAPL"));
  assertEquals([summary.files.fromStore, summary.files.md5Checked, summary.requests], [60, 0, 0]);
  assertEquals(world.s3.requests, []);
});

Deno.test("preload() keeps for a second symbol what is listed without an ETag and has one in its answer", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const headersOf = (date: string) => {
    const { etag } = world.s3.objects.get(files.keyOf(date))!;
    return { etag: `"${etag}"` };
  };
  disguise(world, files, (date) => ({ etag: "", headers: headersOf(date) }));
  const { summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(summary.files.md5Checked, 60);
  world.s3.clearRequests();
  const { bars } = await world.load(["AAPL"], QUARTER);
  assertEquals(bars.AAPL, files.truth("AAPL"));
  assertEquals(world.takeGets(), []);
});

Deno.test("preload() of a second symbol fetches again what is damaged, or was replaced, among the kept", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  disguise(world, files, (_, i) => KINDS[i % 3]!(i));
  await world.load(["TSLA"], QUARTER);
  world.s3.clearRequests();
  const damaged = new Set<string>();
  for await (const path of filesUnder(`${world.cache}/objects`)) {
    const [, date] = /(\d{4}-\d\d-\d\d)\.csv\.gz(\.sum)?$/.exec(path)!;
    const isSum = path.endsWith(".sum");
    // Of some the object, of others the checksum.
    if (date! >= "2025-03-01" || (date! < "2025-02-01") !== isSum) continue;
    const bytes = await Deno.readFile(path);
    bytes[Math.floor(bytes.length / 2)]! ^= 4;
    await Deno.writeFile(path, bytes);
    damaged.add(files.keyOf(date!));
  }
  const replaced = files.dates.at(-1)!;
  const other = files.file(files.dates.at(-2)!).bytes;
  world.s3.objects.put(files.keyOf(replaced), other, { etag: `${NO_MD5}-3` });
  const { bars } = await world.load(["AAPL"], { ...QUARTER, refresh: true });
  assertEquals(bars.AAPL!.slice(0, -1), files.truth("AAPL").slice(0, -1));
  assertEquals(bars.AAPL!.at(-1)!.close, files.truth("AAPL").at(-2)!.close);
  assertEquals(world.takeGets(), [...damaged, files.keyOf(replaced)].sort());
});

Deno.test("preload() with keepLimitBytes below the files keeps none, and no checksum", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  disguise(world, files, (_, i) => KINDS[i % 3]!(i));
  await world.load(["TSLA"], { ...QUARTER, keepLimitBytes: 0 });
  assertEquals(await Array.fromAsync(filesUnder(`${world.cache}/objects`)), []);
});

Deno.test("flatfetch clear TSLA forgets the kept objects with their checksums", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  disguise(world, files, (_, i) => KINDS[i % 3]!(i));
  await world.load(["TSLA"], QUARTER);
  assertEquals((await Array.fromAsync(filesUnder(`${world.cache}/objects`))).length, 120);
  assertEquals((await world.run(["clear", "TSLA"])).code, 0);
  assertEquals(await Array.fromAsync(filesUnder(`${world.cache}/objects`)), []);
});
