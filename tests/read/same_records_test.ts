import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { CacheDirectory } from "../../lib/cache/directory.ts";
import { writeEntry } from "../../lib/cache/entry.ts";
import type { JournalIdentity } from "../../lib/cache/journal.ts";
import { JournalWriter } from "../../lib/cache/journal_writer.ts";
import { sealLine } from "../../lib/cache/line.ts";
import { KeptRecord, type ObjectRecord } from "../../lib/cache/record.ts";
import { StoredRecords } from "../../lib/cache/stored_records.ts";
import { type Bar, checkSymbols, NotCachedError, openCache, preload } from "../../mod.ts";
import { type PreloadOptions, type ProgressEvent, readBars } from "../../mod.ts";
import { generateStockDays } from "../../fixtures/flat_files.ts";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import { withDirectory } from "../cache/samples.ts";
import { shareOf } from "../share.ts";

const SPAN = { from: "2024-03-04", to: "2024-03-08" };
const DAYS = ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"];
const DATASET = "us_stocks_sip/day_aggs_v1";
const SYMBOL = "BAC-PB";
/** What it may stand for. */
const TICKERS = ["BACpB", "BAC.PB"] as const;
const OWN: JournalIdentity = {
  ...{ host: "files.massive.com", bucket: "flatfiles", dataset: DATASET, ticker: "BACpB" },
  ...{ symbol: SYMBOL, period: "2024-03-04_2024-03-08", interval: "1d" },
};
const JOURNALS: readonly JournalIdentity[] = [
  OWN,
  { ...OWN, period: "5y" },
  { ...OWN, period: "1wk", ticker: "BAC.PB" },
  { ...OWN, period: "2y", host: "other.example" },
];

const WHOLE = { kind: "whole", at: 0 };

/** What becomes of a file once it is written. */
const fates = fc.oneof(
  { weight: 4, arbitrary: fc.constant(WHOLE) },
  fc.record({
    kind: fc.constantFrom("cut", "bit", "empty", "newer", "older", "directory", "link", "twice"),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  }),
);

/** A file: which days it has, in some of which the ticker is not, its fate, and when it was written. */
const files = fc.record({
  days: fc.oneof(fc.constant(DAYS), fc.subarray(DAYS)),
  without: fc.subarray(DAYS, { maxLength: 2 }),
  atSeconds: fc.integer({ min: 1, max: 3 }),
  fate: fates,
});
type StoredFile = typeof files extends fc.Arbitrary<infer File> ? File : never;

const states = fc.record({
  entries: fc.tuple(fc.option(files, { freq: 3 }), fc.option(files, { freq: 2 })),
  journals: fc.tuple(...JOURNALS.map(() => fc.option(files, { freq: 2 }))),
});

type State = { entries: (StoredFile | null)[]; journals: (StoredFile | null)[] };

Deno.test("preload(), readBars(), checkSymbols() and list() find the same, whatever is on the disk", async () => {
  const bucket = new FakeS3();
  for (const { key, bytes } of generateStockDays({ ...SPAN, tickers: 5 })) {
    bucket.objects.put(key, bytes);
  }
  await withDirectory(async (path) => {
    const options = {
      ...{ ...SPAN, fetch: bucket.fetch, keepLimitBytes: 0 },
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
      nowMs: Date.parse("2024-03-09"),
    };
    const seed = `${path}/seed`;
    await preload(["TSLA"], { ...options, cacheDirectory: seed });
    const seeded = await StoredRecords.open(new CacheDirectory(seed));
    const { records } = await seeded.readAll({ ...OWN, ticker: "TSLA" });
    let number = 0;
    const seen = { bars: 0, plain: 0, damaged: 0, refused: 0 };
    const property = fc.asyncProperty(states, async (state) => {
      const cacheDirectory = `${path}/${number++}`;
      await copyFolder(seed, cacheDirectory);
      await store(new CacheDirectory(cacheDirectory), state, [...records.values()]);
      const found = await look({ ...options, cacheDirectory, offline: true });
      const { read, checked, listed, run } = found;
      if (run.error !== undefined) {
        assertEquals([read.error, checked.error], [run.error, run.error]);
        assert(listed.isNamed);
        seen.refused++;
        return;
      }
      const isDamaged = run.isDamaged;
      assertEquals(read, { bars: run.bars, error: isDamaged ? "StorageError" : undefined });
      assertEquals(checked, { bars: run.bars.length, isDamaged, error: undefined });
      assertEquals(listed.bars, run.bars.length);
      const all = [...state.entries, ...state.journals];
      const isPlain = all.every((file) => file === null || file.fate === WHOLE);
      if (isPlain) assertEquals(run.bars, newestFirst(state));
      if (isPlain && run.bars.length > 0) seen.plain++;
      assert(listed.isNamed || !isDamaged);
      if (run.bars.length > 0) seen.bars++;
      if (isDamaged) seen.damaged++;
    });
    await fc.assert(property, { numRuns: shareOf(Array.from({ length: 400 }), 3).length });
    assert(Object.values(seen).every((count) => count > 0), JSON.stringify(seen));
  });
});

/** What each of the four gives; the run comes last, because it mends. */
async function look(options: PreloadOptions) {
  const cache = await openCache(options.cacheDirectory);
  const bars: Bar[] = [];
  const readError = await failureOf(async () => {
    const batches = readBars(cache, { symbols: [SYMBOL], ...SPAN });
    for await (const batch of batches) bars.push(...batch.bars);
  });
  const checked = { bars: 0, isDamaged: false, ticker: "" };
  const checkError = await failureOf(async () => {
    const [check] = Object.values((await checkSymbols([SYMBOL], options)).symbols);
    const isDamaged = check!.findings.some(({ kind }) => kind === "damaged");
    Object.assign(checked, { bars: check!.bars, isDamaged, ticker: check!.ticker });
  });
  let isNamed = false;
  const list = await cache.list({ onNewer: () => isNamed = true });
  const listed = list.find(({ ticker }) => ticker === checked.ticker)?.bars ?? 0;
  let isDamaged = false;
  const reporter = (event: ProgressEvent) => {
    isDamaged ||= event.type === "notice" && /cache entry of .* is damaged/.test(event.message);
  };
  let ran: readonly Bar[] = [];
  const runError = await failureOf(async () => {
    ran = Object.values((await preload([SYMBOL], { ...options, reporter })).bars)[0] ?? [];
  });
  return {
    run: { bars: pricesOf(ran), isDamaged, error: runError },
    read: { bars: pricesOf(bars), error: readError },
    checked: { bars: checked.bars, isDamaged: checked.isDamaged, error: checkError },
    listed: { bars: listed, isNamed },
  };
}

/**
 * What has to come out where every file is whole: of the first spelling that has a row, on each day
 * what the file has that was written last, of one time the journal whose name comes last.
 */
function newestFirst({ entries, journals }: State): string[] {
  const ofSpellings = [
    [[entries[0], 1], [journals[0], 10], [journals[1], 11]],
    [[entries[1], 2], [journals[2], 12]],
  ] as const;
  for (const files of ofSpellings) {
    const rows = DAYS.map((day) => {
      const having = files.filter(([file]) => file?.days.includes(day));
      const newest = Math.max(...having.map(([file]) => file!.atSeconds));
      const last = having.findLast(([file]) => file!.atSeconds === newest);
      return last && !last[0]!.without.includes(day) ? `${day} ${last[1]}` : undefined;
    });
    const bars = rows.filter((row) => row !== undefined);
    if (bars.length > 0) return bars;
  }
  return [];
}

/** The name of what is thrown; that nothing is recorded is none. */
async function failureOf(action: () => Promise<void>): Promise<string | undefined> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof NotCachedError)) return (error as Error).name;
  }
}

const pricesOf = (bars: readonly Bar[]) => bars.map(({ date, open }) => `${date} ${open}`);

/** Puts the files of a state into a cache; each has prices of its own. */
async function store(
  directory: CacheDirectory,
  { entries, journals }: State,
  versions: readonly ObjectRecord[],
) {
  for (const [i, file] of entries.entries()) {
    if (file === null) continue;
    const path = directory.entryPath(DATASET, TICKERS[i]!);
    await writeEntry(path, { ...OWN, ticker: TICKERS[i]! }, recordsOf(file, i + 1, versions));
    await finish(path, file);
  }
  for (const [i, file] of journals.entries()) {
    if (file === null) continue;
    const path = directory.journalPath(JOURNALS[i]!);
    {
      await using writer = await JournalWriter.open(path, JOURNALS[i]!);
      writer.append(recordsOf(file, i + 10, versions));
    }
    // What the run would write to, and so refuses, or what is no file, is nothing to read.
    const isLeft = i === 0 ? /directory|link|newer/ : /directory|link/;
    await finish(path, isLeft.test(file.fate.kind) ? { ...file, fate: WHOLE } : file);
  }
}

function recordsOf(
  { days, without }: StoredFile,
  price: number,
  versions: readonly ObjectRecord[],
): KeptRecord[] {
  return days.map((date) => {
    const { key, size, etag } = versions.find(({ key }) => key.includes(date))!;
    const row = [Date.parse(`${date}T05:00:00Z`), price, price, price, price, 1, 1];
    return KeptRecord.of({ key, size, etag, rows: without.includes(date) ? [] : [row] });
  });
}

/** Lets a file meet its fate, and dates it. */
async function finish(path: string, { fate: { kind, at }, atSeconds }: StoredFile) {
  const bytes = await Deno.readFile(path);
  const place = Math.floor(at * bytes.length);
  const [header, ...lines] = new TextDecoder().decode(bytes).split(/(?<=\n)/);
  const { crc: _, ...content } = JSON.parse(header!);
  const ofVersion = (version: number) => sealLine({ ...content, version }, 0) + lines.join("");
  if (kind === "cut") await Deno.writeFile(path, bytes.subarray(0, place));
  if (kind === "bit") await Deno.writeFile(path, bytes.with(place, bytes[place]! ^ 1));
  if (kind === "empty") await Deno.writeFile(path, new Uint8Array());
  if (kind === "newer") await Deno.writeTextFile(path, ofVersion(2));
  if (kind === "older") await Deno.writeTextFile(path, ofVersion(0));
  if (kind === "twice") {
    await Deno.writeTextFile(path, [header, lines.at(-2) ?? "", ...lines].join(""));
  }
  if (kind === "directory" || kind === "link") {
    await Deno.rename(path, `${path}.real`);
    if (kind === "link") await Deno.symlink(`${path}.real`, path);
    else await Deno.mkdir(path);
  } else await Deno.utime(path, 1_700_000_000 + atSeconds, 1_700_000_000 + atSeconds);
}

async function copyFolder(from: string, to: string) {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
