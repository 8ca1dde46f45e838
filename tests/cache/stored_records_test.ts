import { assertEquals } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { writeEntry } from "../../lib/cache/entry.ts";
import type { JournalIdentity } from "../../lib/cache/journal.ts";
import { JournalWriter } from "../../lib/cache/journal_writer.ts";
import { KeptRecord, type ObjectRecord, toObjectRecord } from "../../lib/cache/record.ts";
import { StoredRecords } from "../../lib/cache/stored_records.ts";
import { TickerRecords } from "../../lib/cache/ticker_records.ts";
import { findCachedTicker } from "../../lib/check/compare_symbols.ts";
import { openCache } from "../../lib/read/open_cache.ts";
import { readBars } from "../../lib/read/read_bars.ts";
import { readRequest } from "../../lib/request.ts";
import { SAMPLE_IDENTITY as of, sampleRecord } from "../../fixtures/make_journals.ts";
import { recordOf, WEEK } from "../load/loaded_samples.ts";
import { sampleRecords, withDirectory } from "./samples.ts";

const ALL = sampleRecords(6);

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

Deno.test("StoredRecords.hasTicker() tells whether an entry or a journal had it at the first look", async () => {
  await withDirectory(async (path) => {
    const directory = new CacheDirectory(path);
    const has = async () => await (await StoredRecords.open(directory)).hasTicker(of);
    const before = await StoredRecords.open(directory);
    const add = async (record: ObjectRecord) => {
      await using store = await TickerRecords.open(directory, of);
      store.add(KeptRecord.of(record));
    };
    await add({ ...toObjectRecord(sampleRecord(0)), rows: [] });
    assertEquals(await has(), false);
    await add(ALL.find(({ rows }) => rows.length > 0)!);
    assertEquals([await has(), await before.hasTicker(of)], [true, false]);
    const other = await StoredRecords.open(directory, { host: "elsewhere", bucket: of.bucket });
    assertEquals([await other.has(of), await other.hasTicker(of)], [false, false]);
    assertEquals(await before.hasTicker({ ...of, ticker: "OTHER" }), false);
  });
});

Deno.test("StoredRecords.hasTicker() counts rows that cannot be read, but no file without the ticker", async () => {
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
      return await (await StoredRecords.open(directory)).hasTicker({ ...of, ticker });
    };
    assertEquals(await hasAfter({}, {}), false);
    assertEquals(await hasAfter({}, { warning: "odd" }), false);
    assertEquals(await hasAfter({}, { failure: "no number" }), true);
    assertEquals(await hasAfter({}, { rows: [[0, 1, 1, 1, 1, 1, 1]] }), true);
  });
});

/** A file on the disk: the days of the week that it has, at which price, and when it was written. */
interface Stored {
  readonly days: readonly number[];
  readonly price: number;
  readonly atSeconds: number;
  readonly isDamaged?: boolean;
}

/** An entry and two journals, in every order of writing, whole and damaged. */
const STATES = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [3, 1, 2], [2, 3, 1], [3, 2, 1], [1, 1, 1]]
  .flatMap(
    ([entry, own, other]) =>
      [false, true].map((isDamaged) => ({
        entry: { days: [0, 1, 2], price: 1, atSeconds: entry!, isDamaged },
        own: { days: [1, 2, 3], price: 2, atSeconds: own!, isDamaged },
        other: { days: [0, 2, 3], price: 3, atSeconds: other! },
      })),
  );

Deno.test("the run, readBars(), check and list give the same records, whatever is on the disk", async () => {
  for (const state of STATES) {
    await withDirectory(async (path) => {
      const directory = new CacheDirectory(path);
      await store(directory, state);
      const expected = newestFirst(state);
      const context = JSON.stringify(state);
      const cache = await openCache(path);
      const span = { from: "2024-03-01", to: "2024-03-08" };
      const read = await Array.fromAsync(readBars(cache, { symbols: ["TSLA"], ...span }))
        .catch(() => undefined);
      if (!state.entry.isDamaged) {
        assertEquals(pricesOf(read!.flatMap(({ bars }) => bars)), expected, context);
      }
      const [request] = readRequest(["TSLA"], span, "2024-03-08");
      const stored = await StoredRecords.open(directory, of);
      const found = await findCachedTicker(request!, stored);
      const [listed] = await cache.list();
      const expectedDates = Object.keys(expected);
      assertEquals(
        [listed?.bars, listed?.from, listed?.to],
        [expectedDates.length, expectedDates[0], expectedDates.at(-1)],
        context,
      );
      await using run = await TickerRecords.open(directory, OWN);
      const [checked, ran] = [found.records, run.records].map((records) =>
        pricesOf(
          records.values().map(({ key, rows }) => ({ date: dateOf(key), open: rows[0]![1]! })),
        )
      );
      assertEquals([checked, ran], [expected, expected], context);
      await TickerRecords.foldAll([run]);
      assertEquals((await cache.list())[0]?.bars, expectedDates.length, context);
    });
  }
});

const OWN: JournalIdentity = { ...of, period: "1wk" };

const dateOf = (key: string) => WEEK.find((file) => file.key === key)!.date;

function pricesOf(bars: Iterable<{ date: string; open: number }>): Record<string, number> {
  const prices = [...bars].sort((a, b) => a.date < b.date ? -1 : 1);
  return Object.fromEntries(prices.map(({ date, open }) => [date, open]));
}

/** What has to come out: of each day the price of the file that was written last. */
function newestFirst(state: typeof STATES[number]): Record<string, number> {
  const files: Stored[] = [state.entry, state.own, state.other];
  const prices: { date: string; open: number }[] = [];
  for (const [day, { date }] of WEEK.entries()) {
    const having = files.filter(({ days, isDamaged }) =>
      days.includes(day) && !(isDamaged && day === days.at(-1))
    );
    const newest = Math.max(...having.map(({ atSeconds }) => atSeconds));
    const last = having.findLast(({ atSeconds }) => atSeconds === newest);
    if (last) prices.push({ date, open: last.price });
  }
  return pricesOf(prices);
}

async function store(directory: CacheDirectory, { entry, own, other }: typeof STATES[number]) {
  const recordsOf = ({ days, price }: Stored) =>
    days.map((day) => {
      const file = WEEK[day]!;
      const rows = [[Date.parse(file.date), price, price, price, price, 1, 1]] as const;
      return KeptRecord.of({ ...recordOf(file), rows });
    });
  const path = directory.entryPath(of.dataset, of.ticker);
  await directory.makeParent(path);
  await writeEntry(path, of, recordsOf(entry));
  await finish(path, entry, 2);
  for (const [identity, file] of [[OWN, own], [{ ...of, period: "5y" }, other]] as const) {
    const path = directory.journalPath(identity);
    {
      await using writer = await JournalWriter.open(path, identity);
      writer.append(recordsOf(file));
    }
    await finish(path, file, 1);
  }
}

/** Damages the last record, of which so many lines are left at the end, and dates the file. */
async function finish(path: string, { isDamaged, atSeconds }: Stored, linesFromEnd: number) {
  if (isDamaged) {
    const lines = (await Deno.readTextFile(path)).split("\n");
    const at = lines.length - 1 - linesFromEnd;
    lines[at] = lines[at]!.replace('"size":', '"size":9');
    await Deno.writeTextFile(path, lines.join("\n"));
  }
  await Deno.utime(path, 1_700_000_000 + atSeconds, 1_700_000_000 + atSeconds);
}
