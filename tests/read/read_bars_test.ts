import { assert, assertEquals, assertRejects } from "@std/assert";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { writeEntry } from "../../lib/cache/entry.ts";
import { sealLine } from "../../lib/cache/line.ts";
import { KeptRecord, type ObjectRecord, type Row } from "../../lib/cache/record.ts";
import { JournalError, NotCachedError, StorageError, UsageError } from "../../lib/errors.ts";
import type { BarBatch } from "../../lib/market/bar.ts";
import { sourceOf } from "../../lib/market/interval.ts";
import { resample } from "../../lib/market/resample.ts";
import { openCache } from "../../lib/read/open_cache.ts";
import { readBars, type ReadRequest } from "../../lib/read/read_bars.ts";
import { withDirectory } from "../cache/samples.ts";

const STOCKS = "us_stocks_sip/day_aggs_v1";
const ALL = { from: "2000-01-01", to: "2030-12-31" };

/** A record with `rows` bars at an opening price, some of its minutes. */
function recordOf(date: string, { open = 1, rows = 1, dataset = STOCKS } = {}): ObjectRecord {
  const [year, month] = date.split("-");
  return {
    key: `${dataset}/${year}/${month}/${date}.csv.gz`,
    size: 9,
    etag: `e${open}`,
    rows: Array.from({ length: rows }, (_, i): Row => {
      return [Date.parse(date) + i * 60_000, open, open, open, open, null, null];
    }),
  };
}

/** Runs with a cache directory that has entries, by ticker. */
async function withCache(
  entries: Readonly<Record<string, readonly ObjectRecord[]>>,
  run: (path: string) => Promise<void>,
  { dataset = STOCKS } = {},
): Promise<void> {
  await withDirectory(async (path) => {
    for (const [ticker, records] of Object.entries(entries)) {
      await addEntry(path, ticker, { records, dataset });
    }
    await run(path);
  });
}

async function addEntry(
  path: string,
  ticker: string,
  { records, dataset }: { records: readonly ObjectRecord[]; dataset: string },
): Promise<void> {
  const directory = new CacheDirectory(path);
  const entryPath = directory.entryPath(dataset, ticker);
  await directory.makeParent(entryPath);
  const kept = records.map((record) => KeptRecord.of(record));
  await writeEntry(entryPath, { dataset, ticker, symbol: ticker }, kept);
}

async function read(path: string, request: ReadRequest): Promise<BarBatch[]> {
  return await Array.fromAsync(readBars(await openCache(path), request));
}

/** Dates and opening prices. */
const opensOf = (batches: readonly BarBatch[]) =>
  batches.flatMap(({ symbol, bars }) => bars.map(({ date, open }) => `${symbol} ${date} ${open}`));

Deno.test("readBars() reads the dates of the span, symbol by symbol in the request's order", async () => {
  const days = ["2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"];
  const records = days.map((date, i) => recordOf(date, { open: i }));
  await withCache({ AAPL: records, TSLA: records.toReversed() }, async (path) => {
    const span = { from: "2024-03-06", to: "2024-03-07" };
    const batches = await read(path, { symbols: ["TSLA", "AAPL", "tsla"], ...span });
    assertEquals(opensOf(batches), [
      "TSLA 2024-03-06 1",
      "TSLA 2024-03-07 2",
      "AAPL 2024-03-06 1",
      "AAPL 2024-03-07 2",
    ]);
    assertEquals(batches[0]!.bars[0], {
      date: "2024-03-06",
      timestamp: Date.parse("2024-03-06T05:00:00Z"),
      ...{ open: 1, high: 1, low: 1, close: 1, volume: null, transactions: null },
    });
    const nowMs = Date.parse("2024-03-07T12:00:00Z");
    const lastTwo = await read(path, { symbols: ["AAPL"], period: "2d", nowMs });
    assertEquals(opensOf(lastTwo), ["AAPL 2024-03-06 1", "AAPL 2024-03-07 2"]);
  });
});

Deno.test("readBars() finds the ticker that a symbol stands for", async () => {
  const records = [recordOf("2024-03-07")];
  await withCache({ BACpB: records, "BRK.B": records, TSLA: records }, async (path) => {
    const batches = await read(path, { symbols: ["BAC-PB", "BRK-B", "tsla"], ...ALL });
    assertEquals(batches.map(({ symbol }) => symbol), ["BAC-PB", "BRK-B", "TSLA"]);
  });
  const dataset = "global_crypto/day_aggs_v1";
  const pair = [recordOf("2024-03-07", { dataset })];
  await withCache({ "X:BTC-USD": pair }, async (path) => {
    assertEquals(opensOf(await read(path, { symbols: ["BTC-USD"], ...ALL })), [
      "BTC-USD 2024-03-07 1",
    ]);
  }, { dataset });
});

Deno.test("readBars() puts some thousand bars into a batch, and never all of a large entry", async () => {
  const dates = Array.from({ length: 60 }, (_, i) => {
    return new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
  });
  const dataset = "us_stocks_sip/minute_aggs_v1";
  const records = dates.map((date) => recordOf(date, { rows: 390, dataset }));
  await withCache({ TSLA: records }, async (path) => {
    const { size } = await Deno.stat(new CacheDirectory(path).entryPath(dataset, "TSLA"));
    assert(size < 60 * 390 * 40, "the entry is not compressed");
    const batches = await read(path, { symbols: ["TSLA"], ...ALL, interval: "1m" });
    assertEquals(batches.map(({ bars }) => bars.length), Array(20).fill(1_170));
    const stamps = batches.flatMap(({ bars }) => bars.map(({ timestamp }) => timestamp));
    assertEquals(stamps, stamps.toSorted((a, b) => a - b));
    assertEquals(stamps.length, 60 * 390);
  }, { dataset });
});

Deno.test("readBars() makes the bars of a longer interval, across its batches", async () => {
  const dates = Array.from({ length: 40 }, (_, i) => {
    return new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
  });
  const dataset = "us_stocks_sip/minute_aggs_v1";
  const days = dates.map((date, open) => recordOf(date, { open }));
  const minutes = dates.map((date, open) => recordOf(date, { open, rows: 1_000, dataset }));
  await withCache({ TSLA: days }, async (path) => {
    await addEntry(path, "TSLA", { records: minutes, dataset });
    for (const interval of ["1d", "1wk", "1mo", "1m", "5m", "1h"] as const) {
      const request = { symbols: ["TSLA"], ...ALL };
      const source = sourceOf(interval);
      const sources = await read(path, { ...request, interval: source });
      const want = resample(sources.flatMap(({ bars }) => bars), interval, { asset: "stock" });
      const batches = await read(path, { ...request, interval });
      const got = batches.flatMap(({ bars }) => bars);
      assertEquals(got, interval === source ? sources.flatMap(({ bars }) => bars) : [...want]);
      assert(got.length >= 2 && batches.every(({ bars }) => bars.length > 0));
    }
    const hours = { interval: "1h", hours: "regular" };
    const regular = await read(path, { symbols: ["TSLA"], ...ALL, ...hours });
    const starts = regular.flatMap(({ bars }) =>
      bars.map(({ timestamp }) => new Date(timestamp).getUTCHours())
    );
    assertEquals(starts.slice(0, 4), [14, 15, 16, 14]);
  });
});

Deno.test("readBars() of a symbol that is not cached throws before the first batch", async () => {
  await withCache({ AAPL: [recordOf("2024-03-07")] }, async (path) => {
    const batches = readBars(await openCache(path), { symbols: ["AAPL", "TSLA"], ...ALL });
    const error = await assertRejects(() => batches.next(), NotCachedError);
    assertEquals([error.symbol, error.dataset], ["TSLA", STOCKS]);
    assertEquals(
      error.message,
      `Cannot read bars of "TSLA": nothing of ${STOCKS} is cached for it`,
    );
    await assertRejects(() => read(path, { symbols: [], ...ALL }), UsageError);
    await assertRejects(() => read(path, { symbols: ["T/L"], ...ALL }), UsageError);
  });
});

Deno.test("readBars() of a symbol whose files have no bar of it, or none in the span, is empty", async () => {
  const records = [recordOf("2024-03-06", { rows: 0 }), recordOf("2024-03-07", { rows: 0 })];
  await withCache({ TSLA: records, AAPL: [recordOf("2024-03-07")], A: [] }, async (path) => {
    assertEquals(await read(path, { symbols: ["TSLA", "A"], ...ALL }), []);
    assertEquals(await read(path, { symbols: ["AAPL"], from: "2024-03-08" }), []);
  });
});

Deno.test("readBars() takes records of an interrupted run, the last written of two", async () => {
  const [one, two, three, four] = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07"] as const;
  await withCache({ TSLA: [recordOf(two), recordOf(four)] }, async (path) => {
    const cache = await openCache(path);
    const found = async () => opensOf(await read(path, { symbols: ["TSLA"], ...ALL }));
    const again = [four, three, one].map((date) => recordOf(date, { open: 2 }));
    await cache.saveProgress({ symbol: "TSLA", period: "5y" }, again);
    await cache.saveProgress({ symbol: "AAPL", period: "5y" }, [recordOf(three, { open: 9 })]);
    const entryPath = new CacheDirectory(path).entryPath(STOCKS, "TSLA");
    await Deno.utime(entryPath, 1_000, 1_000);
    assertEquals(await found(), [
      `TSLA ${one} 2`,
      `TSLA ${two} 1`,
      `TSLA ${three} 2`,
      `TSLA ${four} 2`,
    ]);
    await Deno.utime(entryPath, 4e9, 4e9);
    assertEquals((await found()).at(-1), `TSLA ${four} 1`);
    await cache.saveProgress({ symbol: "TSLA", period: "2y" }, [recordOf(one, { open: 3 })]);
    await Deno.utime(`${path}/.progress_TSLA_2y_1d.ndjson`, 3e9, 3e9);
    assertEquals((await found())[0], `TSLA ${one} 3`);
    await Deno.utime(`${path}/.progress_TSLA_2y_1d.ndjson`, 1_000, 1_000);
    assertEquals((await found())[0], `TSLA ${one} 2`);
  });
});

Deno.test("readBars() reads a symbol of which nothing but a marker is there", async () => {
  await withDirectory(async (path) => {
    const cache = await openCache(path);
    const records = [recordOf("2024-03-07"), recordOf("2024-03-06")];
    await cache.saveProgress({ symbol: "TSLA", period: "5y" }, records);
    await Deno.writeTextFile(`${path}/.progress_AAPL_5y_1d.ndjson`, "{}\n");
    const newer = { format: "flatfetch-journal", version: 9 };
    await Deno.writeTextFile(`${path}/.progress_A_5y_1d.ndjson`, sealLine(newer, 0));
    assertEquals(opensOf(await read(path, { symbols: ["TSLA"], ...ALL })), [
      "TSLA 2024-03-06 1",
      "TSLA 2024-03-07 1",
    ]);
    await assertRejects(() => read(path, { symbols: ["AAPL"], ...ALL }), NotCachedError);
  });
});

Deno.test("readBars() never gives a wrong bar of a damaged entry, nor ends as if it were whole", async () => {
  const records = ["2024-03-05", "2024-03-06", "2024-03-07"].map((date) => recordOf(date));
  await withCache({ TSLA: records }, async (path) => {
    const entryPath = new CacheDirectory(path).entryPath(STOCKS, "TSLA");
    const whole = await Deno.readFile(entryPath);
    const header = whole.indexOf(10) + 1;
    const true_ = opensOf(await read(path, { symbols: ["TSLA"], ...ALL }));
    for (let at = header; at < whole.length; at += 3) {
      const damaged = whole.slice();
      damaged[at]! ^= 1 << at % 8;
      await Deno.writeFile(entryPath, damaged);
      const got: BarBatch[] = [];
      const error = await assertRejects(async () => {
        const cache = await openCache(path);
        for await (const batch of readBars(cache, { symbols: ["TSLA"], ...ALL })) got.push(batch);
      }, StorageError);
      assertEquals(error.path, entryPath);
      assert(opensOf(got).every((bar) => true_.includes(bar)), `byte ${at}`);
    }
    await Deno.writeFile(entryPath, whole.slice(0, -9));
    await assertRejects(() => read(path, { symbols: ["TSLA"], ...ALL }), StorageError, "damaged");
    const [first, ...lines] = new TextDecoder().decode(whole).split(/(?<=\n)/);
    await Deno.writeTextFile(entryPath, [first, lines[1], lines[0]].join(""));
    await assertRejects(() => read(path, { symbols: ["TSLA"], ...ALL }), StorageError, "damaged");
  });
});

Deno.test("readBars() gives the bars of what can be read of a damaged entry, of weeks too, before it throws", async () => {
  const dates = ["2024-03-05", "2024-03-06", "2024-03-07"];
  await withCache({ TSLA: dates.map((date) => recordOf(date)) }, async (path) => {
    const entryPath = new CacheDirectory(path).entryPath(STOCKS, "TSLA");
    await Deno.writeFile(entryPath, (await Deno.readFile(entryPath)).subarray(0, -1));
    for (const [interval, count] of [["1d", 3], ["1wk", 1]] as const) {
      const batches: BarBatch[] = [];
      const cache = await openCache(path);
      await assertRejects(
        async () => {
          const request = { symbols: ["TSLA"], ...ALL, interval };
          for await (const batch of readBars(cache, request)) batches.push(batch);
        },
        StorageError,
        "damaged",
      );
      assertEquals(batches.flatMap(({ bars }) => bars).length, count);
    }
  });
});

Deno.test("readBars() takes an entry that stands in another's place for damaged, and refuses a newer one", async () => {
  await withCache({ TSLA: [recordOf("2024-03-07")] }, async (path) => {
    const directory = new CacheDirectory(path);
    const otherPath = directory.entryPath(STOCKS, "AAPL");
    await Deno.copyFile(directory.entryPath(STOCKS, "TSLA"), otherPath);
    await assertRejects(() => read(path, { symbols: ["AAPL"], ...ALL }), StorageError, "damaged");
    await Deno.writeTextFile(otherPath, sealLine({ format: "flatfetch-bars", version: 9 }, 0));
    await assertRejects(() => read(path, { symbols: ["AAPL"], ...ALL }), JournalError);
  });
});
