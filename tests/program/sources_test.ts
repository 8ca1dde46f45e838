/** What is cached of one bucket is no other's: each is told by its endpoint with path, and name. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  type BarBatch,
  checkSymbols,
  estimate,
  openCache,
  type PreloadResult,
  readBars,
  TemporaryError,
  UsageError,
} from "../../mod.ts";
import { filesUnder } from "./harness.ts";
import { DATES, type Placed, Sources, SPAN } from "./two_sources.ts";

const A: Placed = { path: "/a", price: 111 };
const B: Placed = { path: "/b", price: 222 };

const KMS = { "x-amz-server-side-encryption": "aws:kms" };
const DIGITS = "0123456789abcdef0123456789abcdef";

/** Two buckets whose objects look the same in a listing, or do not. */
const PAIRS: Readonly<Record<string, readonly [Placed, Placed]>> = {
  "two paths": [A, B],
  "a path and none": [{ ...A, path: "" }, B],
  "a path and one below it": [A, { ...B, path: "/a/b" }],
  "two buckets": [{ ...A, path: "" }, { ...B, path: "", bucket: "other" }],
  "two paths, equal ETags": [
    { ...A, facts: { etag: "same" } },
    { ...B, facts: { etag: "same" } },
  ],
  "two buckets, equal ETags of several parts": [
    { ...A, path: "", facts: { etag: `${DIGITS}-2` } },
    { ...B, path: "", bucket: "other", facts: { etag: `${DIGITS}-2` } },
  ],
  "two paths, equal ETags of encrypted objects": [
    { ...A, facts: { etag: DIGITS, headers: KMS } },
    { ...B, facts: { etag: DIGITS, headers: KMS } },
  ],
};

const getsOf = ({ path, bucket = "flatfiles" }: Placed) =>
  DATES.map((date) => `${path}/${bucket} ${date}`);

function pricesOf({ bars }: PreloadResult): number[] {
  return Object.values(bars).flatMap((of) => of.map(({ close }) => close));
}

/** Prices of a bucket's files, one a date. */
const allOf = ({ price }: Placed) => DATES.map(() => price);

async function read(batches: AsyncIterable<BarBatch>): Promise<number[]> {
  return (await Array.fromAsync(batches)).flatMap(({ bars }) => bars.map(({ close }) => close));
}

for (const [name, [one, other]] of Object.entries(PAIRS)) {
  Deno.test(`preload() gives each of ${name} its own prices, and downloads each once`, async () => {
    await using sources = await Sources.open([one, other]);
    assertEquals(pricesOf(await sources.load(one)), allOf(one));
    assertEquals(sources.takeGets(), getsOf(one));
    assertEquals(pricesOf(await sources.load(other)), allOf(other));
    assertEquals(sources.takeGets(), getsOf(other));
    for (const options of [{}, { refresh: true }, { offline: true }, { symbol: "AAPL" }]) {
      for (const placed of [one, other]) {
        assertEquals(pricesOf(await sources.load(placed, options)), allOf(placed));
        assertEquals(sources.takeGets(), []);
      }
    }
  });

  Deno.test(`readBars(), estimate(), checkSymbols() and Cache tell ${name} apart`, async () => {
    await using sources = await Sources.open([one, other]);
    await sources.load(one);
    const place = (placed: Placed) => ({
      cacheDirectory: sources.cache,
      endpoint: sources.endpoint(placed.path),
      bucket: placed.bucket,
      credentials: { accessKeyId: "ID", secretAccessKey: "SECRET" },
      ...SPAN,
    });
    const before = await estimate(["TSLA"], place(other));
    assertEquals([before.total.recorded, before.total.kept.files, before.total.fetch.files], [
      0,
      0,
      3,
    ]);
    const unknown = await checkSymbols(["TSLA"], place(other));
    assertEquals(unknown.symbols.TSLA!.cached, 0);
    const cache = await openCache(sources.cache);
    const request = { symbols: ["TSLA"], ...SPAN };
    assertEquals(await read(readBars(cache, request)), allOf(one));
    await sources.load(other);
    for (const placed of [one, other]) {
      const { endpoint, bucket } = place(placed);
      assertEquals(await read(readBars(cache, { ...request, endpoint, bucket })), allOf(placed));
      const { symbols, clean } = await checkSymbols(["TSLA"], { ...place(placed), offline: true });
      assertEquals([symbols.TSLA!.cached, clean], [3, true]);
      const { total } = await estimate(["TSLA"], place(placed));
      assertEquals([total.recorded, total.fetch.files], [3, 0]);
    }
    await assertRejects(() => read(readBars(cache, request)), UsageError, "found several: ");
    assertEquals((await cache.list()).map(({ symbol, bars, source }) => [symbol, bars, source]), [
      ["TSLA", 3, `${sources.endpoint(one.path)} ${one.bucket ?? "flatfiles"}`],
      ["TSLA", 3, `${sources.endpoint(other.path)} ${other.bucket ?? "flatfiles"}`],
    ]);
    assertEquals([await cache.clear("TSLA"), await cache.clear("TSLA")], [true, false]);
    assertEquals(await cache.list(), []);
    sources.takeGets();
    await sources.load(other);
    assertEquals(sources.takeGets(), getsOf(other));
  });
}

Deno.test("preload() knows an endpoint however it is spelled", async () => {
  await using sources = await Sources.open([A]);
  await sources.load(A);
  sources.takeGets();
  const { port } = sources;
  const spellings = ["a/", "a//", "%61", "b/../a", "./a/."].map((path) =>
    `http://127.0.0.1:${port}/${path}`
  );
  for (const endpoint of [...spellings, `HTTP://127.1:${port}/a`]) {
    const { summary } = await sources.load(A, { endpoint });
    assertEquals([summary.symbols.TSLA!.cached, summary.requests], [true, 0], endpoint);
  }
});

Deno.test("preload() goes on with each bucket's own interrupted run", async () => {
  await using sources = await Sources.open([A, B]);
  const stop = (placed: Placed) => {
    const controller = new AbortController();
    return sources.load(placed, {
      concurrency: 1,
      keepLimitBytes: 0,
      signal: controller.signal,
      reporter: (event) => void (event.type === "file" && controller.abort(new Error("enough"))),
    });
  };
  for (const placed of [A, B]) await assertRejects(() => stop(placed), Error, "enough");
  const markers = await (await openCache(sources.cache)).listProgress();
  assertEquals(markers.map(({ source, records }) => [source, records.size]), [
    [`${sources.endpoint("/a")} flatfiles`, 1],
    [`${sources.endpoint("/b")} flatfiles`, 1],
  ]);
  sources.takeGets();
  for (const placed of [A, B]) {
    assertEquals(pricesOf(await sources.load(placed)), allOf(placed));
    assertEquals(sources.takeGets().length, 2);
  }
});

Deno.test("preload() offline has nothing of a bucket that was never asked", async () => {
  await using sources = await Sources.open([A, B]);
  await sources.load(A);
  await assertRejects(() => sources.load(B, { offline: true }), TemporaryError);
});

Deno.test("preload() reads what an older version has cached, which has not written whose it is", async () => {
  const root = { ...A, path: "" };
  const other = { ...B, path: "", bucket: "other" };
  await using sources = await Sources.open([root, other]);
  await sources.load(root);
  await Deno.remove(`${sources.cache}/bars/source.json`);
  sources.takeGets();
  assertEquals(pricesOf(await sources.load(other)), allOf(other));
  assertEquals(sources.takeGets(), getsOf(other));
  assertEquals(pricesOf(await sources.load(root)), allOf(root));
  assertEquals(sources.takeGets(), []);
});

Deno.test("preload() fetches nothing again that an older version has cached of an endpoint with a path", async () => {
  await using sources = await Sources.open([A]);
  await sources.load(A);
  await Deno.remove(`${sources.cache}/bars/source.json`);
  // An older version's listing is of any path at the host, and is made anew.
  await Deno.remove(`${sources.cache}/listings`, { recursive: true });
  sources.takeGets();
  assertEquals(pricesOf(await sources.load(A)), allOf(A));
  assertEquals(sources.takeGets(), []);
});

Deno.test("Cache.clearAll() forgets every bucket, and the next one is the directory's own", async () => {
  await using sources = await Sources.open([A, B]);
  for (const placed of [A, B]) await sources.load(placed);
  const cache = await openCache(sources.cache);
  await cache.clearAll();
  const left = await Array.fromAsync(filesUnder(sources.cache));
  assertEquals(left.filter((path) => !/\.lock$|source\.json$|CACHEDIR\.TAG$/.test(path)), []);
  await sources.load(B);
  assertEquals((await Array.fromAsync(filesUnder(`${sources.cache}/objects`))).length, 3);
});

Deno.test("flatfetch list and progress name the bucket of each line where there are several", async () => {
  await using sources = await Sources.open([A, B]);
  await sources.load(A);
  const run = async (...args: string[]) => {
    const path = decodeURIComponent(new URL("../../cli.ts", import.meta.url).pathname);
    const command = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--cached-only", path, ...args, "--cache-dir", sources.cache],
      env: { NO_COLOR: "1" },
    });
    return new TextDecoder().decode((await command.output()).stdout);
  };
  assertMatch(await run("list"), /^SYMBOL +DATASET +BARS +FIRST +LAST +BYTES\n/);
  await sources.load(B);
  const table = await run("list");
  assertMatch(table, /^SYMBOL +DATASET +BARS +FIRST +LAST +BYTES +SOURCE\n/);
  for (const path of ["/a", "/b"]) assertMatch(table, new RegExp(`${path} flatfiles`));
  const json = JSON.parse(await run("list", "--json"));
  assertEquals(json.map(({ source }: { source: string }) => source), [
    `${sources.endpoint("/a")} flatfiles`,
    `${sources.endpoint("/b")} flatfiles`,
  ]);
});

Deno.test("preload() of two buckets at once keeps both apart in an empty cache", async () => {
  const same = { etag: "same" };
  await using sources = await Sources.open([{ ...A, facts: same }, { ...B, facts: same }]);
  const runs = await Promise.all([A, B].map((placed) => sources.load(placed)));
  assertEquals(runs.map(pricesOf), [allOf(A), allOf(B)]);
  for (const placed of [A, B]) {
    assertEquals(pricesOf(await sources.load(placed, { offline: true })), allOf(placed));
  }
});
