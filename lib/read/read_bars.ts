/**
 * Reads bars out of a cache, batch by batch; those of a family ticker by ticker.
 *
 * @module
 */

import { CacheDirectory } from "../cache/directory.ts";
import { keysOfFamily, readFamily } from "../cache/family_store.ts";
import { findSource, listSources, openRecords, type SourceDirectory } from "../cache/sources.ts";
import type { StoredRecords } from "../cache/stored_records.ts";
import type { TickerReading } from "../cache/ticker_reading.ts";
import { isInSpan } from "../dated_object.ts";
import { NotCachedError, quote, StorageError, UsageError } from "../errors.ts";
import { checkGiven, checkOptions, needed, object, PATH } from "../given.ts";
import { hasFileBars } from "../load/loaded_symbol.ts";
import type { Bar, BarBatch } from "../market/bar.ts";
import { dateOfKey } from "../market/dataset.ts";
import { FileRows } from "../flatfile/file_rows.ts";
import { Resampler } from "../market/resample.ts";
import { TickerSet } from "../flatfile/ticker_set.ts";
import type { Cache } from "./open_cache.ts";
import { readRequest, type RequestOptions, spelling, type SymbolRequest } from "../request.ts";
import { sourceName } from "../s3/bucket_url.ts";
import { DEFAULT_BUCKET, DEFAULT_ENDPOINT, runKinds, todayOf } from "../settings.ts";
import { withDates } from "../bucket/dated_files.ts";
import { barsOfFamily } from "../load/loaded_family.ts";
import { batchesOf } from "../load/result_bars.ts";

/** Which bars are read. */
export interface ReadRequest extends RequestOptions {
  /** As people type them, such as `TSLA` or `BTC-USD`; one that is given twice counts once. */
  readonly symbols: readonly string[];
  /** Now, in milliseconds since the epoch: decides "today". @default {Date.now()} */
  readonly nowMs?: number | undefined;
  /**
   * Where the bucket is that the bars are from.
   *
   * @default {whichever has them, when neither endpoint nor bucket is given}
   */
  readonly endpoint?: string | undefined;
  /** The bucket's name. @default {"flatfiles", when the endpoint is given} */
  readonly bucket?: string | undefined;
}

/**
 * The cached bars of the symbols at the interval of the request, in its order; those of one
 * symbol ascend by date and time, and are not adjusted for splits. No network is used, and no
 * more than some thousand bars are in memory at a time, but for records of a run that was
 * interrupted: those count too, and are held until their symbol is through.
 *
 * What counts is what is recorded, without a look at the bucket: dates that were never loaded
 * are not there, nor are those on which a row of the ticker cannot be read, which
 * `checkSymbols()` tells; and an object that the bucket has replaced since has its old bars.
 *
 * @throws {UsageError} when a symbol, period, interval or option cannot be read, or a symbol is cached of
 * several buckets and none is named.
 * @throws {NotCachedError} before the first batch, when nothing is recorded of a symbol. One
 * whose files have been loaded and have none of its bars is no error.
 * @throws {JournalError} when a cache entry is of a newer format.
 * @throws {StorageError} when the cache cannot be read; also, but behind the bars of what could be
 * read of it, when something cached is damaged.
 * @throws {TemporaryError} there, when another process replaces or removes a family's files meanwhile.
 */
export async function* readBars(
  cache: Cache,
  request: ReadRequest,
): AsyncGenerator<BarBatch> {
  checkGiven({ cache }, { cache: CACHE });
  checkOptions(request, REQUEST_KINDS);
  const { symbols, nowMs = Date.now(), ...options } = request;
  const requests = readRequest(symbols, options, todayOf({ nowMs }));
  const stores = await openStores(new CacheDirectory(cache.path), options);
  const all = await findTickers(requests, stores);
  for (const one of all) {
    if (one.request.isFamily) yield* readFamilyBars(one, isOnlyIn(one, all));
    else {
      const reading = one.stored.read({ dataset: one.request.dataset.name, ticker: one.ticker });
      yield* atInterval(readTicker(reading, one), one);
      if (reading.damage) throw reading.damage;
    }
  }
}

const CACHE = { ...needed(object({ path: needed(PATH) })), wanted: "what openCache() gives" };

const REQUEST_KINDS = runKinds("nowMs", "endpoint", "bucket");

/** What is stored of a bucket. */
interface Store extends SourceDirectory {
  readonly stored: StoredRecords;
}

/** The records of the bucket that is named, else of every one. */
async function openStores(
  root: CacheDirectory,
  { endpoint, bucket }: Pick<ReadRequest, "endpoint" | "bucket">,
): Promise<Store[]> {
  if (endpoint === undefined && bucket === undefined) {
    const sources = await listSources(root);
    return await Promise.all(sources.map(openStore));
  }
  const named = { endpoint: endpoint ?? DEFAULT_ENDPOINT, bucket: bucket ?? DEFAULT_BUCKET };
  const source = sourceName(named);
  return [await openStore({ directory: await findSource(root, source), source })];
}

async function openStore(of: SourceDirectory): Promise<Store> {
  return { ...of, stored: await openRecords(of) };
}

/** What is read of one ticker. */
interface TickerSpan {
  readonly symbol: string;
  readonly ticker: string;
  readonly request: SymbolRequest;
}

/** Bars that are put into one batch, at least, while there are more. */
const BATCH_BARS = 1_000;

/** The bars of one ticker in the span of its request, as the files have them. */
async function* readTicker(
  reading: TickerReading,
  { symbol, request }: TickerSpan,
): AsyncGenerator<BarBatch> {
  const { dataset, period } = request;
  const rows = new FileRows(dataset);
  let bars: Bar[] = [];
  for await (const records of reading.records()) {
    for (const record of records) {
      const date = dateOfKey(dataset, record.key);
      if (date === undefined || !isInSpan({ date }, period)) continue;
      if (rows.failureOf(date, record) !== undefined) continue;
      for (const bar of rows.barsOf(date, record)) bars.push(bar);
      if (bars.length < BATCH_BARS) continue;
      yield { symbol, bars };
      bars = [];
    }
  }
  if (bars.length > 0) yield { symbol, bars };
}

/** Tells the tickers of a family that nothing else which is read gives, or only after it. */
function isOnlyIn(one: StoredTicker, all: readonly StoredTicker[]): (ticker: string) => boolean {
  const others = all.filter(({ request }, i) => !request.isFamily || i < all.indexOf(one));
  const given = new TickerSet(others.map(({ ticker }) => ticker));
  return (ticker) => !given.has(ticker);
}

/** The same bars, or those that are made of them, at the interval and hours of a request. */
async function* atInterval(
  batches: AsyncIterable<BarBatch>,
  { symbol, request }: TickerSpan,
): AsyncGenerator<BarBatch> {
  if (hasFileBars(request)) return yield* batches;
  const resampler = new Resampler(request.interval, request);
  for await (const { bars } of batches) {
    const finished = bars.flatMap((bar) => resampler.add(bar) ?? []);
    if (finished.length > 0) yield { symbol, bars: finished };
  }
  const last = resampler.end();
  if (last) yield { symbol, bars: [last] };
}

/** A ticker, and what is stored of it. */
interface StoredTicker extends TickerSpan, Store {}

/** The ticker of each symbol of which something is stored, each once. */
async function findTickers(
  requests: readonly SymbolRequest[],
  stores: readonly Store[],
): Promise<StoredTicker[]> {
  const found = new Map<string, StoredTicker>();
  for (const request of requests) {
    const span = await findTicker(request, stores);
    const id = `${request.dataset.name} ${span.ticker}`;
    if (!found.has(id)) found.set(id, span);
  }
  return [...found.values()];
}

/** The spelling of which something is stored. */
async function findSpelling(
  { dataset: { name: dataset }, isFamily, tickers }: SymbolRequest,
  { stored, directory }: Store,
): Promise<string | undefined> {
  if (!isFamily) return await stored.findRecorded(dataset, tickers);
  const [family] = tickers;
  return (await keysOfFamily(directory, { dataset, family })).length > 0 ? family : undefined;
}

async function findTicker(request: SymbolRequest, stores: readonly Store[]): Promise<StoredTicker> {
  const { symbol, dataset } = request;
  const found: StoredTicker[] = [];
  for (const store of stores) {
    const ticker = await findSpelling(request, store);
    if (ticker === undefined) continue;
    found.push({ ...spelling(request, ticker), ticker, request, ...store });
  }
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const action = `Cannot read bars of ${quote(symbol)}`;
  if (first === undefined) {
    throw new NotCachedError(`${action}: nothing of ${dataset.name} is cached for it`, {
      symbol,
      dataset: dataset.name,
    });
  }
  const names = found.map(({ source }) => quote(source ?? "an older version's")).join(", ");
  throw new UsageError(`${action}: want an endpoint and a bucket, found several: ${names}`);
}

/** A family of a request, and where it is kept. */
interface KeptFamily {
  readonly directory: CacheDirectory;
  readonly request: SymbolRequest;
  /** Its name. */
  readonly ticker: string;
}

/**
 * The bars in the span and at the interval of the request, of the tickers in the order of their
 * names; of what is not wanted none.
 *
 * @throws {StorageError} when a file cannot be read; also, but behind the bars of all others, when
 * one is damaged.
 */
async function* readFamilyBars(
  { directory, request, ticker: family }: KeptFamily,
  isWanted: (ticker: string) => boolean,
): AsyncGenerator<BarBatch> {
  const { dataset, period } = request;
  const of = { dataset: dataset.name, family };
  const keys = (await keysOfFamily(directory, of)).filter((key) => {
    const date = dateOfKey(dataset, key);
    return date !== undefined && isInSpan({ date }, period);
  });
  const { files: records, damaged } = await readFamily(directory, of, keys);
  const recorded = withDates(dataset, records.values());
  for (const { ticker, bars } of barsOfFamily({ request, records }, recorded)) {
    if (isWanted(ticker)) yield* batchesOf(ticker, bars);
  }
  if (damaged === 0) return;
  const path = directory.familyPath(of);
  const what = damaged === 1 ? "1 file is" : `${damaged} files are`;
  throw new StorageError(`Cannot read all of ${quote(path)}: ${what} damaged`, { path });
}
