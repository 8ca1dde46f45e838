/**
 * What a program can ask of a cache directory, by symbol.
 *
 * @module
 */

import { CacheDirectory } from "../cache/directory.ts";
import { readEntry } from "../cache/entry.ts";
import type { EntryIdentity } from "../cache/entry_lines.ts";
import type { FamilyIdentity } from "../cache/family_file.ts";
import { familyFolders, keysOfFamily, listFamilies, readFamily } from "../cache/family_store.ts";
import { fileName } from "../cache/file_name.ts";
import {
  forgetAnswers,
  forgetEntry,
  forgetFamily,
  forgetJournal,
  forgetKept,
  forgetStrays,
  markOlder,
} from "../cache/forget.ts";
import {
  listEntries,
  listEntryPaths,
  listJournals,
  type OnNewer,
  type Stored,
} from "../cache/inventory.ts";
import type { JournalContent, JournalIdentity } from "../cache/journal.ts";
import { asRecord, KeptRecord, type ObjectRecord, toObjectRecord } from "../cache/record.ts";
import { disown, listSources, openSource } from "../cache/sources.ts";
import { StoredRecords, type TickerContent } from "../cache/stored_records.ts";
import { sweepTickers, TickerRecords } from "../cache/ticker_records.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { withDates } from "../bucket/dated_files.ts";
import { surveyFamily } from "../load/family_survey.ts";
import { isBarRow } from "../market/bar.ts";
import { FileRows } from "../flatfile/file_rows.ts";
import { isRecorded } from "../dated_object.ts";
import { type JournalError, quote, UsageError } from "../errors.ts";
import { datasetNamed, datasetsOf, dateOfKey } from "../market/dataset.ts";
import { parseInterval } from "../market/interval.ts";
import { parseSymbol } from "../market/symbol.ts";
import { readRequest, type SymbolRequest } from "../request.ts";
import { sourceName } from "../s3/endpoint.ts";
import { DEFAULT_BUCKET, DEFAULT_ENDPOINT } from "../settings.ts";

/** How far the loading of a symbol, period and interval has come. */
export interface Progress extends JournalIdentity {
  /** The bucket that is loaded from, as in {@linkcode CachedBars}. */
  readonly source: string | null;
  /** The records of the finished files, by key. */
  readonly records: ReadonlyMap<string, ObjectRecord>;
  /** Bytes of those files in the bucket. */
  readonly bytes: number;
  /** When it was last written, in milliseconds since the epoch. */
  readonly writtenAtMs: number;
}

/**
 * What the cache has of one ticker in one dataset, whose files have bars of a minute or of a
 * day. Bars of other intervals are made from those and not kept.
 */
export interface CachedBars {
  /** As it was last asked for; the ticker where the symbol alone stands for something else. */
  readonly symbol: string;
  /** The dataset whose files they are from. */
  readonly dataset: string;
  /** The vendor's spelling of the symbol; of a family its name. */
  readonly ticker: string;
  /** Of a family: how many tickers it has. */
  readonly tickers?: number;
  /** How many bars there are, of a minute or a day. */
  readonly bars: number;
  /** Files whose bars these are; a file in which the ticker has none counts too. */
  readonly files: number;
  /** Date of the first bar, `null` when there is none. */
  readonly from: string | null;
  /** Date of the last bar, `null` when there is none. */
  readonly to: string | null;
  /** Bytes on the disk. */
  readonly bytes: number;
  /**
   * The bucket that they are from: its endpoint, a space and its name; `null` when only an older
   * version has loaded them. What is cached of one bucket is no other's.
   */
  readonly source: string | null;
}

/** How a cache is listed. */
export interface CacheListOptions {
  /**
   * Is called with each file that is passed over because only a newer version can read it.
   *
   * @default {a function that ignores it}
   */
  readonly onNewer?: (error: JournalError) => void;
}

/** How a cache is cleared. */
export interface ClearOptions {
  /**
   * Is called with each file that stays because nothing proves it to be this program's.
   *
   * @default {a function that ignores it}
   */
  readonly onLeft?: (path: string) => void;
  /**
   * Is called with each file that is forgotten, and of its bytes.
   *
   * @default {a function that ignores it}
   */
  readonly onRemoved?: (file: ForgottenFile) => void;
}

/** A file that a cache has no more. */
export interface ForgottenFile {
  /** The file. */
  readonly path: string;
  /** How long it is. */
  readonly bytes: number;
  /** Whether it was of use to every symbol of its dataset: a listing, or a file that was kept. */
  readonly isShared?: boolean;
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
 * @throws {StorageError} when it is a symlink or no directory.
 */
export async function openCache(path: string): Promise<Cache> {
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
    const progress: Progress[] = [];
    for (const { directory, source } of await listSources(this.#root)) {
      for (const journal of await listJournals(directory, options.onNewer ?? ignore)) {
        if (!await isFolded(directory, journal.content)) progress.push(toProgress(journal, source));
      }
    }
    return progress;
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
    const isWanted = isOf({ symbol, period, interval });
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
    { endpoint = DEFAULT_ENDPOINT, bucket = DEFAULT_BUCKET, ticker }: RecordSource = {},
  ): Promise<void> {
    const { symbol, dataset, tickers, period, interval, isFamily } = readName(name);
    if (isFamily) {
      throw new UsageError(`Cannot save progress of ${quote(symbol)}: want a single ticker's`);
    }
    const directory = await openSource(this.#root, sourceName({ endpoint, bucket }));
    const of = {
      host: new URL(endpoint).hostname,
      bucket,
      dataset: dataset.name,
      ticker: ticker ?? tickers.at(-1)!,
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
    { onRemoved = ignore }: Pick<ClearOptions, "onRemoved"> = {},
  ): Promise<number> {
    const isWanted = isOf({ symbol, ...of });
    let markers = 0;
    for (const { directory } of await listSources(this.#root)) {
      const journals = await listJournals(directory, refuseNewer(symbol));
      const wanted = journals.filter(({ content }) => isWanted(content.of));
      for (const journal of wanted) await forgetJournal(directory, journal, { onRemoved });
      markers += wanted.length;
    }
    return markers;
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
    const witness: Required<ClearOptions> = { onLeft: ignore, onRemoved: ignore, ...options };
    const { asset, tickers, isFamily } = parseSymbol(symbol);
    await markOlder(this.#root);
    let isFound = await this.clearProgress(symbol, {}, witness) > 0;
    const datasets = datasetsOf(asset).map(({ name }) => name);
    const sources = await listSources(this.#root);
    for (const { directory } of sources) {
      const wanted = datasets.flatMap((dataset) =>
        tickers.map((ticker) => directory.entryPath(dataset, ticker))
      );
      const found = (await listEntryPaths(directory)).filter((path) => wanted.includes(path));
      for (const path of found) await forgetEntry(directory, path, witness);
      for (const dataset of isFamily ? datasets : []) {
        const folder = directory.familyPath({ dataset, family: tickers[0] });
        if (await forgetFamily(directory, folder, witness)) isFound = true;
      }
      isFound ||= found.length > 0;
    }
    const onRemoved = (file: ForgottenFile) => witness.onRemoved({ ...file, isShared: true });
    for (const { directory } of isFound ? sources : []) {
      for (const dataset of datasets) {
        await forgetKept(directory, { dataset, onLeft: witness.onLeft, onRemoved });
      }
    }
    for (const ticker of tickers) await forgetAnswers(this.#root, ticker, witness);
    return isFound;
  }

  /**
   * Forgets everything that this program has put into the directory, damaged files and
   * journals that were moved aside too, but its locks.
   *
   * @throws {LockedError} when another process works on one of the tickers.
   * @throws {JournalError} when a file is of a newer format; nothing is forgotten then.
   */
  async clearAll({ onLeft = ignore, onRemoved = ignore }: ClearOptions = {}): Promise<void> {
    const sources = await listSources(this.#root);
    for (const { directory } of sources) {
      await listEntries(directory);
      await listJournals(directory);
      await listFamilies(directory);
    }
    await markOlder(this.#root);
    const left = new Set<string>();
    const witness = { onLeft: (path: string) => left.add(path), onRemoved };
    for (const { directory } of sources) {
      for (const journal of await listJournals(directory)) {
        await forgetJournal(directory, journal, witness);
      }
      for (const path of await listEntryPaths(directory)) {
        await forgetEntry(directory, path, witness);
      }
      for (const folder of await familyFolders(directory)) {
        await forgetFamily(directory, folder, witness);
      }
      await forgetStrays(directory, witness);
      await forgetKept(directory, witness);
    }
    await disown(this.#root);
    for (const path of left) onLeft(path);
  }

  /**
   * Everything that is cached, by bucket, dataset and ticker. What no file has, such as a misspelt
   * symbol, is not in it, though it is recorded that none has.
   */
  async list(options: CacheListOptions = {}): Promise<CachedBars[]> {
    const cached: CachedBars[] = [];
    const giveWay = givingWay();
    for (const { directory, source } of await listSources(this.#root)) {
      const stored = await StoredRecords.open(directory);
      for (const of of await stored.list(options.onNewer ?? ignore)) {
        await giveWay();
        const content = await stored.readAll(of);
        const isThere = content.records.values().some(({ hasTicker }) => hasTicker);
        if (isThere) cached.push(toCachedBars(of, content, source));
      }
      for (const of of await listFamilies(directory, options.onNewer ?? ignore)) {
        cached.push(...await toCachedFamily(directory, of, source));
      }
    }
    return cached;
  }
}

const ignore = () => {};

/** Throws for a newer file that by its name is a marker of the symbol. */
function refuseNewer(symbol: string): OnNewer {
  const { tickers } = parseSymbol(symbol);
  const names = [symbol, ...tickers].map((name) => `/.progress_${fileName(name)}_`);
  return (error) => {
    if (names.some((name) => error.path.includes(name))) throw error;
  };
}

/** Whether a journal is left over: the ticker's entry has each of its records. */
async function isFolded(
  directory: CacheDirectory,
  { of: { dataset, ticker }, records }: JournalContent,
): Promise<boolean> {
  const entry = await readEntry(directory.entryPath(dataset, ticker)).catch(() => undefined);
  return entry !== undefined &&
    [...records.values()].every((record) => isRecorded(record, entry.records));
}

function requireRecord(record: ObjectRecord): ObjectRecord {
  const checked = asRecord(record);
  if (checked?.rows.every(isBarRow)) return checked;
  throw new TypeError(`Cannot save progress: ${quote(JSON.stringify(record))} is no record`);
}

function readName(
  { symbol, period, interval }: { symbol: string; period: string; interval?: string },
): SymbolRequest {
  const [from, to] = period.split("_");
  const span = to === undefined ? { period } : { from, to };
  return readRequest([symbol], { ...span, interval }, "2000-01-01")[0]!;
}

function isOf(wanted: { symbol: string; period?: string; interval?: string }) {
  const { tickers, asset } = parseSymbol(wanted.symbol);
  const datasets = datasetsOf(asset).map(({ name }) => name);
  const interval = wanted.interval === undefined ? undefined : parseInterval(wanted.interval);
  return (progress: JournalIdentity) =>
    datasets.includes(progress.dataset) && tickers.includes(progress.ticker) &&
    progress.period === (wanted.period ?? progress.period) &&
    progress.interval === (interval ?? progress.interval);
}

async function toCachedFamily(
  directory: CacheDirectory,
  of: FamilyIdentity,
  source: string | undefined,
): Promise<CachedBars[]> {
  const dataset = datasetNamed(of.dataset);
  if (dataset === undefined) return [];
  const { files } = await readFamily(directory, of, await keysOfFamily(directory, of));
  const request = {
    dataset,
    asset: dataset.asset,
    interval: dataset.interval,
    hours: "all",
  } as const;
  const dated = withDates(dataset, files.values());
  const { tickers, count, from, to } = await surveyFamily({ request, records: files }, dated);
  if (tickers.size === 0) return [];
  const bytes = files.values().reduce((sum, file) => sum + file.bytes, 0);
  return [{
    symbol: of.family,
    dataset: of.dataset,
    ticker: of.family,
    tickers: tickers.size,
    bars: count,
    files: files.size,
    from,
    to,
    bytes,
    source: source ?? null,
  }];
}

function toProgress(
  { content, writtenAtMs }: Stored<JournalContent>,
  source: string | undefined,
): Progress {
  const { of, records } = content;
  const bytes = [...records.values()].reduce((sum, { size }) => sum + size, 0);
  const plain = Array.from(records, ([key, record]) => [key, toObjectRecord(record)] as const);
  return { ...of, source: source ?? null, records: new Map(plain), bytes, writtenAtMs };
}

function toCachedBars(
  of: EntryIdentity,
  { records, bytes }: TickerContent,
  source: string | undefined,
): CachedBars {
  const dataset = datasetNamed(of.dataset);
  const rows = dataset && new FileRows(dataset);
  let bars = 0;
  const dates: string[] = [];
  for (const record of records.values()) {
    const date = dataset && dateOfKey(dataset, record.key);
    if (rows === undefined || date === undefined) continue;
    const count = rows.failureOf(date, record) === undefined ? rows.lookAt(date, record).count : 0;
    if (count > 0) dates.push(date);
    bars += count;
  }
  dates.sort();
  return {
    symbol: of.symbol,
    dataset: of.dataset,
    ticker: of.ticker,
    bars,
    files: records.size,
    from: dates[0] ?? null,
    to: dates.at(-1) ?? null,
    bytes,
    source: source ?? null,
  };
}
