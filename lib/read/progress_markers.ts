/**
 * The progress markers of a cache: what runs that did not end have left.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { readEntry } from "../cache/entry.ts";
import { listJournals, type OnNewer, type Stored } from "../cache/inventory.ts";
import type { JournalContent, JournalIdentity } from "../cache/journal.ts";
import { type ObjectRecord, toObjectRecord } from "../cache/record.ts";
import { listSources } from "../cache/sources.ts";
import { isRecorded } from "../dated_object.ts";
import { datasetsOf } from "../market/dataset.ts";
import { parseInterval } from "../market/interval.ts";
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
    for (const journal of await listJournals(directory, onNewer)) {
      if (!await isFolded(directory, journal.content)) progress.push(toProgress(journal, source));
    }
  }
  return progress;
}

/** Whether a marker is of a symbol, and where they are given of a period and interval. */
export function isMarkerOf(wanted: MarkerName) {
  const { tickers, asset } = parseSymbol(wanted.symbol);
  const datasets = datasetsOf(asset).map(({ name }) => name);
  const interval = wanted.interval === undefined ? undefined : parseInterval(wanted.interval);
  return (progress: JournalIdentity) =>
    datasets.includes(progress.dataset) && tickers.includes(progress.ticker) &&
    progress.period === (wanted.period ?? progress.period) &&
    progress.interval === (interval ?? progress.interval);
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

function toProgress(
  { content, writtenAtMs }: Stored<JournalContent>,
  source: string | undefined,
): Progress {
  const { of, records } = content;
  const bytes = [...records.values()].reduce((sum, { size }) => sum + size, 0);
  const plain = Array.from(records, ([key, record]) => [key, toObjectRecord(record)] as const);
  return { ...of, source: source ?? null, records: new Map(plain), bytes, writtenAtMs };
}
