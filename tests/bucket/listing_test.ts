import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeS3, type FakeS3Options } from "../../fixtures/s3_server.ts";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { readListing, writeListing } from "../../lib/cache/kept_listing.ts";
import { S3Error } from "../../lib/errors.ts";
import { type DatedSpan, type KeptOptions, Listing } from "../../lib/bucket/listing.ts";
import { datasetOf } from "../../lib/market/dataset.ts";
import { S3Client } from "../../lib/s3/client.ts";
import { Semaphore } from "../../lib/concurrency/semaphore.ts";

const STOCKS = datasetOf("stock", "1d");
const CRYPTO = datasetOf("crypto", "1d");
const NOW = Date.UTC(2025, 10, 1);
const HOUR = 3_600_000;

const span = (from: string, to: string, dataset = STOCKS): DatedSpan => ({
  dataset,
  period: { from, to },
});
const keyOf = (date: string, dataset = STOCKS) =>
  `${dataset.name}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`;
const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A bucket and a temporary cache directory; every listing begins with what is kept there. */
async function placeOf(dates: readonly string[], s3Options: FakeS3Options = {}) {
  const path = await Deno.makeTempDir();
  const directory = new CacheDirectory(path);
  const s3 = new FakeS3(s3Options);
  for (const date of dates) s3.objects.put(keyOf(date), bytesOf(date));
  const client = new S3Client({
    endpoint: "https://files.test",
    bucket: "flatfiles",
    credentials: { accessKeyId: "ID", secretAccessKey: "SECRET" },
    fetch: s3.fetch,
  });
  const options: KeptOptions = { directory, source: "s", maxAgeMs: HOUR, nowMs: NOW };
  const semaphore = new Semaphore(20);
  const { signal } = new AbortController();
  return {
    s3,
    directory,
    readKept: (spans: readonly DatedSpan[], more: Partial<KeptOptions> = {}) =>
      Listing.readKept(spans, { ...options, ...more }),
    complete: (listing: Listing, spans: readonly DatedSpan[], more: Partial<KeptOptions> = {}) =>
      listing.complete(spans, client, { ...options, semaphore, signal, ...more }),
    /** A listing that was completed, and so kept. */
    async list(spans: readonly DatedSpan[], more: Partial<KeptOptions> = {}) {
      const listing = await this.readKept(spans, more);
      await this.complete(listing, spans, more);
      return listing;
    },
    prefixes: () => s3.requests.map(({ prefix }) => prefix),
    async [Symbol.asyncDispose]() {
      client.close();
      await Deno.remove(path, { recursive: true });
    },
  };
}

const datesOf = (listing: Listing, dataset = STOCKS) =>
  listing.byDataset().get(dataset.name)?.map(({ date }) => date);

Deno.test("Listing.filesOf() has the files of a dataset and span, one list for all who ask for them", async () => {
  const dates = ["2024-03-01", "2024-03-05", "2024-03-08"];
  await using place = await placeOf(dates);
  const listing = await place.list([span("2024-01-01", "2024-12-31")]);
  const files = listing.filesOf(span("2024-03-01", "2024-03-05"));
  assertEquals(files.map(({ date }) => date), dates.slice(0, 2));
  assert(listing.filesOf(span("2024-03-01", "2024-03-05")) === files);
  assertEquals(listing.filesOf(span("2024-03-01", "2024-03-05", CRYPTO)), []);
  await listing.replace(keyOf("2024-03-05"), undefined, place.directory);
  assertEquals(listing.filesOf(span("2024-03-01", "2024-03-05")), files.slice(0, 1));
});

Deno.test("Listing lists the years that a span touches, the newest first", async () => {
  const dates = ["2022-12-30", "2023-01-03", "2024-12-31", "2025-01-02"];
  await using place = await placeOf(dates);
  const listing = await place.list([span("2023-12-31", "2025-01-01")]);
  const prefix = (year: number) => `${STOCKS.name}/${year}/`;
  assertEquals(place.prefixes()[0], prefix(2025));
  assertEquals(place.prefixes().sort(), [2023, 2024, 2025].map(prefix));
  assertEquals(datesOf(listing), dates.slice(1));
});

Deno.test("Listing asks once whether there are years before the dataset's known first date", async () => {
  await using place = await placeOf([]);
  await place.list([span("0001-01-01", "2004-06-01")]);
  const prefixes = ["", "2003/", "2004/"].map((year) => `${STOCKS.name}/${year}`);
  assertEquals(place.prefixes().sort(), prefixes);
  const early = [span("1990-01-01", "1999-12-31")];
  assertEquals((await place.list(early)).covers(early[0]!), true);
  assertEquals(place.s3.requests.length, 3);
});

Deno.test("Listing finds the files from before the dataset's known first date", async () => {
  const dates = ["1999-01-04", "2001-05-01", "2003-01-02", "2003-09-10", "2004-01-02"];
  await using place = await placeOf(dates);
  place.s3.objects.put(`${STOCKS.name}/.note`, bytesOf("a stray before all files"));
  const spans = [span("1990-01-01", "2004-06-01")];
  const listing = await place.list(spans);
  assertEquals(listing.filesOf(spans[0]!).map(({ date }) => date), dates);
  assertEquals(listing.earlierStartOf(STOCKS), "1999-01-04");
  const requests = place.s3.requests.length;
  assertEquals(requests, 1 + [1999, 2000, 2001, 2002, 2003, 2004].length);
  for (
    const [from, to, some] of [
      ["1990-01-01", "2004-06-01", dates],
      ["2000-01-01", "2001-12-31", ["2001-05-01"]],
      ["1990-01-01", "1998-12-31", []],
      ["2003-09-10", "2004-06-01", dates.slice(3)],
    ] as const
  ) {
    const later = [span(from, to)];
    const kept = await place.readKept(later);
    assert(kept.covers(later[0]!), from);
    assertEquals(kept.filesOf(later[0]!).map(({ date }) => date), some);
  }
  assertEquals(place.s3.requests.length, requests);
});

Deno.test("Listing finds a file from before behind any number of other objects", async () => {
  for (const strays of [0, 1, 99, 100, 101, 2500]) {
    await using place = await placeOf(["1999-01-04", "2003-09-10"]);
    for (let i = 0; i < strays; i++) {
      place.s3.objects.put(`${STOCKS.name}/1998/01/${i}.csv`, bytesOf("a stray"));
    }
    const listing = await place.list([span("1990-01-01", "2003-12-31")]);
    assertEquals(datesOf(listing), ["1999-01-04", "2003-09-10"], `${strays} strays`);
  }
});

Deno.test("Listing asks once more where a bucket has nothing from before", async () => {
  for (const dates of [[], ["2003-09-10"], ["2024-01-02"]]) {
    await using place = await placeOf(dates);
    for (let i = 0; i < 20; i++) {
      place.s3.objects.put(`${STOCKS.name}/2004/01/${10 + i}.csv`, bytesOf("a stray"));
    }
    const spans = [span("1990-01-01", "2003-12-31")];
    const listing = await place.list(spans);
    assertEquals(listing.earlierStartOf(STOCKS), undefined);
    assertEquals(place.s3.requests.length, 2, dates[0]);
    assert((await place.readKept(spans)).covers(spans[0]!));
  }
});

Deno.test("Listing makes no year of a file with an odd date a request", async () => {
  for (const date of ["0000-01-03", "0001-01-01", "1899-12-31"]) {
    await using place = await placeOf([date, "1999-01-04", "2003-09-10"]);
    const listing = await place.list([span("0001-01-01", "2003-12-31")]);
    assertEquals(datesOf(listing), ["1999-01-04", "2003-09-10"], date);
    assertEquals(place.s3.requests.length, 1 + [1999, 2000, 2001, 2002, 2003].length, date);
  }
});

Deno.test("Listing does without earlier years where the server lists no more than a year", async () => {
  await using place = await placeOf(["1999-01-04", "2003-09-10"]);
  place.s3.faults.add("access-denied", { listing: /_v1\/$/ });
  const spans = [span("1990-01-01", "2003-12-31")];
  assertEquals(datesOf(await place.list(spans)), ["2003-09-10"]);
  assertEquals(place.prefixes(), [`${STOCKS.name}/2003/`, `${STOCKS.name}/`]);
  assert((await place.readKept(spans)).covers(spans[0]!));
});

Deno.test("Listing asks for what is before a dataset's first date only where the span reaches it", async () => {
  await using place = await placeOf(["1999-01-04", "2003-09-10", "2003-11-03"]);
  const [within, early] = [span("2003-11-01", "2003-12-31"), span("1990-01-01", "2003-12-31")];
  assertEquals(datesOf(await place.list([within])), ["2003-09-10", "2003-11-03"]);
  assertEquals(place.prefixes(), [`${STOCKS.name}/2003/`]);
  assertEquals((await place.readKept([early])).covers(early), false);
  assertEquals(datesOf(await place.list([early]))?.[0], "1999-01-04");
});

Deno.test("Listing of an older version, which knows no earlier years, is made anew unless any age will do", async () => {
  await using place = await placeOf(["1999-01-04", "2003-09-10"]);
  const spans = [span("1990-01-01", "2003-12-31")];
  await place.list(spans);
  const prefix = `${STOCKS.name}/2003/`;
  const old = await readListing(place.directory, { source: "s", prefix });
  await writeListing(place.directory, { ...old!, startsAt: undefined });
  const kept = await place.readKept(spans, { maxAgeMs: Infinity });
  assert(kept.covers(spans[0]!));
  assertEquals(datesOf(kept), ["2003-09-10"]);
  assertEquals(datesOf(await place.list(spans)), ["1999-01-04", "2003-09-10"]);
});

Deno.test("Listing lists each year once for all the spans that touch it", async () => {
  await using place = await placeOf(["2024-03-07"]);
  place.s3.objects.put(keyOf("2024-03-07", CRYPTO), bytesOf("crypto"));
  const listing = await place.list([
    span("2024-01-01", "2024-06-30"),
    span("2024-03-01", "2024-12-31"),
    span("2024-03-01", "2024-12-31", CRYPTO),
  ]);
  assertEquals(place.prefixes().sort(), [`${CRYPTO.name}/2024/`, `${STOCKS.name}/2024/`]);
  assertEquals([...listing.byDataset().keys()].sort(), [CRYPTO.name, STOCKS.name]);
  assertEquals(datesOf(listing, CRYPTO), ["2024-03-07"]);
});

Deno.test("Listing follows pages whatever their size", async () => {
  const dates = Array.from({ length: 9 }, (_, i) => `2024-03-0${i + 1}`);
  await using place = await placeOf(dates, { maxKeys: 2 });
  assertEquals(datesOf(await place.list([span("2024-03-01", "2024-03-09")])), dates);
  assertEquals(place.s3.requests.length, 5);
});

Deno.test("Listing has size and ETag of each flat file, oldest first, and nothing else", async () => {
  await using place = await placeOf(["2025-01-02", "2024-03-08", "2024-03-07"]);
  for (const key of ["2024/README.txt", "2024/04/2024-03-09.csv.gz", "2024/2024-03-09.csv.gz"]) {
    place.s3.objects.put(`${STOCKS.name}/${key}`, bytesOf("other"));
  }
  const files = (await place.list([span("2024-01-01", "2025-12-31")])).byDataset().get(STOCKS.name);
  const { etag } = place.s3.objects.get(keyOf("2024-03-07"))!;
  assertEquals(files![0], { key: keyOf("2024-03-07"), size: 10, etag, date: "2024-03-07" });
  assertEquals(files!.map(({ date }) => date), ["2024-03-07", "2024-03-08", "2025-01-02"]);
});

Deno.test("Listing is read from what is kept while that is young enough", async () => {
  await using place = await placeOf(["2024-03-07"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  await place.list(spans);
  place.s3.clearRequests();
  for (const ageMs of [0, 1, HOUR]) {
    const listing = await place.readKept(spans, { nowMs: NOW + ageMs });
    assertEquals([listing.covers(spans[0]!), datesOf(listing)], [true, ["2024-03-07"]]);
    assertEquals(listing.listedAtMs, NOW);
    await place.complete(listing, spans, { nowMs: NOW + ageMs });
  }
  assertEquals(place.s3.requests, []);
});

Deno.test("Listing is made anew when what is kept is too old", async () => {
  await using place = await placeOf(["2024-03-07"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  await place.list(spans);
  place.s3.objects.put(keyOf("2024-03-08"), bytesOf("new"));
  const later = { nowMs: NOW + HOUR + 1 };
  const listing = await place.readKept(spans, later);
  assertEquals([listing.covers(spans[0]!), datesOf(listing)], [false, undefined]);
  await place.complete(listing, spans, later);
  assertEquals(datesOf(listing), ["2024-03-07", "2024-03-08"]);
  assertEquals((await place.readKept(spans, later)).listedAtMs, later.nowMs);
});

Deno.test("Listing ignores what is kept when its largest age is negative", async () => {
  await using place = await placeOf(["2024-03-07"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  await place.list(spans);
  assertEquals((await place.readKept(spans, { maxAgeMs: -1 })).covers(spans[0]!), false);
  assertEquals((await place.readKept(spans, { maxAgeMs: 0 })).covers(spans[0]!), true);
});

Deno.test("Listing ignores what was kept at a time that is still to come", async () => {
  await using place = await placeOf(["2024-03-07"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  await place.list(spans);
  const before = await place.readKept(spans, { nowMs: NOW - 1 });
  assertEquals(before.covers(spans[0]!), false);
});

Deno.test("Listing takes what is kept however old, or new, when any age will do", async () => {
  await using place = await placeOf(["2024-03-07"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  await place.list(spans);
  for (const nowMs of [NOW - HOUR, NOW + 1_000 * HOUR]) {
    const listing = await place.readKept(spans, { nowMs, maxAgeMs: Infinity });
    assertEquals(datesOf(listing), ["2024-03-07"]);
  }
});

Deno.test("Listing ignores what is kept of another endpoint or bucket", async () => {
  await using place = await placeOf(["2024-03-07"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  await place.list(spans, { source: "https://files.massive.com flatfiles" });
  const other = await place.readKept(spans, { source: "https://files.massive.com other" });
  assertEquals(other.covers(spans[0]!), false);
});

Deno.test("Listing ignores what is damaged in the cache directory", async () => {
  await using place = await placeOf(["2024-03-07"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  await place.list(spans);
  const path = place.directory.listingPath(`${STOCKS.name}/2024/`);
  const whole = await Deno.readFile(path);
  const flipped = whole.slice();
  flipped[20]! ^= 1;
  for (const bytes of [new Uint8Array(), whole.subarray(0, -2), flipped]) {
    await Deno.writeFile(path, bytes);
    assertEquals((await place.readKept(spans)).covers(spans[0]!), false);
  }
  assertEquals(datesOf(await place.list(spans)), ["2024-03-07"]);
});

Deno.test("Listing lists only the years that it lacks, and is as old as its oldest", async () => {
  await using place = await placeOf(["2023-03-07", "2024-03-07"]);
  await place.list([span("2023-01-01", "2023-12-31")]);
  place.s3.clearRequests();
  const both = [span("2023-01-01", "2024-12-31")];
  const listing = await place.list(both, { nowMs: NOW + 5 });
  assertEquals(place.prefixes(), [`${STOCKS.name}/2024/`]);
  assertEquals([datesOf(listing), listing.listedAtMs], [["2023-03-07", "2024-03-07"], NOW]);
});

Deno.test("Listing keeps a year without a file as such", async () => {
  await using place = await placeOf([]);
  const spans = [span("2024-01-01", "2024-12-31")];
  await place.list(spans);
  const kept = await place.readKept(spans);
  assertEquals([kept.covers(spans[0]!), datesOf(kept)], [true, []]);
});

Deno.test("Listing puts the new version of a replaced object, also into what is kept", async () => {
  await using place = await placeOf(["2024-03-07", "2024-03-08"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  const listing = await place.list(spans);
  const listed = await place.readKept(spans);
  const version = { key: keyOf("2024-03-07"), size: 99, etag: "new" };
  await listing.replace(version.key, version, place.directory);
  for (const one of [listing, await place.readKept(spans)]) {
    const files = one.byDataset().get(STOCKS.name)!;
    const earlier = listed.byDataset().get(STOCKS.name)!.slice(0, 1).map(({ date: _, ...of }) =>
      of
    );
    const replaced = { ...version, date: "2024-03-07" };
    assertEquals(files[0], one === listing ? { ...replaced, earlier } : replaced);
    assertEquals([files.length, files[1]!.date], [2, "2024-03-08"]);
    assertEquals(one.listedAtMs, NOW);
  }
});

Deno.test("Listing forgets an object that is gone, also in what is kept", async () => {
  await using place = await placeOf(["2024-03-07", "2024-03-08"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  const listing = await place.list(spans);
  await listing.replace(keyOf("2024-03-07"), undefined, place.directory);
  await listing.replace("elsewhere/2024-03-08.csv.gz", undefined, place.directory);
  for (const one of [listing, await place.readKept(spans)]) {
    assertEquals(datesOf(one), ["2024-03-08"]);
  }
});

Deno.test("Listing forgets all of many objects that are found to be gone at once", async () => {
  const dates = Array.from({ length: 28 }, (_, i) => `2024-02-${String(i + 1).padStart(2, "0")}`);
  await using place = await placeOf(dates);
  const spans = [span("2024-01-01", "2024-12-31")];
  const listing = await place.list(spans);
  const gone = dates.slice(1);
  await Promise.all(
    gone.map((date) => listing.replace(keyOf(date), undefined, place.directory)),
  );
  for (const one of [listing, await place.readKept(spans)]) assertEquals(datesOf(one), [dates[0]]);
});

Deno.test("Listing asks once when the keys are wrong", async () => {
  await using place = await placeOf(["2024-03-07"]);
  place.s3.faults.add("access-denied", { listing: "" });
  const spans = [span("2020-01-01", "2025-12-31")];
  const error = await assertRejects(() => place.list(spans), S3Error);
  assertEquals([error.status, place.s3.requests.length], [403, 1]);
  assertEquals((await place.readKept(spans)).covers(spans[0]!), false);
});

Deno.test("Listing leaves nothing running when one of several years fails", {
  sanitizeOps: true,
  sanitizeResources: true,
}, async () => {
  await using place = await placeOf(["2024-03-07"]);
  place.s3.faults.add("stall-headers", { listing: `${STOCKS.name}/2022/` });
  place.s3.faults.add("access-denied", { listing: `${STOCKS.name}/2023/` });
  const spans = [span("2022-01-01", "2024-12-31")];
  const error = await assertRejects(() => place.list(spans), S3Error);
  assert(error.message.includes("2023"), error.message);
});

Deno.test("Listing rejects with the reason of an abort", async () => {
  await using place = await placeOf(["2024-03-07"]);
  const spans = [span("2024-01-01", "2024-12-31")];
  const listing = await place.readKept(spans);
  const aborted = { signal: AbortSignal.abort(new Error("enough")) };
  await assertRejects(() => place.complete(listing, spans, aborted as object), Error, "enough");
  assertEquals(place.s3.requests, []);
});
