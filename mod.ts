/**
 * flatfetch brings market data out of Massive.com's flat files to this machine: in
 * parallel, resumably, verified, once.
 *
 * {@linkcode preload} is the whole job; {@linkcode openCache} looks at what is kept, and
 * {@linkcode S3Client} talks to the bucket alone.
 *
 * @module
 */

export { preload } from "./lib/preload.ts";
export { DEFAULT_BUCKET, DEFAULT_ENDPOINT, type PreloadOptions } from "./lib/settings.ts";
export type { RequestOptions } from "./lib/request.ts";
export type {
  FileCounts,
  FileFailure,
  PreloadResult,
  Summary,
  SymbolSummary,
} from "./lib/summary.ts";
export type { FileOutcome, ProgressEvent, ReportedSymbol, Reporter } from "./lib/progress.ts";

export {
  Cache,
  type CachedBars,
  openCache,
  type Progress,
  type RecordSource,
} from "./lib/open_cache.ts";
export type { JournalIdentity } from "./lib/cache/journal.ts";
export type { ObjectRecord, Row } from "./lib/cache/record.ts";

export { type Asset, type MarketSymbol, parseSymbol } from "./lib/market/symbol.ts";
export { parseInterval } from "./lib/market/interval.ts";
export { parseDate, type Period, type PeriodRequest, resolvePeriod } from "./lib/market/period.ts";
export type { Bar } from "./lib/market/bar.ts";
export { formatBars, type OutputFormat } from "./lib/output.ts";
export { writeAtomically } from "./lib/cache/atomic_file.ts";

export {
  type GetOptions,
  type ListOptions,
  type Retry,
  S3Client,
  type S3ClientOptions,
  type S3Object,
  type TimeLimits,
} from "./lib/s3/client.ts";
export {
  type Credentials,
  type CredentialSearch,
  ENVIRONMENT_NAMES,
  findCredentials,
  type FoundCredentials,
  type MissingCredentials,
} from "./lib/s3/credentials.ts";

export {
  ConfigurationError,
  EntitlementError,
  IntegrityError,
  JournalError,
  LockedError,
  NetworkError,
  ObjectChangedError,
  quote,
  S3Error,
  StorageError,
  TemporaryError,
  UsageError,
} from "./lib/errors.ts";
