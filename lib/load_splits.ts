/**
 * Gives the splits of stocks, from a file, or from the REST API and what is kept of it.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { CacheDirectory } from "./cache/directory.ts";
import { type KeptSplits, readSplits, writeSplits } from "./cache/splits.ts";
import { ConfigurationError, IntegrityError } from "./errors.ts";
import type { TimeLimits } from "./http/deadline.ts";
import { parseEndpoint } from "./http/endpoint.ts";
import { beyondRange, type Split, uniqueSplits } from "./market/split.ts";
import { readSplit } from "./market/split_text.ts";
import type { ApiKey } from "./rest/api_key.ts";
import { DEFAULT_API_ENDPOINT, RestClient, type RestRetry } from "./rest/client.ts";
import { fetchSplitRows } from "./rest/splits.ts";
import type { SplitSource } from "./settings.ts";
import { readSplitFile } from "./split_file.ts";

/** Where splits come from, and how they are asked for. */
export interface LoadSplitsOptions extends SplitSource {
  /** The directory in which the REST API's answers are kept; made when it is missing. */
  readonly cacheDirectory: string;
  /** Ask again, however young the kept answer is. @default {false} */
  readonly refresh?: boolean | undefined;
  /** Use no network at all: only what is kept, of whatever age. @default {false} */
  readonly offline?: boolean | undefined;
  /** Ends the loading. */
  readonly signal?: AbortSignal | undefined;
  /** Is told of a failed attempt that another one follows. */
  readonly onRetry?: ((retry: RestRetry) => void) | undefined;
  /** Where one attempt's limits of time and speed differ, as for a slow line. */
  readonly limits?: Partial<TimeLimits> | undefined;
  /** Stands in for the platform's `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** Numbers from 0 up to 1, for the jitter. @default {Math.random} */
  readonly random?: (() => number) | undefined;
  /** Now, in milliseconds since the epoch: decides an answer's age, and which splits are. */
  readonly nowMs?: number | undefined;
}

/**
 * The splits of each ticker, oldest first, as far as they are executed: one that is announced
 * for a date after today, in New York, is left out. A ticker that is no stock's, such as
 * `X:BTC-USD`, has none; nor are options adjusted, whose contracts change in other ways.
 *
 * The REST API knows the tickers of today: the splits of `FB` are those of `META`.
 *
 * @param tickers In the vendor's spelling. In a file they may also be spelled as symbols are.
 * @throws {UsageError} when the file cannot be read.
 * @throws {ConfigurationError} when there is no key, it is refused, or nothing is kept offline.
 * @throws {RestError} {@linkcode NetworkError} when the REST API refuses, or cannot be reached.
 * @throws {IntegrityError} when its answer cannot be used.
 * @throws {StorageError} when the cache cannot be written.
 */
export async function loadSplits(
  tickers: readonly string[],
  options: LoadSplitsOptions,
): Promise<Map<string, Split[]>> {
  const stocks = [...new Set(tickers)].filter(isStock);
  const all = options.file === undefined
    ? await throughCache(stocks, options)
    : await readSplitFile(options.file, stocks, options);
  const today = todayInNewYork(options.nowMs ?? Date.now());
  const isExecuted = ({ executionDate }: Split) => executionDate <= today;
  const executed = Map.groupBy(all.filter(isExecuted), ({ ticker }) => ticker);
  const byDate = (a: Split, b: Split) => a.executionDate < b.executionDate ? -1 : 1;
  return new Map(tickers.map((ticker) => [ticker, (executed.get(ticker) ?? []).sort(byDate)]));
}

/** The vendor's tickers of all else have a prefix. */
function isStock(ticker: string): boolean {
  return /^[A-Za-z][\w.]*$/.test(ticker);
}

function todayInNewYork(ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO("America/New_York").toPlainDate().toString();
}

async function throughCache(
  tickers: readonly string[],
  options: LoadSplitsOptions,
): Promise<Split[]> {
  const source = sourceOf(options);
  const key = await knownKey(options);
  const directory = new CacheDirectory(options.cacheDirectory);
  await directory.check();
  const found: Split[] = [];
  const lacking: string[] = [];
  for (const ticker of tickers) {
    const kept = await readSplits(directory, { source, key, ticker });
    if (kept === undefined || !isYoung(kept, options)) lacking.push(ticker);
    else found.push(...kept.splits.map((split) => ({ ticker, ...split })));
  }
  if (lacking.length === 0) return found;
  const fetched = await fetchSplits(lacking, options);
  const askedAtMs = options.nowMs ?? Date.now();
  await keep(directory, lacking, { source, key, fetched, askedAtMs });
  return [...found, ...fetched];
}

/** The endpoint with its path, spelled in one way. */
function sourceOf({ endpoint = DEFAULT_API_ENDPOINT }: LoadSplitsOptions): string {
  return parseEndpoint(endpoint, DEFAULT_API_ENDPOINT).href.replace(/\/+$/, "");
}

/**
 * What tells the key from another: 32 bits of its hash, from which it cannot be found, because
 * thousands of millions of others have the same. Where there is no key, asking tells so.
 */
async function knownKey(options: LoadSplitsOptions): Promise<string | undefined> {
  try {
    const { value } = await findKey(options);
    return createHash("sha256").update(value).digest("hex").slice(0, 8);
  } catch {
    return undefined;
  }
}

function isYoung({ askedAtMs }: KeptSplits, options: LoadSplitsOptions): boolean {
  const { offline, refresh, maxAgeMs = 86_400_000, nowMs = Date.now() } = options;
  if (offline) return true;
  return !refresh && nowMs - askedAtMs <= maxAgeMs;
}

async function fetchSplits(
  tickers: readonly string[],
  options: LoadSplitsOptions,
): Promise<Split[]> {
  if (options.offline) {
    const message = `Cannot use the splits of ${tickers.join(", ")} offline: none are kept`;
    throw new ConfigurationError(message);
  }
  const apiKey = await findKey(options);
  using client = new RestClient({ ...options, apiKey });
  const rows = await fetchSplitRows(client, tickers, { signal: options.signal });
  const wanted = new Set<unknown>(tickers);
  const splits = uniqueSplits(
    rows.filter((row) => wanted.has(tickerOf(row))).map((row) => toSplit(row, apiKey)),
  );
  for (const [ticker, ofTicker] of Map.groupBy(splits, ({ ticker }) => ticker)) {
    if (beyondRange(ofTicker)) throw unusable(ticker, "they make a factor beyond 1e100");
  }
  return splits;
}

async function findKey({ apiKey }: LoadSplitsOptions): Promise<ApiKey> {
  const found = typeof apiKey === "function" ? await apiKey() : apiKey;
  if (found) return found;
  throw new ConfigurationError("Cannot ask the REST API for splits: no key is given");
}

function tickerOf(row: unknown): unknown {
  return (row as { ticker?: unknown } | null)?.ticker;
}

/** What the server sent is told, unless it sent the key. */
function toSplit(row: unknown, apiKey: ApiKey): Split {
  try {
    return readSplit(row);
  } catch (error) {
    const what = (error as Error).message.replaceAll(apiKey.value, "…");
    throw unusable(tickerOf(row), what);
  }
}

function unusable(ticker: unknown, what: string): IntegrityError {
  const message = `Cannot use the splits of ${ticker}: ${what}`;
  return new IntegrityError(message, { key: "/stocks/v1/splits", check: "format" });
}

async function keep(
  directory: CacheDirectory,
  tickers: readonly string[],
  { fetched, ...of }: Pick<KeptSplits, "source" | "key" | "askedAtMs"> & {
    readonly fetched: readonly Split[];
  },
): Promise<void> {
  await directory.make();
  const byTicker = Map.groupBy(fetched, ({ ticker }) => ticker);
  for (const ticker of tickers) {
    const splits = (byTicker.get(ticker) ?? [])
      .map(({ executionDate, from, to }) => ({ executionDate, from, to }));
    await writeSplits(directory, { ...of, ticker, splits });
  }
}
