/**
 * The public names with every type that they refer to: what the documentation has to explain.
 *
 * @module
 */

export * from "../mod.ts";
export type { AppliedSplit } from "../lib/adjust/correct_splits.ts";
export type { Dividend } from "../lib/adjust/dividend_factors.ts";
export type { AppliedDividend } from "../lib/adjust/dividend_factors.ts";
export type { RestOptions } from "../lib/adjust/rest_tables.ts";
export type { LoadSplitsOptions } from "../lib/adjust/load_actions.ts";
export type { AdjustOptions, DividendFactor } from "../lib/adjust/split.ts";
export type { CoverageSpan } from "../lib/bucket/coverage.ts";
export type { Strays } from "../lib/bucket/dated_files.ts";
export type { Filesystem } from "../lib/cache/filesystem.ts";
export type { JournalIdentity } from "../lib/cache/journal.ts";
export type { OutputFile } from "../lib/cache/output_file.ts";
export type { ObjectRecord, Row } from "../lib/cache/record.ts";
export type { Chunks } from "../lib/cache/replacement.ts";
export type { ChartNote, ChartPageOptions } from "../lib/chart/page.ts";
export type { CheckOptions } from "../lib/check/check.ts";
export type { DatedObject, ObjectVersion } from "../lib/dated_object.ts";
export type { DoctorOptions, SetupCheckName, SetupCheckReason } from "../lib/doctor/setup_check.ts";
export type { Facts, FactualError, IntegrityCheck } from "../lib/errors.ts";
export type { ExportCounts } from "../lib/export/perform_here.ts";
export type { ExportFailure, ExportPlan, ExportTask } from "../lib/export/plan_export.ts";
export type { Layout } from "../lib/lake/layout.ts";
export type { Shard } from "../lib/export/export_request.ts";
export type {
  ExportTarget,
  MeantObject,
  PutOptions,
  PutOutcome,
  TargetObject,
} from "../lib/export/target.ts";
export type { Bandwidth, Turn } from "../lib/http/bandwidth.ts";
export type { Retry, SendOptions } from "../lib/http/sender.ts";
export type { DatasetEstimate, EstimateTotal, FetchTotal } from "../lib/load/estimate.ts";
export type { ResultBars } from "../lib/load/result_bars.ts";
export type { FileCounts } from "../lib/load/summary.ts";
export type { BarBatches } from "../lib/market/bar.ts";
export type { BarsContext } from "../lib/market/bar_defects.ts";
export type { FindingKind, Remedy, Severity } from "../lib/market/finding.ts";
export type { Hours } from "../lib/market/hours.ts";
export type { SourceInterval } from "../lib/market/interval.ts";
export type { PeriodRequest } from "../lib/market/period.ts";
export type { ResampleOptions } from "../lib/market/resample.ts";
export type { Asset, MarketSymbol, SymbolOptions } from "../lib/market/symbol.ts";
export type { ChainFilter } from "../lib/market/ticker_family.ts";
export type { TickerSpan } from "../lib/market/ticker_history.ts";
export type { ColumnOptions } from "../lib/output/columns.ts";
export type { Compression } from "../lib/output/format.ts";
export type { TextFormat } from "../lib/output/text.ts";
export type { FormatOptions } from "../lib/output/format.ts";
export type {
  WriteBySymbolOptions,
  WriteOptions,
  WrittenBars,
  WrittenFile,
} from "../lib/output/write_bars.ts";
export type { FileOutcome, ReportedSymbol } from "../lib/progress.ts";
export type { ClearOptions, ForgottenFile } from "../lib/read/clear_cache.ts";
export type { CacheListOptions, RecordSource } from "../lib/read/open_cache.ts";
export type { Progress } from "../lib/read/progress_markers.ts";
export type { RequestOptions } from "../lib/request.ts";
export type { GetOptions, ListOptions, ProbeAnswer, TimeLimits } from "../lib/s3/client.ts";
export type {
  CredentialSearch,
  Environment,
  FoundCredentials,
  MissingCredentials,
} from "../lib/s3/credentials.ts";
export type { PairNames } from "../lib/s3/key_variables.ts";
export type { ByteSpan } from "../lib/s3/range.ts";
export type { ActionFile, ApiKey, BucketOptions, FileTotal, SplitSource } from "../lib/settings.ts";
