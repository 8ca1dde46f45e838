/**
 * flatfetch brings market data out of Massive.com's flat files to this machine: in
 * parallel, resumably, verified, once.
 *
 * {@linkcode preload} is the whole job, {@linkcode estimate} says what it would do;
 * {@linkcode openCache} looks at what is kept, {@linkcode readBars} reads it,
 * {@linkcode writeBars} writes it to a file, {@linkcode checkSymbols} and
 * {@linkcode checkBars} say what is missing or cannot be true, {@linkcode diagnose} why a run
 * cannot work, and {@linkcode S3Client} talks to the bucket alone. What waits takes an
 * `AbortSignal`.
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
export {
  type DatasetEstimate,
  type Estimate,
  estimate,
  type EstimateTotal,
  type FetchTotal,
} from "./lib/load/estimate.ts";
export {
  type ActionFile,
  DEFAULT_BUCKET,
  DEFAULT_ENDPOINT,
  type FileTotal,
  type PreloadOptions,
  type SplitSource,
} from "./lib/settings.ts";
export type { RequestOptions } from "./lib/request.ts";
export type { ColumnOptions } from "./lib/output/columns.ts";
export type { ResultBars } from "./lib/load/result_bars.ts";
export type {
  FileCounts,
  FileFailure,
  PreloadResult,
  Summary,
  SymbolSummary,
} from "./lib/load/summary.ts";
export type { AppliedSplit } from "./lib/adjust/correct_splits.ts";
export type { AppliedDividend } from "./lib/adjust/dividend_factors.ts";
export type { FileOutcome, ProgressEvent, ReportedSymbol, Reporter } from "./lib/progress.ts";

export {
  type CheckOptions,
  type CheckResult,
  checkSymbols,
  type SymbolCheck,
} from "./lib/check/check.ts";
export { type BarsContext, checkBars } from "./lib/market/bar_defects.ts";
export type { Strays } from "./lib/bucket/dated_files.ts";
export { type AbsencesContext, checkAbsences, type TickerDay } from "./lib/market/absences.ts";
export type { Finding, FindingKind, Severity } from "./lib/market/finding.ts";

export { diagnose } from "./lib/doctor/doctor.ts";
export type {
  DoctorOptions,
  SetupCheck,
  SetupCheckName,
  SetupCheckReason,
} from "./lib/doctor/setup_check.ts";
export type { CoverageSpan } from "./lib/bucket/coverage.ts";
export type { Filesystem } from "./lib/cache/filesystem.ts";

export {
  Cache,
  type CachedBars,
  type ClearOptions,
  type ForgottenFile,
  type ListOptions as CacheListOptions,
  openCache,
  type Progress,
  type RecordSource,
} from "./lib/read/open_cache.ts";
export type { JournalIdentity } from "./lib/cache/journal.ts";
export type { ObjectRecord, Row } from "./lib/cache/record.ts";

export {
  type Asset,
  ASSETS,
  type MarketSymbol,
  parseAsset,
  parseSymbol,
  type SymbolOptions,
} from "./lib/market/symbol.ts";
export { type ChainFilter, chainName } from "./lib/market/ticker_family.ts";
export {
  type Interval,
  INTERVALS,
  parseInterval,
  type SourceInterval,
  sourceOf,
} from "./lib/market/interval.ts";
export { type Hours, parseHours, type Zone, zoneOf } from "./lib/market/hours.ts";
export { resample, type ResampleOptions, Resampler } from "./lib/market/resample.ts";
export {
  parseDate,
  type Period,
  type PeriodDefaults,
  type PeriodRequest,
  resolvePeriod,
} from "./lib/market/period.ts";
export type { Bar, BarBatch, BarBatches } from "./lib/market/bar.ts";
export type { TickerSpan } from "./lib/market/ticker_history.ts";
export {
  adjust,
  type AdjustOptions,
  type DividendFactor,
  type Split,
  splitsAfter,
} from "./lib/adjust/split.ts";
export { findSplitLikeJumps, type SplitLikeJump } from "./lib/adjust/split_jump.ts";
export { parseSplits } from "./lib/adjust/split_text.ts";
export { loadSplits, type LoadSplitsOptions } from "./lib/adjust/load_actions.ts";
export type { RestOptions } from "./lib/adjust/kept_answers.ts";
export { API_KEY_NAMES, type ApiKey, findApiKey } from "./lib/rest/api_key.ts";
export { DEFAULT_API_ENDPOINT, type RestRetry } from "./lib/rest/client.ts";
export { readBars, type ReadRequest } from "./lib/read/read_bars.ts";
export {
  formatBars,
  formatOfPath,
  type FormatOptions,
  OUTPUT_FORMATS,
  type OutputFormat,
  parseFormat,
  toBatches,
} from "./lib/output/format.ts";
export {
  outputName,
  writeBars,
  writeBarsBySymbol,
  type WriteBySymbolOptions,
  type WriteOptions,
  type WrittenBars,
  type WrittenFile,
} from "./lib/output/write_bars.ts";
export { mergeBars } from "./lib/market/merge_bars.ts";
export { priceDecimals } from "./lib/market/price_decimals.ts";
export { type ChartNote, chartPage, type ChartPageOptions } from "./lib/chart/page.ts";
export { OutputFile, type OutputOptions } from "./lib/cache/output_file.ts";
export type { Chunks } from "./lib/cache/replacement.ts";
export { checkOutputFolder } from "./lib/cache/output_target.ts";

export {
  type GetOptions,
  type ListOptions,
  type ProbeAnswer,
  type Retry,
  S3Client,
  type S3ClientOptions,
  type S3Object,
  type TimeLimits,
} from "./lib/s3/client.ts";
export {
  type Credentials,
  type CredentialSearch,
  type Environment,
  ENVIRONMENT_NAMES,
  findCredentials,
  type FoundCredentials,
  type MissingCredentials,
} from "./lib/s3/credentials.ts";
export { type RefusalReason, refusalReason } from "./lib/s3/refusal_reason.ts";

export {
  ConfigurationError,
  DeclinedError,
  EntitlementError,
  ForeignDirectoryError,
  type IntegrityCheck,
  IntegrityError,
  JournalError,
  LockedError,
  NetworkError,
  NotCachedError,
  ObjectChangedError,
  OfflineError,
  quote,
  reasonOf,
  RestError,
  S3Error,
  StorageError,
  TemporaryError,
  type TlsDefect,
  TlsError,
  UsageError,
} from "./lib/errors.ts";
