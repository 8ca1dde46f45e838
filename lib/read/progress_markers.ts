/**
 * The progress markers of a cache: what runs that did not end have left.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { listJournals, type OnNewer, type StoredJournal } from "../cache/inventory.ts";
import type { JournalContent, JournalIdentity } from "../cache/journal.ts";
import { type ObjectRecord, toObjectRecord } from "../cache/record.ts";
import { listSources } from "../cache/sources.ts";
import { StoredRecords, unreadError } from "../cache/stored_records.ts";
import { datasetsOf } from "../market/dataset.ts";
import { parseInterval } from "../market/interval.ts";
import { checkGiven, text } from "../given.ts";
import { parseSymbol } from "../market/symbol.ts";

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

/** Names the markers of a symbol, or of one period and interval of it. */
export interface MarkerName {
  readonly symbol: string;
  readonly period?: string;
  readonly interval?: string;
}

/** Every progress marker that has something which the cached bars lack. */
export async function listMarkers(
  root: CacheDirectory,
  onNewer: OnNewer = () => {},
): Promise<Progress[]> {
  const progress: Progress[] = [];
  for (const { directory, source } of await listSources(root)) {
    const stored = await StoredRecords.open(directory);
    for (const journal of await listJournals(directory, onNewer)) {
      if (!await isFolded(journal.content, stored)) progress.push(toProgress(journal, source));
    }
  }
  return progress;
}

/** Whether a marker is of a symbol, and where they are given of a period and interval. */
export function isMarkerOf(wanted: MarkerName) {
  checkGiven(wanted, { period: text(), interval: text() });
  const { tickers, asset } = parseSymbol(wanted.symbol);
  const datasets = datasetsOf(asset).map(({ name }) => name);
  const interval = wanted.interval === undefined ? undefined : parseInterval(wanted.interval);
  return (progress: JournalIdentity) =>
    datasets.includes(progress.dataset) && tickers.includes(progress.ticker) &&
    progress.period === (wanted.period ?? progress.period) &&
    progress.interval === (interval ?? progress.interval);
}

/** Whether a journal is left over: nothing in it counts that the ticker's entry does not have. */
async function isFolded({ of, records }: JournalContent, stored: StoredRecords): Promise<boolean> {
  const content = await stored.readAll(of).catch(unreadError);
  return !(content instanceof Error) && content.entry !== "none" &&
    records.keys().every((key) => !content.unfolded.has(key));
}

function toProgress(
  { content, writtenAtMs }: StoredJournal,
  source: string | undefined,
): Progress {
  const { of, records } = content;
  const bytes = [...records.values()].reduce((sum, { size }) => sum + size, 0);
  const plain = Array.from(records, ([key, record]) => [key, toObjectRecord(record)] as const);
  return { ...of, source: source ?? null, records: new Map(plain), bytes, writtenAtMs };
}
