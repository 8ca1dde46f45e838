/** Promise 3: a file that is damaged in the bucket itself costs two GETs, and is named. */

import { gzipSync } from "node:zlib";
import { assertEquals, assertMatch } from "@std/assert";
import { gzipText } from "../../fixtures/flat_files.ts";
import { type Ended, IN_QUARTER, keysOf, QUARTER, stockFiles, World } from "../program/harness.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const join = (...parts: Uint8Array[]): Bytes => new Uint8Array(parts.flatMap((part) => [...part]));

/** What a gzip can have become, each from a whole one. */
const DAMAGES: Readonly<Record<string, (whole: Bytes) => Bytes>> = {
  "bytes behind its end": (whole) => join(whole, new TextEncoder().encode("garbage")),
  "zeros behind its end": (whole) => join(whole, new Uint8Array(512)),
  "its end missing": (whole) => whole.slice(0, -20),
  "half of it missing": (whole) => whole.slice(0, whole.length / 2),
  "a wrong CRC": (whole) => whole.map((byte, i) => i === whole.length - 8 ? byte ^ 1 : byte),
  "a wrong length": (whole) => whole.map((byte, i) => i === whole.length - 1 ? byte ^ 1 : byte),
  "a broken second member": (whole) => join(whole, whole.slice(0, -9)),
  "no gzip at all": () => new TextEncoder().encode("<html>Sign in</html>"),
  "plain text": () => new TextEncoder().encode("ticker,open,close\nTSLA,1,2\n"),
  "no byte": () => new Uint8Array(),
  "a bomb in it": () => new Uint8Array(gzipSync(new Uint8Array(20 << 20))),
  "a large broken text": () => new Uint8Array(gzipSync(crypto.getRandomValues(noise))).slice(0, -9),
};

const noise = new Uint8Array(60_000);

/** What each file is asked for, by its date; only those that are asked for more than once. */
function askedAgain(world: World): Record<string, number> {
  const counts = Map.groupBy(world.takeGets(), (key) => key.slice(-17, -7));
  return Object.fromEntries(
    [...counts].flatMap(([date, { length }]) => length > 1 ? [[date, length]] : []),
  );
}

for (const isMd5 of [true, false]) {
  const proof = isMd5 ? "length and MD5" : "length alone";
  Deno.test(`preload() asks twice for a file, the newest too, that ${proof} prove and whose gzip is damaged`, async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    const names = Object.keys(DAMAGES);
    // The last one is the newest, which is looked into ahead of its task.
    const dates = files.dates.slice(-names.length);
    names.forEach((name, i) => {
      const bytes = DAMAGES[name]!(files.file(dates[i]!).bytes);
      const facts = isMd5 ? {} : { etag: `opaque-${i}` };
      world.s3.objects.put(files.keyOf(dates[i]!), bytes, facts);
    });
    const { bars, summary } = await world.load(["TSLA"], QUARTER);
    assertEquals(summary.failures.map(({ date, cause }) => [date, cause]), [
      ...dates.map((date) => [date, "its gzip is damaged"]),
    ]);
    assertEquals(bars.TSLA, files.truth("TSLA").slice(0, -names.length));
    assertEquals(askedAgain(world), Object.fromEntries(dates.map((date) => [date, 2])));
    await world.load(["TSLA"], QUARTER);
    assertEquals(askedAgain(world), Object.fromEntries(dates.map((date) => [date, 2])));
  });
}

Deno.test("preload() asks twice for a file that always comes with the same wrong MD5", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const [middle, newest] = [files.dates[30]!, files.dates.at(-1)!];
  for (const date of [middle, newest]) {
    world.s3.faults.add({ name: "bit-flip", afterBytes: 40 }, { key: files.keyOf(date) });
  }
  const { summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(summary.failures.map(({ date, cause }) => [date, cause]), [
    [middle, "its MD5 differs from the listing's"],
    [newest, "its MD5 differs from the listing's"],
  ]);
  assertEquals(askedAgain(world), { [middle]: 2, [newest]: 2 });
});

Deno.test("preload() asks on for a damaged file as long as its bytes change, and takes the whole one", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const key = files.keyOf(files.dates[30]!);
  const places = [10, 20, 10, 20, 10, 20, 10];
  for (const afterBytes of places) {
    world.s3.faults.add({ name: "bit-flip", afterBytes }, { key, times: 1 });
  }
  const { bars } = await world.load(["TSLA"], QUARTER);
  assertEquals(bars.TSLA, files.truth("TSLA"));
  assertEquals(askedAgain(world), { [files.dates[30]!]: places.length + 1 });
});

Deno.test("preload() remembers the wrong bytes over an attempt that fails otherwise", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const key = files.keyOf(files.dates[30]!);
  world.s3.objects.put(key, DAMAGES["a wrong CRC"]!(files.file(files.dates[30]!).bytes));
  const faults = world.s3.faults;
  world.s3.objects.put(key, DAMAGES["a wrong CRC"]!(files.file(files.dates[30]!).bytes));
  faults.add("reset-in-body", { key, times: 1 });
  const { summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(summary.failures.map(({ cause }) => cause), ["its gzip is damaged"]);
  assertEquals(askedAgain(world), { [files.dates[30]!]: 3 });
});

Deno.test("flatfetch TSLA (a damaged gzip with its true MD5) names it after two GETs and exits 3", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const key = files.keyOf(files.dates[30]!);
  world.s3.objects.put(key, gzipText("whole, and then").slice(0, -1));
  const { code, stderr }: Ended = await world.run(["TSLA", ...IN_QUARTER]);
  assertMatch(stderr, new RegExp(`^❌ Failed: ${key}: its gzip is damaged$`, "m"));
  assertEquals(world.takeGets(), [...keysOf(files), key].sort());
  assertEquals(code, 3);
});
