import { assert, assertEquals, assertRejects } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { entriesIn } from "../../lib/cache/folders.ts";
import { writeListing } from "../../lib/cache/kept_listing.ts";
import { sealLine } from "../../lib/cache/line.ts";
import type { ObjectRecord } from "../../lib/cache/record.ts";
import { ObjectStore } from "../../lib/cache/objects.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { JournalError, LockedError, StorageError, UsageError } from "../../lib/errors.ts";
import { openCache } from "../../lib/read/open_cache.ts";
import {
  journalSamples,
  SAMPLE_IDENTITY as of,
  sampleRecord,
} from "../../fixtures/make_journals.ts";
import { namesIn, sampleRecords, withDirectory } from "../cache/samples.ts";

/** A record as a caller has it. */
const plain = ({ key, size, etag, rows }: ObjectRecord) => ({ key, size, etag, rows });

const TSLA = { symbol: "TSLA", period: "5y" };
const keyOf = (n: number) => sampleRecord(n).key;

/** Loads the first `count` sample records as the entry of a ticker. */
async function fold(path: string, ticker: string, count: number) {
  const named = { ...of, ticker, symbol: ticker };
  await using store = await TickerRecords.open(new CacheDirectory(path), named);
  for (const record of sampleRecords(count)) store.add(record);
  await TickerRecords.foldAll([store]);
}

async function keep(path: string) {
  const directory = new CacheDirectory(path);
  await new ObjectStore(directory).write(keyOf(0), new Uint8Array(9));
  const prefix = `${of.dataset}/2024/`;
  await writeListing(directory, { source: "s", prefix, listedAtMs: 0, objects: [] });
}

/** Paths of all files below a directory, but its mark and locks. */
async function filesBelow(path: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) files.push(...(await filesBelow(`${path}/${name}`)));
    else if (!name.endsWith(".lock") && name !== "CACHEDIR.TAG") files.push(name);
  }
  return files.sort();
}

Deno.test("openCache() of a directory that is missing is empty and makes nothing", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(`${path}/cache`);
    assertEquals([await cache.list(), await cache.listProgress()], [[], []]);
    assertEquals(await cache.getProgress("TSLA", "5y"), undefined);
    assertEquals([await cache.clear("TSLA"), await cache.clearProgress("TSLA")], [false, 0]);
    await cache.clearAll();
    assertEquals(await namesIn(path), []);
  });
});

Deno.test("openCache() refuses a symlink", async () => {
  if (Deno.build.os === "windows") return;
  await withDirectory(async (path) => {
    await Deno.symlink(path, `${path}/link`);
    await assertRejects(() => openCache(`${path}/link/`), StorageError, "it is a symbolic link");
  });
});

Deno.test("Cache.saveProgress() adds to the marker that getProgress() finds", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(`${path}/cache`);
    await cache.saveProgress(TSLA, sampleRecords(2));
    await cache.saveProgress(TSLA, [sampleRecord(2)]);
    await cache.saveProgress({ ...TSLA, period: "2024-01-01_2024-06-30" }, sampleRecords(1));
    const found = await cache.getProgress("tsla", "5y", "1d");
    assertEquals([...found!.records.values()], sampleRecords(3).map(plain));
    assertEquals(found!.bytes, sampleRecords(3).reduce((sum, { size }) => sum + size, 0));
    assert(Math.abs(found!.writtenAtMs - Date.now()) < 60_000);
    assertEquals((await cache.listProgress()).length, 2);
    assertEquals(await cache.getProgress("TSLA", "1y"), undefined);
    assertEquals(await cache.clearProgress("TSLA", { period: "5y" }), 1);
    assertEquals((await cache.listProgress()).map(({ period }) => period), [
      "2024-01-01_2024-06-30",
    ]);
    assertEquals(await cache.clearProgress("TSLA"), 1);
    assertEquals(await filesBelow(path), ["source.json"]);
  });
});

Deno.test("Cache.saveProgress() refuses a family, which has no marker", async () => {
  await withDirectory(async (directory) => {
    const cache = await openCache(directory);
    const save = () => cache.saveProgress({ ...TSLA, symbol: "TSL?" }, sampleRecords(1));
    await assertRejects(save, UsageError, 'Cannot save progress of "TSL?"');
  });
});

Deno.test("Cache.saveProgress() keeps why rows cannot be read, and what is odd about a file", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(path);
    const records: ObjectRecord[] = [
      { ...plain(sampleRecord(0)), rows: [], failure: 'line 3: column "volume" is ""' },
      { ...plain(sampleRecord(1)), warning: "the file has no row" },
    ];
    await cache.saveProgress(TSLA, records);
    const found = await cache.getProgress("TSLA", "5y");
    assertEquals([...found!.records.values()], records);
  });
});

Deno.test("Cache.saveProgress() refuses what could not be read back", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(path);
    for (const change of [{ rows: [[NaN]] }, { rows: [[Infinity]] }, { size: -1 }, { size: 0.5 }]) {
      const save = () => cache.saveProgress(TSLA, [{ ...plain(sampleRecord(0)), ...change }]);
      await assertRejects(save, TypeError, "is no record");
    }
    assertEquals(await cache.listProgress(), []);
  });
});

Deno.test("Cache.list() tells what there is of each ticker", async () => {
  await withDirectory(async (path) => {
    await fold(path, "TSLA", 8);
    await fold(path, "AAPL", 1);
    const entries = await (await openCache(path)).list();
    const common = { dataset: of.dataset, from: "2024-01-02", source: null };
    assertEquals(entries.map(({ bytes: _, ...entry }) => entry), [
      { ...common, symbol: "AAPL", ticker: "AAPL", bars: 1, files: 1, to: "2024-01-02" },
      { ...common, symbol: "TSLA", ticker: "TSLA", bars: 7, files: 8, to: "2024-01-09" },
    ]);
  });
});

Deno.test("Cache.clear() forgets a symbol, damaged or not, and its dataset's kept files", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(path);
    await fold(path, "TSLA", 3);
    await fold(path, "AAPL", 1);
    await cache.saveProgress(TSLA, [sampleRecord(4)]);
    await keep(path);
    const entryPath = new CacheDirectory(path).entryPath(of.dataset, "TSLA");
    await Deno.writeTextFile(entryPath, "damaged");
    assertEquals(await cache.clear("TSLA"), true);
    assertEquals(await filesBelow(path), ["AAPL.ndjson", "source.json"]);
    assertEquals(await cache.clear("TSLA"), false);
  });
});

Deno.test("openCache() and clearAll() pass over folders that another process removes meanwhile", async () => {
  for (const removed of ["objects", "listings", "bars", "bars/us_stocks_sip"]) {
    await withDirectory(async (path) => {
      await fold(path, "TSLA", 1);
      await keep(path);
      const remove = Deno.remove(`${path}/${removed}`, { recursive: true });
      // Whichever comes first to a file, one of them finds it gone.
      await Promise.all([(await openCache(path)).clearAll(), remove.catch(() => {})]);
      assertEquals(await filesBelow(path), []);
    });
  }
});

Deno.test("entriesIn() a folder that has just been removed are none", async () => {
  await withDirectory(async (path) => {
    assertEquals(await entriesIn(`${path}/removed`), []);
  });
});

Deno.test("Cache.clearAll() forgets everything of its own and nothing else", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(path);
    await fold(path, "TSLA", 3);
    await cache.saveProgress({ symbol: "AAPL", period: "1y" }, sampleRecords(1));
    await keep(path);
    for (const name of ["X_1y_1d.ndjson", "Y_1y_1d.ndjson.aside", "Y_1y_1d.ndjson.aside-2"]) {
      await Deno.writeTextFile(`${path}/.progress_${name}`, "no journal\n");
    }
    await Deno.writeTextFile(`${path}/mine.aside`, "");
    await cache.clearAll();
    assertEquals(await filesBelow(path), ["mine.aside"]);
  });
});

Deno.test("Cache forgets nothing of a ticker that is being worked on", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(path);
    await fold(path, "TSLA", 1);
    await cache.saveProgress(TSLA, [sampleRecord(1)]);
    await using _store = await TickerRecords.open(new CacheDirectory(path), of);
    await assertRejects(() => cache.clear("TSLA"), LockedError);
    await assertRejects(() => cache.clearAll(), LockedError);
    await assertRejects(() => cache.saveProgress(TSLA, [sampleRecord(2)]), LockedError);
    const files = [".progress_TSLA_5y_1d.ndjson", "TSLA.ndjson", "source.json"];
    assertEquals(await filesBelow(path), files);
  });
});

Deno.test("Cache leaves a journal of a newer format untouched", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(path);
    const newer = journalSamples().get("newer_format.ndjson")!;
    const journalPath = new CacheDirectory(path).journalPath(of);
    await Deno.writeFile(journalPath, newer);
    await assertRejects(() => cache.saveProgress(TSLA, sampleRecords(1)), JournalError);
    await assertRejects(() => cache.clearAll(), JournalError, journalPath);
    await assertRejects(() => cache.clear("TSLA"), JournalError, journalPath);
    await assertRejects(() => cache.clearProgress("tsla"), JournalError, journalPath);
    await cache.saveProgress({ symbol: "AAPL", period: "1y" }, sampleRecords(1));
    const paths: string[] = [];
    const found = await cache.listProgress({ onNewer: ({ path }) => paths.push(path) });
    assertEquals([found.map(({ symbol }) => symbol), paths], [["AAPL"], [journalPath]]);
    assertEquals(await cache.clear("AAPL"), true);
    assertEquals(await Deno.readFile(journalPath), newer);
  });
});

Deno.test("Cache lists the other entries beside one of a newer format, which it does not clear", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(path);
    for (const ticker of ["AAPL", "TSLA"]) await fold(path, ticker, 1);
    const newer = new CacheDirectory(path).entryPath(of.dataset, "TSLA");
    const header = { format: "flatfetch-bars", version: 9 };
    await Deno.writeTextFile(newer, sealLine(header, 0));
    const paths: string[] = [];
    const found = await cache.list({ onNewer: ({ path }) => paths.push(path) });
    assertEquals([found.map(({ symbol }) => symbol), paths], [["AAPL"], [newer]]);
    await assertRejects(() => cache.clear("TSLA"), JournalError, newer);
    await assertRejects(() => cache.clearAll(), JournalError, newer);
    assertEquals(await Deno.readTextFile(newer), sealLine(header, 0));
    assertEquals((await cache.list()).length, 1);
  });
});

Deno.test("Cache.listProgress() passes over a marker whose every record is folded in", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(path);
    await fold(path, "TSLA", 3);
    await cache.saveProgress(TSLA, sampleRecords(3));
    assertEquals(await cache.listProgress(), []);
    await cache.saveProgress(TSLA, [{ ...plain(sampleRecord(2)), etag: "newer" }]);
    assertEquals((await cache.listProgress()).length, 1);
    assertEquals(await cache.clearProgress("TSLA"), 1);
  });
});
