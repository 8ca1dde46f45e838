import { assertEquals } from "@std/assert";
import { gzipText } from "../../fixtures/flat_files.ts";
import { FakeS3 } from "../../fixtures/s3_server.ts";
import type { DatedObject } from "../../lib/dated_object.ts";
import { IntegrityError, S3Error } from "../../lib/errors.ts";
import type { Demand, Task } from "../../lib/load/plan.ts";
import { preload } from "../../lib/load/preload.ts";
import { divideFiles, filesOfEach, type LoadedSymbol } from "../../lib/load/loaded_symbol.ts";
import { summarize, summarizeSymbol } from "../../lib/load/summarize.ts";
import { NO_UPDATE, type Update } from "../../lib/load/summary.ts";
import {
  AAPL,
  DATASET,
  fileOf,
  LISTING,
  loadedOf,
  recordOf,
  TODAY,
  TSLA,
  WEEK,
} from "./loaded_samples.ts";

const symbolFiles = (loaded: LoadedSymbol) => divideFiles(loaded, WEEK);

/** The account of a symbol over the week. */
const accountOf = (loaded: LoadedSymbol) => summarizeSymbol(loaded, symbolFiles(loaded), () => []);

const failureOf = (object: DatedObject, error: unknown) => ({
  task: { object, demands: [] } as Task<Demand>,
  error,
});
const refusalOf = (object: DatedObject) =>
  failureOf(object, new S3Error("no", { code: "AccessDenied", status: 403, key: object.key }));
const damageOf = (object: DatedObject) =>
  failureOf(object, new IntegrityError("bad", { key: object.key, check: "gzip" }));

function updateOf(more: Partial<Update>, counts: Partial<Update["counts"]> = {}): Update {
  return { ...NO_UPDATE, counts: { ...NO_UPDATE.counts, ...counts }, ...more };
}

const giveWay = () => Promise.resolve();

const resultOf = async (loaded: readonly LoadedSymbol[], update = NO_UPDATE) =>
  await summarize([TSLA!, AAPL!], await filesOfEach(loaded, LISTING, { giveWay }), {
    update,
    families: [],
    actions: undefined,
    settings: { adjust: undefined, fixSplits: undefined, follow: false },
    elapsedMs: 12.3,
    suggestionRequests: 0,
    giveWay,
  });

const summaryOf = async (loaded: readonly LoadedSymbol[], update?: Update) =>
  (await resultOf(loaded, update)).summary;

Deno.test("summarizeSymbol() counts the bars and gives their first and last date", () => {
  const loaded = loadedOf(WEEK.map((file) => recordOf(file)), { cached: true });
  assertEquals(accountOf(loaded), {
    dataset: DATASET,
    ticker: "TSLA",
    interval: "1d",
    bars: 4,
    files: 4,
    from: "2024-03-05",
    to: "2024-03-08",
    cached: true,
  });
});

Deno.test("summarizeSymbol() suggests other tickers only where there is no bar", () => {
  const suggestions = ["TSLA", "TSLL"];
  const loaded = loadedOf([recordOf(WEEK[0]!)], { suggestions });
  assertEquals("suggestions" in accountOf(loaded), false);
  const empty = loadedOf([recordOf(WEEK[0]!, [])], { suggestions });
  const { bars, from, to, ...none } = accountOf(empty);
  assertEquals([bars, from, to, none.suggestions], [0, null, null, suggestions]);
  assertEquals("suggestions" in accountOf(loadedOf([])), false);
});

Deno.test("summarize() puts the symbols in the order of the request", async () => {
  const loaded = [loadedOf([], { request: AAPL! }), loadedOf([])];
  const { bars, summary } = await resultOf(loaded);
  assertEquals(Object.keys(bars), ["TSLA", "AAPL"]);
  assertEquals(Object.keys(summary.symbols), ["TSLA", "AAPL"]);
});

Deno.test("summarize() of what the cache had alone counts every file as recorded", async () => {
  const records = WEEK.map((file) => recordOf(file));
  const loaded = [loadedOf(records), loadedOf(records, { request: AAPL! })];
  const { symbols: _, ...summary } = await summaryOf(loaded);
  assertEquals(summary, {
    files: {
      listed: 4,
      recorded: 4,
      fromStore: 0,
      fromLake: 0,
      downloaded: 0,
      failed: 0,
      refused: 0,
      md5Checked: 0,
    },
    bytesDownloaded: 0,
    requests: 0,
    elapsedMs: 12,
    failures: [],
    complete: true,
  });
});

Deno.test("summarize() accounts for each file once, as recorded, brought, failed or refused", async () => {
  const loaded = [loadedOf([recordOf(WEEK[0]!), recordOf(WEEK[2]!)])];
  const failures = [damageOf(WEEK[3]!), refusalOf(WEEK[1]!)];
  const counts = { downloaded: 1, md5Checked: 1, bytesDownloaded: 10 };
  const update = updateOf({ failures, requests: 9 }, counts);
  const { symbols: _, ...summary } = await summaryOf(loaded, update);
  assertEquals(summary, {
    files: {
      listed: 4,
      recorded: 1,
      fromStore: 0,
      fromLake: 0,
      downloaded: 1,
      failed: 1,
      refused: 1,
      md5Checked: 1,
    },
    bytesDownloaded: 10,
    requests: 9,
    elapsedMs: 12,
    failures: [
      {
        key: WEEK[1]!.key,
        date: "2024-03-06",
        cause: "not included in your plan",
        message: "no",
      },
      { key: WEEK[3]!.key, date: "2024-03-08", cause: "its gzip is damaged", message: "bad" },
    ],
    complete: false,
  });
});

Deno.test("summarize() calls nothing complete that lacks a listed file of any symbol", async () => {
  const all = WEEK.map((file) => recordOf(file));
  const missing = loadedOf(all.slice(1), { request: AAPL! });
  assertEquals((await summaryOf([loadedOf(all), missing], updateOf({}))).complete, false);
  const older = loadedOf(all.map((one) => ({ ...one, size: 11 })));
  assertEquals((await summaryOf([older], updateOf({}))).complete, false);
  assertEquals((await summaryOf([loadedOf(all)], updateOf({}))).complete, true);
});

Deno.test("summarize() counts a file that was removed after the listing as listed and failed", async () => {
  const gone = fileOf("2024-03-04");
  const error = new S3Error("gone", { code: "NoSuchKey", status: 404, key: gone.key });
  const update = updateOf({ failures: [failureOf(gone, error)] }, { downloaded: 4 });
  const { files, complete } = await summaryOf(
    [loadedOf(WEEK.map((file) => recordOf(file)))],
    update,
  );
  assertEquals([files.listed, files.downloaded, files.failed, files.recorded], [5, 4, 1, 0]);
  assertEquals(complete, false);
});

Deno.test("preload() counts a file that cannot be read as failed, not as downloaded", async () => {
  const s3 = new FakeS3();
  const header = "ticker,volume,open,close,high,low,window_start,transactions\n";
  const good = gzipText(`${header}TSLA,1,1,1,1,1,1709787600000000000,1\n`);
  const damaged = good.slice();
  damaged[damaged.length - 8]! ^= 1;
  s3.objects.put(fileOf("2024-03-06").key, good);
  s3.objects.put(fileOf("2024-03-07").key, damaged);
  s3.objects.put(fileOf("2024-03-08").key, gzipText(header.replace("close", "closing")));
  const cacheDirectory = await Deno.makeTempDir();
  try {
    const { summary } = await preload(["TSLA"], {
      cacheDirectory,
      credentials: { accessKeyId: "ID", secretAccessKey: "SECRET" },
      endpoint: "https://files.test",
      fetch: s3.fetch,
      period: "1wk",
      nowMs: Date.parse(`${TODAY}T12:00:00Z`),
    });
    assertEquals(summary.files, {
      listed: 3,
      recorded: 0,
      fromStore: 0,
      fromLake: 0,
      downloaded: 1,
      failed: 2,
      refused: 0,
      md5Checked: 1,
    });
    assertEquals(summary.bytesDownloaded, good.length);
    assertEquals(summary.failures.map(({ date }) => date), ["2024-03-07", "2024-03-08"]);
  } finally {
    await Deno.remove(cacheDirectory, { recursive: true });
  }
});
