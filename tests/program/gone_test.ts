/** What a run does about objects that are listed, and are not there. */

import { assertEquals, assertMatch } from "@std/assert";
import { checkSymbols } from "../../mod.ts";
import { IN_QUARTER, KEYS, keysOf, QUARTER, stockFiles, World } from "./harness.ts";

const UNKEPT = { ...QUARTER, keepLimitBytes: 0 };

/** How servers say that there is no such object. */
const ANSWERS: Readonly<Record<string, () => Response>> = {
  "404 NoSuchKey": () => new Response("<Error><Code>NoSuchKey</Code></Error>", { status: 404 }),
  "404 NoSuchVersion": () =>
    new Response("<Error><Code>NoSuchVersion</Code></Error>", { status: 404 }),
  "a bare 404": () => new Response(null, { status: 404 }),
  "404 with a page": () => new Response("<!DOCTYPE html><html>Not Found", { status: 404 }),
  "404 in JSON": () => new Response('{"message":"not found"}', { status: 404 }),
  "410": () => new Response("Gone", { status: 410 }),
};

/** A `fetch` that answers so for each object that the bucket does not have. */
function answering(answer: () => Response): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.status !== 404) return response;
    await response.body?.cancel();
    return answer();
  };
}

for (const [what, answer] of Object.entries(ANSWERS)) {
  Deno.test(`preload() (${what} for files that are gone) lists them again, and is complete then`, async () => {
    const files = stockFiles();
    await using world = await World.open([files]);
    await world.load(["AAPL"], UNKEPT);
    const gone = files.dates.filter((_, i) => i % 3 === 0);
    for (const date of gone) world.s3.objects.delete(files.keyOf(date));
    world.s3.clearRequests();
    const fetch = answering(answer);
    const { summary } = await world.load(["TSLA"], { ...UNKEPT, fetch });
    assertEquals(summary.failures.map(({ date }) => date), gone);
    assertEquals(
      world.s3.requests.flatMap(({ prefix }) => prefix ?? []).sort(),
      gone.map(files.keyOf),
    );
    assertEquals(world.takeGets(), keysOf(files));
    const again = await world.load(["TSLA"], { ...UNKEPT, fetch });
    assertEquals([again.summary.complete, again.summary.symbols.TSLA?.cached], [true, true]);
    assertEquals(again.bars.TSLA, files.truth("TSLA").filter(({ date }) => !gone.includes(date)));
    assertEquals(world.s3.requests, []);
  });
}

Deno.test("checkSymbols() (a bare 404 for a file that is gone) calls it not cached", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  await world.load(["AAPL"], UNKEPT);
  const newest = files.dates.at(-1)!;
  world.s3.objects.delete(files.keyOf(newest));
  const { symbols } = await checkSymbols(["TSLA"], {
    ...QUARTER,
    cacheDirectory: world.cache,
    endpoint: world.url,
    credentials: KEYS,
    fetch: answering(ANSWERS["a bare 404"]!),
  });
  const kinds = new Set(symbols.TSLA!.findings.map(({ kind }) => kind));
  assertEquals([...kinds], ["not-cached"]);
});

Deno.test("flatfetch TSLA (a file that comes back while it is listed again) exits 0", async () => {
  const files = stockFiles();
  await using world = await World.open([files]);
  world.s3.faults.add("not-found", { key: files.keyOf(files.dates[30]!), times: 2 });
  const { code, stderr } = await world.run(["TSLA", ...IN_QUARTER]);
  assertMatch(stderr, /^✅ SUCCESS: Cached 60 days of TSLA data$/m);
  assertEquals(code, 0);
});

const files = stockFiles();
const NEWEST = files.dates.at(-1)!;
const newest = { key: files.keyOf(NEWEST) };

/** Why the newest file cannot be had, and which dates are missing then. */
const SPOILT: readonly (readonly [string, (world: World) => void, from: string])[] = [
  ["is gone", ({ s3 }) => s3.faults.add("not-found", newest), NEWEST],
  ["is damaged", ({ s3 }) => s3.faults.add("bit-flip", newest), NEWEST],
  [
    "is too large",
    ({ s3 }) => void s3.objects.put(newest.key, new Uint8Array(9), { listedSize: 2 ** 40 }),
    NEWEST,
  ],
  [
    "and the month before it are refused",
    ({ s3 }) => s3.faults.add("access-denied", { key: /2025-03-..\.csv\.gz$/ }),
    "2025-03-01",
  ],
];

for (const [what, spoil, from] of SPOILT) {
  Deno.test(`preload() (the newest file ${what}) finds how a preferred share is spelled`, async () => {
    await using world = await World.open([files]);
    spoil(world);
    for (let run = 1; run <= 2; run++) {
      const { bars } = await world.load(["BACpB"], QUARTER);
      assertEquals(bars, { BACpB: files.truth("BACpB").filter(({ date }) => date < from) });
    }
  });
}
