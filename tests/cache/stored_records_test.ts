import { assertEquals } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import type { StorageError } from "../../lib/errors.ts";
import { KeptRecord, type ObjectRecord, toObjectRecord } from "../../lib/cache/record.ts";
import { StoredRecords } from "../../lib/cache/stored_records.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { SAMPLE_IDENTITY as of, sampleRecord } from "../../fixtures/make_journals.ts";
import { sampleRecords, withDirectory } from "./samples.ts";

const ALL = sampleRecords(6);

const hasTicker = async (stored: StoredRecords, ticker = of.ticker) =>
  await stored.findTicker(of.dataset, [ticker]) !== undefined;

Deno.test("StoredRecords.readAll() misses nothing that is folded in while it reads", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const [entry, journal] = [
      directory.entryPath(of.dataset, of.ticker),
      directory.journalPath(of),
    ];
    const records = sampleRecords(3);
    {
      await using store = await TickerRecords.open(directory, of);
      store.addAll(records);
      await Deno.copyFile(journal, `${path}/journal`);
      await TickerRecords.foldAll([store]);
    }
    await Deno.rename(entry, `${path}/entry`);
    await Deno.rename(`${path}/journal`, journal);
    const stored = await StoredRecords.open(directory);
    // What another process does just when the journal is looked for.
    const folding = {
      path: journal,
      get records() {
        Deno.renameSync(`${path}/entry`, entry);
        Deno.removeSync(journal);
        return new Map();
      },
    };
    const { records: found } = await stored.readAll(of, folding);
    assertEquals([...found.keys()], records.map(({ key }) => key));
  });
});

Deno.test("StoredRecords.list() tells what stands in an entry's place, not what is removed meanwhile", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const [first, second] = ["A", "B"].map((ticker) => directory.entryPath(of.dataset, ticker));
    await directory.makeParent(first!);
    for (const entry of [first!, second!]) await Deno.writeTextFile(entry, "no entry\n");
    const list = async (onUnread: (path: string) => void) => {
      const stored = await StoredRecords.open(directory);
      return await stored.list((error) => onUnread((error as StorageError).path));
    };
    const unread: string[] = [];
    assertEquals(await list((path) => unread.push(path)), []);
    assertEquals(unread.sort(), [first, second]);
    const seen: string[] = [];
    await list((path) => {
      seen.push(path);
      for (const entry of [first!, second!]) if (entry !== path) Deno.removeSync(entry);
    });
    assertEquals(seen.length, 1);
  });
});

Deno.test("StoredRecords.findTicker() tells whether an entry or a journal had it at the first look", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const has = async () => await hasTicker(await StoredRecords.open(directory));
    const before = await StoredRecords.open(directory);
    const add = async (record: ObjectRecord) => {
      await using store = await TickerRecords.open(directory, of);
      store.add(KeptRecord.of(record));
    };
    await add({ ...toObjectRecord(sampleRecord(0)), rows: [] });
    assertEquals(await has(), false);
    await add(ALL.find(({ rows }) => rows.length > 0)!);
    assertEquals([await has(), await hasTicker(before)], [true, false]);
    const other = await StoredRecords.open(directory, { host: "elsewhere", bucket: of.bucket });
    assertEquals([other.has(of), await hasTicker(other)], [false, false]);
    assertEquals(await hasTicker(before, "OTHER"), false);
  });
});

Deno.test("StoredRecords.findTicker() counts rows that cannot be read, but no file without the ticker", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const hasAfter = async (...records: Partial<ObjectRecord>[]) => {
      const ticker = JSON.stringify(records);
      {
        await using store = await TickerRecords.open(directory, { ...of, ticker });
        for (const [i, record] of records.entries()) {
          store.add(KeptRecord.of({ ...toObjectRecord(sampleRecord(i)), rows: [], ...record }));
        }
        await TickerRecords.foldAll([store]);
      }
      return await hasTicker(await StoredRecords.open(directory), ticker);
    };
    assertEquals(await hasAfter({}, {}), false);
    assertEquals(await hasAfter({}, { warning: "odd" }), false);
    assertEquals(await hasAfter({}, { failure: "no number" }), true);
    assertEquals(await hasAfter({}, { rows: [[0, 1, 1, 1, 1, 1, 1]] }), true);
  });
});
