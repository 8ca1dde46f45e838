/** Promise 3: a file that is damaged in the bucket itself costs two GETs, and is named. */

import { assertEquals, assertMatch } from "@std/assert";
import { gzipText } from "../../fixtures/flat_files.ts";
import { type Ended, IN_QUARTER, keysOf, QUARTER, stockFiles, World } from "../program/harness.ts";
import { askedAgain, DAMAGES, playLastingDamage } from "./lasting_damage.ts";

for (const isMd5 of [true, false]) {
  const proof = isMd5 ? "length and MD5" : "length alone";
  Deno.test(`preload() asks twice for a file, the newest too, that ${proof} prove and whose gzip is damaged`, () =>
    playLastingDamage(Object.values(DAMAGES), isMd5));
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
