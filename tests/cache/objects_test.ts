import { assertEquals } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { type KeptListing, readListing, writeListing } from "../../lib/cache/kept_listing.ts";
import { ObjectStore } from "../../lib/cache/objects.ts";
import { namesIn, withDirectory } from "./samples.ts";

const keyOf = (day: string) => `us_stocks_sip/day_aggs_v1/2024/03/2024-03-${day}.csv.gz`;

Deno.test("ObjectStore gives back the bytes of a key until it is removed", async () => {
  await withDirectory(async (path) => {
    const store = new ObjectStore(new CacheDirectory(path));
    assertEquals(await store.read(keyOf("07")), undefined);
    await store.remove(keyOf("07"));
    for (const length of [0, 1, 300_000]) {
      const bytes = new Uint8Array(length).map((_, i) => i * 7);
      await store.write(keyOf("07"), bytes);
      assertEquals(await store.read(keyOf("07")), bytes);
    }
    await store.remove(keyOf("07"));
    assertEquals(await store.read(keyOf("07")), undefined);
  });
});

Deno.test("ObjectStore gives back what has a checksum only while both are whole", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const store = new ObjectStore(directory);
    const bytes = Uint8Array.from({ length: 40 }, (_, i) => i * 7);
    const object = { key: keyOf("07"), size: bytes.length, etag: "opaque" };
    const bytesPath = directory.objectPath(object.key);
    assertEquals(await store.readChecked(object), undefined);
    for (const file of [bytesPath, `${bytesPath}.sum`]) {
      await store.writeChecked(object, bytes);
      const whole = await Deno.readFile(file);
      const damaged = [
        ...whole.keys().map((at) => whole.map((byte, i) => i === at ? byte ^ 1 << at % 8 : byte)),
        ...whole.keys().map((length) => whole.slice(0, length)),
      ];
      for (const bad of damaged) {
        await store.writeChecked(object, bytes);
        assertEquals(await store.readChecked(object), bytes);
        await Deno.writeFile(file, bad);
        assertEquals(await store.readChecked(object), undefined);
      }
    }
    await store.writeChecked(object, bytes);
    assertEquals(await store.has(object), true);
    assertEquals(await store.has({ ...object, etag: "other" }), false);
    await store.remove(object.key);
    assertEquals(await namesIn(bytesPath.replace(/\/[^/]+$/, "")), []);
  });
});

Deno.test("ObjectStore sweeps a month's old leftovers, never those of a living writer", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    await new ObjectStore(directory).write(keyOf("07"), Uint8Array.of(1));
    const folder = directory.objectPath(keyOf("07")).replace(/\/[^/]+$/, "");
    const leftoverOf = (day: string) => `${folder}/.2024-03-${day}.csv.gz.01234567.tmp`;
    const [old, living] = [leftoverOf("08"), leftoverOf("09")];
    for (const left of [old, living]) await Deno.writeTextFile(left, "x");
    const yesterday = Date.now() / 1000 - 25 * 3_600;
    await Deno.utime(old, yesterday, yesterday);
    await new ObjectStore(directory).write(keyOf("08"), Uint8Array.of(2));
    assertEquals(await namesIn(folder), [
      ".2024-03-09.csv.gz.01234567.tmp",
      "2024-03-07.csv.gz",
      "2024-03-08.csv.gz",
    ]);
  });
});

Deno.test("readListing() gives what was kept of the same source and prefix alone", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const kept: KeptListing = {
      source: "https://files.massive.com flatfiles",
      prefix: "us_stocks_sip/day_aggs_v1/2024/",
      listedAtMs: 1_700_000_000_000,
      objects: [{ key: keyOf("07"), size: 3, etag: '"e"' }],
    };
    assertEquals(await readListing(directory, kept), undefined);
    await writeListing(directory, kept);
    assertEquals(await readListing(directory, kept), {
      ...kept,
      strays: undefined,
      startsAt: undefined,
    });
    for (const other of [{ source: "elsewhere" }, { prefix: "us_stocks_sip/day_aggs_v1/2023/" }]) {
      assertEquals(await readListing(directory, { ...kept, ...other }), undefined);
    }
  });
});

Deno.test("a listing with any bit flipped or cut at any byte counts as none", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const kept: KeptListing = { source: "s", prefix: "d/2024/", listedAtMs: 1, objects: [] };
    await writeListing(directory, kept);
    const listingPath = directory.listingPath(kept.prefix);
    const whole = await Deno.readFile(listingPath);
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const damaged = whole.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await Deno.writeFile(listingPath, damaged);
      assertEquals(await readListing(directory, kept), undefined);
    }
    for (let length = 0; length < whole.length; length++) {
      await Deno.writeFile(listingPath, whole.subarray(0, length));
      assertEquals(await readListing(directory, kept), undefined);
    }
  });
});
