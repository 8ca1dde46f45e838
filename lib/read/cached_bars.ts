/**
 * Counts what a cache has of each ticker.
 *
 * @module
 */

import { withDates } from "../bucket/dated_files.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import type { EntryIdentity } from "../cache/entry.ts";
import type { FamilyIdentity } from "../cache/family_file.ts";
import { listFamilies, readFamily } from "../cache/family_store.ts";
import { listSources, openRecords } from "../cache/sources.ts";
import { type OnUnread, unreadError } from "../cache/stored_records.ts";
import type { TickerContent } from "../cache/ticker_reading.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { FileRows } from "../flatfile/file_rows.ts";
import { surveyFamily } from "../load/family_survey.ts";
import { datasetNamed, dateOfKey } from "../market/dataset.ts";

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

/** Everything that is cached, by bucket, dataset and ticker. */
export async function listCachedBars(
  root: CacheDirectory,
  onUnread: OnUnread = () => {},
): Promise<CachedBars[]> {
  const cached: CachedBars[] = [];
  const giveWay = givingWay();
  for (const { directory, source } of await listSources(root)) {
    const stored = await openRecords({ directory, source });
    for (const ticker of await stored.list(onUnread)) {
      await giveWay();
      const reading = stored.read(ticker);
      const content = await reading.all().catch(unreadError);
      const failure = content instanceof Error ? content : reading.damage;
      if (failure) onUnread(failure);
      if (content instanceof Error) continue;
      const isThere = content.records.values().some(({ hasTicker }) => hasTicker);
      if (isThere) cached.push(toCachedBars(ticker, content, source));
    }
    for (const family of await listFamilies(directory, onUnread)) {
      cached.push(...await toCachedFamily(directory, family, source));
    }
  }
  return cached;
}

async function toCachedFamily(
  directory: CacheDirectory,
  of: FamilyIdentity,
  source: string | undefined,
): Promise<CachedBars[]> {
  const dataset = datasetNamed(of.dataset);
  if (dataset === undefined) return [];
  const { files } = await readFamily(directory, of);
  const { asset, interval } = dataset;
  const request = { dataset, asset, interval, hours: "all" } as const;
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
