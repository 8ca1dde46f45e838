/**
 * flatfetch brings market data out of Massive.com's flat files to this machine: in
 * parallel, resumably, verified, once.
 *
 * {@linkcode preload} is the whole job, {@linkcode estimate} says what it would do;
 * {@linkcode openCache} looks at what is kept, {@linkcode readBars} reads it,
 * {@linkcode writeBars} writes it to a file, {@linkcode checkSymbols} and
 * {@linkcode checkBars} say what is missing or cannot be true, {@linkcode diagnose} why a run
 * cannot work, and {@linkcode S3Client} talks to the bucket alone. What waits takes an
 * `AbortSignal`. {@linkcode exportDataset} makes Parquet of whole datasets, in a
 * {@linkcode FolderTarget} or a {@linkcode BucketTarget}, and {@linkcode checkPlace} compares that
 * with what the vendor's bucket lists.
 *
 * Besides symbols `preload()` takes families, as in
 * `preload(["O:SPY*", chainName("SPX", { expiry: "2025-12" })])`; the result's `batches()` and
 * {@linkcode readBars} hold none of their bars, however many there are.
 *
 * @example The whole job; here a server in memory stands in for the bucket
 * ```ts
 * import { openCache, preload, readBars, writeBars } from "./mod.ts";
 * import { generateStockDays } from "./fixtures/flat_files.ts";
 * import { FakeS3 } from "./fixtures/s3_server.ts";
 *
 * const span = { from: "2024-03-01", to: "2024-03-08" };
 * const bucket = new FakeS3();
 * for (const { key, bytes } of generateStockDays(span)) bucket.objects.put(key, bytes);
 *
 * const cacheDirectory = await Deno.makeTempDir();
 * const { bars, summary } = await preload(["TSLA"], {
 *   ...span,
 *   cacheDirectory,
 *   credentials: { accessKeyId: "id", secretAccessKey: "secret" },
 *   fetch: bucket.fetch,
 * });
 * if (!summary.complete || bars["TSLA"]?.length !== 6) throw new Error("a bar is missing");
 *
 * const batches = readBars(await openCache(cacheDirectory), { symbols: ["TSLA"], ...span });
 * await writeBars(`${cacheDirectory}/tsla.parquet`, batches, { format: "parquet" });
 * ```
 *
 * @example What a cache has
 * ```ts
 * import { openCache } from "./mod.ts";
 *
 * const cache = await openCache(await Deno.makeTempDir());
 * for (const { symbol, bars, from, to } of await cache.list()) {
 *   console.log(symbol, bars, from, to);
 * }
 * ```
 *
 * @example Bars of another length
 * ```ts
 * import { type Bar, resample } from "./mod.ts";
 *
 * const days: Bar[] = ["2024-03-07", "2024-03-08", "2024-03-11"].map((date) => ({
 *   date,
 *   timestamp: Date.parse(`${date}T05:00:00Z`),
 *   open: 175,
 *   high: 182,
 *   low: 174,
 *   close: 178,
 *   volume: 100,
 *   transactions: 9,
 * }));
 * const weeks = [...resample(days, "1wk", { asset: "stock" })];
 * if (weeks.length !== 2 || weeks[0]?.volume !== 200) throw new Error("want two weeks");
 * ```
 *
 * @example What cannot be true of bars
 * ```ts
 * import { checkBars } from "./mod.ts";
 *
 * const timestamp = Date.parse("2024-03-07T05:00:00Z");
 * const bar = { date: "2024-03-07", timestamp, open: 10, high: 9, low: 8, close: 8.5 };
 * const bars = [{ ...bar, volume: 100, transactions: 7 }];
 * const [finding] = checkBars(bars, { asset: "stock" });
 * if (finding?.text !== "high 9 is below open 10") throw new Error("nothing was found");
 * ```
 *
 * @example The bucket alone
 * ```ts
 * import { S3Client } from "./mod.ts";
 * import { FakeS3 } from "./fixtures/s3_server.ts";
 *
 * const bucket = new FakeS3();
 * bucket.objects.put("us_stocks_sip/a.csv.gz", new Uint8Array([1, 2, 3]));
 *
 * using client = new S3Client({
 *   endpoint: "https://files.massive.com",
 *   bucket: "flatfiles",
 *   credentials: { accessKeyId: "id", secretAccessKey: "secret" },
 *   fetch: bucket.fetch,
 * });
 * for await (const { key, size, etag } of client.list("us_stocks_sip/")) {
 *   const { bytes } = await client.get(key, { size, ifMatch: etag });
 *   if (bytes.length !== 3) throw new Error("not whole");
 * }
 * ```
 *
 * @module
 */

export { preload } from "./lib/load/preload.ts";
export { type Estimate, estimate } from "./lib/load/estimate.ts";
export { type PreloadOptions } from "./lib/settings.ts";
export type { FileFailure, PreloadResult, Summary, SymbolSummary } from "./lib/load/summary.ts";
export type { ProgressEvent, Reporter } from "./lib/progress.ts";

export {
  exportDataset,
  type ExportOptions,
  type ExportResult,
} from "./lib/export/export_dataset.ts";
export {
  checkPlace,
  type CheckPlaceOptions,
  type DatasetCheck,
  type PlaceCheck,
} from "./lib/export/check_place.ts";
export { FolderTarget } from "./lib/export/folder_target.ts";
export { BucketTarget } from "./lib/export/bucket_target.ts";

export { type CheckResult, checkSymbols, type SymbolCheck } from "./lib/check/check.ts";
export { checkBars } from "./lib/market/bar_defects.ts";
export type { Finding } from "./lib/market/finding.ts";

export { diagnose } from "./lib/doctor/doctor.ts";
export type { SetupCheck } from "./lib/doctor/setup_check.ts";

export { type Cache, openCache } from "./lib/read/open_cache.ts";
export type { CachedBars } from "./lib/read/cached_bars.ts";

export { parseSymbol } from "./lib/market/symbol.ts";
export { chainName } from "./lib/market/ticker_family.ts";
export { type Interval } from "./lib/market/interval.ts";
export { resample } from "./lib/market/resample.ts";
export type { Bar, BarBatch } from "./lib/market/bar.ts";
export { adjust, type Split } from "./lib/adjust/split.ts";
export { loadDividends, loadSplits } from "./lib/adjust/load_actions.ts";
export { readBars, type ReadRequest } from "./lib/read/read_bars.ts";
export { type OutputFormat } from "./lib/output/format.ts";
export { writeBars, writeBarsBySymbol } from "./lib/output/write_bars.ts";
export { chartPage } from "./lib/chart/page.ts";

export { S3Client } from "./lib/s3/client.ts";
export { type Credentials, findCredentials } from "./lib/s3/credentials.ts";

export {
  ConfigurationError,
  DeclinedError,
  EntitlementError,
  IntegrityError,
  JournalError,
  LockedError,
  NetworkError,
  NotCachedError,
  ObjectChangedError,
  OfflineError,
  RestError,
  S3Error,
  StorageError,
  TemporaryError,
  UsageError,
} from "./lib/errors.ts";
