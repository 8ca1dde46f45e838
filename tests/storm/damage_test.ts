/** Promise 2, over a socket: a damaged body counts never, and is fetched again. */

import { assert, assertEquals } from "@std/assert";
import { generateStockDays, gzipText } from "../../fixtures/flat_files.ts";
import { hashText, unit } from "../../fixtures/random.ts";
import type { Fault, FaultName } from "../../fixtures/s3_server.ts";
import { keysOf, QUARTER, stockFiles, World } from "../program/harness.ts";

/** How a body is cut, by how its end is told. */
const CUTS: readonly FaultName[] = [
  "reset-in-body",
  "short-body",
  "short-chunked",
  "short-until-close",
];

/** Where a body is cut: at the places that matter, and at five more. */
function placesOf(fault: FaultName): Partial<Fault>[] {
  const hash = hashText(fault);
  const random = Array.from({ length: 5 }, (_, n) => ({ afterShare: unit(hash, n) }));
  return [0, 1, 9, -9, -1].map((afterBytes): Partial<Fault> => ({ afterBytes })).concat(random);
}

Deno.test("preload() fetches each body again that is cut at 0, 1, 9, len−9, len−1 or anywhere, however its end is told", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const faults = CUTS.flatMap((name) => placesOf(name).map((place): Fault => ({ name, ...place })));
  const keys = keysOf(files);
  faults.forEach((fault, i) => world.s3.faults.add(fault, { key: keys[i]!, times: 1 }));
  const { bars, summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(bars.TSLA, files.truth("TSLA"));
  assertEquals([summary.complete, summary.files.md5Checked], [true, 60]);
  const twice = keys.slice(0, faults.length);
  assertEquals(world.takeGets(), [...keys, ...twice].sort());
});

Deno.test("preload() takes no body that is cut or over-long for ever, asks 18 times and names the file", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const faults: Fault[] = [...CUTS, "long-body" as const].map((name) => ({ name, afterBytes: -1 }));
  faults.forEach((fault, i) => world.s3.faults.add(fault, { key: files.keyOf(files.dates[i]!) }));
  const { bars, summary } = await world.load(["TSLA"], QUARTER);
  const bad = files.dates.slice(0, faults.length);
  assertEquals(bars.TSLA, files.truth("TSLA").slice(bad.length));
  assertEquals(summary.failures.map(({ date }) => date), bad);
  const gets = Map.groupBy(world.takeGets(), (key) => key);
  for (const date of bad) assertEquals(gets.get(files.keyOf(date))?.length, 18);
});

const COLUMNS = "ticker,volume,open,close,high,low,window_start,transactions";

/** A file that is as small as one can be. */
function smallFile(): Uint8Array<ArrayBuffer> {
  return gzipText(`${COLUMNS}\nTSLA,1200,171.25,172.5,173,170.75,1735794000000000000,33\n`);
}

Deno.test("preload() fetches a small file again, whichever byte of it was wrong once", async () => {
  const bytes = smallFile();
  const days = generateStockDays({ from: "2024-01-02", to: "2025-03-31", tickers: 17 });
  const dates = days.dates.slice(0, bytes.length);
  assertEquals(dates.length, bytes.length);
  await using world = await World.open([]);
  dates.forEach((date, afterBytes) => {
    const key = days.keyOf(date);
    world.s3.objects.put(key, bytes);
    world.s3.faults.add({ name: "bit-flip", afterBytes }, { key, times: 1 });
  });
  const span = { from: dates[0]!, to: dates.at(-1)! };
  const { bars, summary } = await world.load(["TSLA"], span);
  assertEquals([summary.complete, bars.TSLA?.length], [true, dates.length]);
  assertEquals(new Set(bars.TSLA!.map(({ close }) => close)), new Set([172.5]));
  const again = dates.map(days.keyOf);
  assertEquals(world.takeGets(), [...again, ...again].sort());
});

Deno.test("preload() refuses a file that is stored with any byte wrong, by name, or reads its true bar", async () => {
  const days = generateStockDays({ from: "2024-01-02", to: "2025-03-31", tickers: 17 });
  const whole = smallFile();
  await using world = await World.open([]);
  whole.forEach((_, at) => {
    const bytes = whole.slice();
    bytes[at]! ^= 1 << at % 8;
    // An ETag that is no MD5: only the gzip itself can tell.
    world.s3.objects.put(days.keyOf(days.dates[at]!), bytes, { etag: `${"ab".repeat(16)}-2` });
  });
  const span = { from: days.dates[0]!, to: days.dates[whole.length - 1]! };
  const { bars, summary } = await world.load(["TSLA"], span);
  const dates = days.dates.slice(0, whole.length);
  const failed = new Set(summary.failures.map(({ date }) => date));
  assertEquals(new Set([...bars.TSLA!.map(({ date }) => date), ...failed]), new Set(dates));
  for (const bar of bars.TSLA!) {
    assertEquals([bar.open, bar.close, bar.volume], [171.25, 172.5, 1200]);
  }
  const unharmed = dates.flatMap((date, at) => failed.has(date) ? [] : [at]);
  // Time, extra flags and system in the head of a gzip say nothing of its content.
  assert(unharmed.every((at) => at >= 3 && at <= 9), `bytes ${unharmed}`);
  assertEquals(
    new Set(summary.failures.map(({ cause }) => cause)),
    new Set(["its gzip is damaged"]),
  );
});

Deno.test("preload() lists an object that is replaced for ever at most 3 times", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  const key = files.keyOf(files.dates[30]!);
  world.s3.faults.add("etag-swap", { key });
  const { summary } = await world.load(["TSLA"], QUARTER);
  assertEquals(summary.failures.map((failure) => [failure.key, failure.cause]), [
    [key, "it was replaced while it was fetched"],
  ]);
  const listed = world.s3.requests.filter(({ prefix }) => prefix === key);
  const gets = world.s3.requests.filter((request) => request.key === key);
  assertEquals([listed.length, gets.length], [3, 4]);
});
