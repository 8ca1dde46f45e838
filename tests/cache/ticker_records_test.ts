import { assert, assertEquals, assertRejects } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import type { KeptRecord } from "../../lib/cache/record.ts";
import { sweepTickers, TickerRecords } from "../../lib/cache/ticker_records.ts";
import { LockedError, StorageError } from "../../lib/errors.ts";
import { SAMPLE_IDENTITY as of, sampleRecord } from "../../fixtures/make_journals.ts";
import { FailingDisk } from "./failing_disk.ts";
import { namesIn, readEntry, sampleRecords, withDirectory } from "./samples.ts";

const ALL = sampleRecords(6);

async function withCache(run: (directory: CacheDirectory) => Promise<void>) {
  await withDirectory((path) => run(new CacheDirectory(`${path}/cache`)));
}

const entryPathIn = (directory: CacheDirectory) => directory.entryPath(of.dataset, of.ticker);

/** A run: adds what is missing, folds it in; every record that was added is told. */
async function load(directory: CacheDirectory, added: KeptRecord[] = [], of_ = of) {
  await using store = await TickerRecords.open(directory, of_);
  await sweepTickers(directory, [of_]);
  for (const record of ALL) {
    if (store.records.has(record.key)) continue;
    store.add(record);
    added.push(record);
  }
  await TickerRecords.foldAll([store]);
}

/** What a new run finds. */
async function found(directory: CacheDirectory): Promise<KeptRecord[]> {
  await using store = await TickerRecords.open(directory, of);
  return [...store.records.values()];
}

/** The state that every run has to end with. */
async function assertLoaded(directory: CacheDirectory) {
  const entry = await readEntry(entryPathIn(directory));
  assertEquals([entry?.whole, [...entry!.records.values()]], [true, ALL]);
  assertEquals(await namesIn(directory.path), ["bars"]);
  assertEquals(await namesIn(`${directory.path}/bars/${of.dataset}`), ["TSLA.lock", "TSLA.ndjson"]);
}

Deno.test("TickerRecords keeps every added record and ends alike, whichever disk call fails", async () => {
  for (const how of [{}, { forGood: true }, { short: true }, { short: true, forGood: true }]) {
    for (let at = 0, isFailing = true; isFailing; at++) {
      await withCache(async (directory) => {
        const added: KeptRecord[] = [];
        {
          using disk = new FailingDisk({ at, ...how });
          const failure = await load(directory, added).catch((error) => error);
          isFailing = disk.calls > at;
          const { code, path } = failure instanceof StorageError ? failure : {};
          if (isFailing && failure) assertEquals(code, "ENOSPC", `call ${at}: ${failure}`);
          assert(path === undefined || path.startsWith(directory.path), path);
        }
        assertEquals((await found(directory)).slice(0, added.length), added);
        await load(directory);
        await assertLoaded(directory);
      });
    }
  }
});

Deno.test("TickerRecords is right after an end between the entry and the journal's removal", async () => {
  await withCache(async (directory) => {
    const journalPath = directory.journalPath(of);
    {
      await using store = await TickerRecords.open(directory, of);
      for (const record of ALL) store.add(record);
    }
    const journal = await Deno.readFile(journalPath);
    await load(directory);
    await Deno.writeFile(journalPath, journal);
    assertEquals(await found(directory), ALL);
    await load(directory);
    await assertLoaded(directory);
  });
});

Deno.test("sweepTickers() removes what a killed run left of the entry, of others when it is old", async () => {
  await withCache(async (directory) => {
    await load(directory);
    const folder = `${directory.path}/bars/${of.dataset}`;
    const left = `${folder}/.TSLA.ndjson.0123abcd.tmp`;
    const living = `${folder}/.AAPL.ndjson.0123abcd.tmp`;
    const old = `${folder}/.MSFT.ndjson.0123abcd.tmp`;
    const oldOwner = `${directory.path}/.owner.0123abcd.tmp`;
    const foreign = `${folder}/.mine.tmp`;
    for (const path of [left, living, old, oldOwner, foreign]) await Deno.writeTextFile(path, "x");
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    for (const path of [old, oldOwner, foreign]) await Deno.utime(path, twoDaysAgo, twoDaysAgo);
    await sweepTickers(directory, [of]);
    assertEquals(await found(directory), ALL);
    assertEquals(await namesIn(directory.path), ["bars"]);
    const kept = [".AAPL.ndjson.0123abcd.tmp", ".mine.tmp", "TSLA.lock", "TSLA.ndjson"];
    assertEquals(await namesIn(folder), kept);
  });
});

Deno.test("TickerRecords merges the periods of a ticker in its entry", async () => {
  await withCache(async (directory) => {
    for (const [n, period] of [[0, "1y"], [1, "2y"]] as const) {
      await using store = await TickerRecords.open(directory, { ...of, period });
      store.add(sampleRecord(n));
      await TickerRecords.foldAll([store]);
    }
    assertEquals(await found(directory), ALL.slice(0, 2));
    await load(directory);
    await assertLoaded(directory);
  });
});

Deno.test("TickerRecords tells of a damaged entry, keeps what is valid and mends it", async () => {
  await withCache(async (directory) => {
    const path = entryPathIn(directory);
    for (const [at, left] of [[-50, ALL.length], [-250, ALL.length - 1], [10, 0]] as const) {
      await load(directory);
      const bytes = await Deno.readFile(path);
      bytes[at < 0 ? bytes.length + at : at]! ^= 1;
      await Deno.writeFile(path, bytes);
      {
        await using store = await TickerRecords.open(directory, of);
        assertEquals(store.records.size, left);
        assertEquals(store.notices, [
          "The cache entry of TSLA is damaged; what is lost is fetched again",
        ]);
      }
      await load(directory);
      await assertLoaded(directory);
    }
  });
});

Deno.test("TickerRecords.open() is for one at a time, and with wait for one after another", async () => {
  await withCache(async (directory) => {
    const first = await TickerRecords.open(directory, of);
    await assertRejects(() => TickerRecords.open(directory, { ...of, period: "1y" }), LockedError);
    const { signal } = new AbortController();
    const second = TickerRecords.open(directory, of, { wait: { signal } });
    first.add(sampleRecord(0));
    await TickerRecords.foldAll([first]);
    await first[Symbol.asyncDispose]();
    await using store = await second;
    assertEquals([...store.records.values()], ALL.slice(0, 1));
  });
});
