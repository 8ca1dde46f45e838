/**
 * What a program can ask of a cache directory, by symbol.
 *
 * @module
 */

import { CacheDirectory } from "../cache/directory.ts";
import { asRecord, KeptRecord, type ObjectRecord } from "../cache/record.ts";
import { openSource } from "../cache/sources.ts";
import { sweepTickers, TickerRecords } from "../cache/ticker_records.ts";
import { type JournalError, quote, type StorageError, UsageError } from "../errors.ts";
import {
  checkGiven,
  checkOptions,
  FUNCTION,
  needed,
  object,
  PATH,
  SEQUENCE,
  text,
} from "../given.ts";
import { isBarRow } from "../market/bar.ts";
import { readRequest, type SymbolRequest } from "../request.ts";
import { sourceName } from "../s3/bucket_url.ts";
import { DEFAULT_BUCKET, DEFAULT_ENDPOINT } from "../settings.ts";
import { type CachedBars, listCachedBars } from "./cached_bars.ts";
import { clearEverything, clearMarkers, type ClearOptions, clearSymbol } from "./clear_cache.ts";
import { isMarkerOf, listMarkers, type Progress } from "./progress_markers.ts";

/** How a cache is listed. */
export interface CacheListOptions {
  /**
   * Is called with why a file is passed over, as when only a newer version can read it, or a
   * damaged one is read in part.
   *
   * @default {a function that ignores it}
   */
  readonly onNewer?: (error: JournalError | StorageError) => void;
}

/** Which bucket records come from, and the ticker that they are of. */
export interface RecordSource {
  /** Where the records' objects are. @default {"https://files.massive.com"} */
  readonly endpoint?: string;
  /** The bucket there. @default {"flatfiles"} */
  readonly bucket?: string;
  /** The ticker whose rows they hold. @default {the one that the symbol stands for} */
  readonly ticker?: string;
}

/**
 * Opens a cache directory; one that is missing is empty, and made when something is saved.
 *
 * @throws {UsageError} when the path is none.
 * @throws {StorageError} when it is a symlink or no directory.
 */
export async function openCache(path: string): Promise<Cache> {
  checkGiven({ path }, { path: needed(PATH) });
  const directory = new CacheDirectory(path);
  await directory.check();
  return new Cache(directory);
}

/** A cache directory. Whatever reads or writes it throws `StorageError` when the disk fails. */
export class Cache {
  readonly #root: CacheDirectory;

  /** Use {@linkcode openCache}. */
  constructor(root: CacheDirectory) {
    this.#root = root;
  }

  /** The directory, without a slash at its end. */
  get path(): string {
    return this.#root.path;
  }

  /** Every progress marker that has something which the cached bars lack. */
  async listProgress(options: CacheListOptions = {}): Promise<Progress[]> {
    checkOptions(options, HOOKS);
    return await listMarkers(this.#root, options.onNewer);
  }

  /**
   * The progress marker of a symbol, period (`5y`, or `FROM_TO`) and interval. Its records
   * hold bars of a minute or a day, from which those of the interval are made.
   *
   * @returns `undefined` when none is there: nothing is begun, or all is finished.
   */
  async getProgress(
    symbol: string,
    period: string,
    interval = "1d",
  ): Promise<Progress | undefined> {
    const isWanted = isMarkerOf({ symbol, period, interval });
    return (await this.listProgress()).find(isWanted);
  }

  /**
   * Adds records to a progress marker; `preload()` skips their files then, as long as the
   * bucket lists them with the same size and ETag. Their rows are bars of a minute or a day,
   * as the dataset's files have them.
   *
   * @throws {UsageError} when the symbol, period or interval cannot be read.
   * @throws {TypeError} when something is no record of bars, or has a number that is not finite.
   * @throws {LockedError} when another process works on the ticker.
   */
  async saveProgress(
    name: { symbol: string; period: string; interval?: string },
    records: Iterable<ObjectRecord>,
    source: RecordSource = {},
  ): Promise<void> {
    checkGiven({ name, records }, { name: needed(object()), records: needed(SEQUENCE) });
    checkOptions(source, { endpoint: text("a URL"), bucket: text(), ticker: text() });
    const { endpoint = DEFAULT_ENDPOINT, bucket = DEFAULT_BUCKET } = source;
    const { symbol, dataset, tickers, period, interval, isFamily } = readName(name);
    if (isFamily) {
      throw new UsageError(`Cannot save progress of ${quote(symbol)}: want a single ticker's`);
    }
    const directory = await openSource(this.#root, sourceName({ endpoint, bucket }));
    const of = {
      host: new URL(endpoint).hostname,
      bucket,
      dataset: dataset.name,
      ticker: source.ticker ?? tickers.at(-1)!,
      symbol,
      period: period.name,
      interval,
    };
    await using store = await TickerRecords.open(directory, of);
    await sweepTickers(directory, [of]);
    for (const record of records) store.add(KeptRecord.of(requireRecord(record)));
  }

  /**
   * Forgets the progress markers of a symbol, or of one period and interval of it.
   *
   * @returns how many there were.
   * @throws {JournalError} when one of the symbol is of a newer format.
   */
  async clearProgress(
    symbol: string,
    of: { period?: string; interval?: string } = {},
    options: Pick<ClearOptions, "onRemoved"> = {},
  ): Promise<number> {
    checkOptions(options, HOOKS);
    checkGiven({ of }, { of: needed(object()) });
    return await clearMarkers(this.#root, { symbol, ...of }, options);
  }

  /**
   * Forgets a symbol, whichever bucket it is from: its bars of every interval, its progress
   * markers, its splits and dividends, and, where anything of it was there, the listings and kept
   * files of its datasets, which all their symbols share, so that the next run downloads everything.
   *
   * @returns whether anything of the symbol was there.
   * @throws {JournalError} when a file of the symbol is of a newer format.
   * @throws {LockedError} when another process works on the ticker.
   */
  async clear(symbol: string, options: ClearOptions = {}): Promise<boolean> {
    checkOptions(options, HOOKS);
    return await clearSymbol(this.#root, symbol, options);
  }

  /**
   * Forgets everything that this program has put into the directory, damaged files and
   * journals that were moved aside too, but its locks.
   *
   * @throws {LockedError} when another process works on one of the tickers.
   * @throws {JournalError} when a file is of a newer format; nothing is forgotten then.
   */
  async clearAll(options: ClearOptions = {}): Promise<void> {
    checkOptions(options, HOOKS);
    await clearEverything(this.#root, options);
  }

  /**
   * Everything that is cached, by bucket, dataset and ticker. What no file has, such as a misspelt
   * symbol, is not in it, though it is recorded that none has.
   */
  async list(options: CacheListOptions = {}): Promise<CachedBars[]> {
    checkOptions(options, HOOKS);
    return await listCachedBars(this.#root, options.onNewer);
  }
}

/** Whom a cache tells of its files. */
const HOOKS = { onNewer: FUNCTION, onLeft: FUNCTION, onRemoved: FUNCTION };

function requireRecord(record: ObjectRecord): ObjectRecord {
  const checked = asRecord(record);
  if (checked?.rows.every(isBarRow)) return checked;
  throw new TypeError(`Cannot save progress: ${quote(JSON.stringify(record))} is no record`);
}

function readName(
  { symbol, period, interval }: { symbol: string; period: string; interval?: string },
): SymbolRequest {
  checkGiven({ period }, { period: needed(text("a length such as 5y, or FROM_TO")) });
  const [from, to] = period.split("_");
  const span = to === undefined ? { period } : { from, to };
  return readRequest([symbol], { ...span, interval }, "2000-01-01")[0]!;
}
