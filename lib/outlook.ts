/**
 * What a run would find to do, looked at without locks and without changing anything.
 *
 * @module
 */

import { readFamily } from "./cache/family_store.ts";
import { KnownTickers } from "./cache/known_tickers.ts";
import { ObjectStore } from "./cache/objects.ts";
import { readRecorded } from "./cache/recorded.ts";
import { knownTicker } from "./choose_tickers.ts";
import { givingWay } from "./concurrency/give_way.ts";
import { bytesToLoad, type DatedObject, type ObjectVersion } from "./dated_object.ts";
import type { FileTotal } from "./forecast.ts";
import { isMd5 } from "./integrity.ts";
import type { Listing } from "./listing.ts";
import type { LoadedFamily } from "./load/loaded_family.ts";
import { filesOf, filesOnce, type LoadedSymbol } from "./loaded_symbol.ts";
import { identityOf, type Place } from "./open_symbols.ts";
import { planTasks, type Want } from "./plan.ts";
import type { Division } from "./read_hit.ts";
import { spelling, type SymbolRequest } from "./request.ts";

/** What there is to do in one dataset. */
export interface DatasetOutlook {
  readonly dataset: string;
  /** The symbols that want files of it. */
  readonly symbols: readonly string[];
  /** Files that the bucket lists for them. */
  readonly listed: number;
  /** Those whose rows are recorded for every one of them. */
  readonly recorded: number;
  /** Those of the others that are kept here. */
  readonly kept: readonly DatedObject[];
  /** The rest. */
  readonly lacking: readonly DatedObject[];
}

/** A symbol, and what it wants and has. */
interface ForeseenSymbol extends Want {
  readonly symbol: string;
}

/**
 * What there is to do for the symbols of a request, by dataset. A ticker of which nothing is
 * recorded is taken to be spelled as most are, in upper case: no file is looked into for it.
 *
 * @throws {JournalError} {@linkcode StorageError} as reading what is recorded does.
 */
export async function outlookOf(
  { hits, families, misses }: Division,
  listing: Listing,
  place: Place,
): Promise<DatasetOutlook[]> {
  const symbols = [...hits, ...families].map(foreseeHit);
  const known = new KnownTickers(place.directory);
  const giveWay = givingWay();
  for (const request of misses) {
    symbols.push(
      request.isFamily
        ? await foreseeFamily(request, listing, place)
        : await foreseeMiss(request, known, place),
    );
    await giveWay();
  }
  const store = new ObjectStore(place.directory);
  const outlooks: DatasetOutlook[] = [];
  for (const [dataset, objects] of listing.byDataset()) {
    const wants = symbols.filter((symbol) => symbol.dataset === dataset);
    if (wants.length === 0) continue;
    const { listed, recorded, tasks } = planTasks(new Map([[dataset, objects]]), wants);
    const files = tasks.map(({ object }) => object);
    const kept = await keptOf(files, store);
    const lacking = [...new Set(files).difference(new Set(kept))];
    const names = [...new Set(wants.map(({ symbol }) => symbol))];
    outlooks.push({ dataset, symbols: names, listed, recorded, kept, lacking });
  }
  return outlooks;
}

/** Some files in numbers. */
export function totalOf(files: readonly DatedObject[]): FileTotal {
  return { files: files.length, bytes: files.reduce((sum, file) => sum + bytesToLoad(file), 0) };
}

function foreseeHit(
  { request, symbol, records }: LoadedSymbol | LoadedFamily,
): ForeseenSymbol {
  const { dataset, period: { from, to } } = request;
  return { symbol: request.partOf ?? symbol, dataset: dataset.name, from, to, recorded: records };
}

const NOTHING: ReadonlyMap<string, ObjectVersion> = new Map();

async function foreseeMiss(
  request: SymbolRequest,
  known: KnownTickers,
  { directory, settings }: Place,
): Promise<ForeseenSymbol> {
  const { dataset, period: { from, to } } = request;
  const found = await knownTicker(request, known);
  const ticker = found ?? request.tickers.at(-1)!;
  const recorded = found === undefined
    ? NOTHING
    : await readRecorded(directory, identityOf(request, ticker, settings));
  const symbol = request.partOf ?? spelling(request, ticker).symbol;
  return { symbol, dataset: dataset.name, from, to, recorded };
}

async function foreseeFamily(
  request: SymbolRequest,
  listing: Listing,
  { directory }: Place,
): Promise<ForeseenSymbol> {
  const { symbol, tickers: [family], dataset: { name: dataset }, period: { from, to } } = request;
  const keys = filesOf(request, listing.byDataset()).map(({ key }) => key);
  const { files: recorded } = await readFamily(directory, { dataset, family }, keys);
  return { symbol, dataset, from, to, recorded };
}

/** Whether the listing is at hand, and with it every file that is wanted: nothing is to be asked. */
export async function isAllKept(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { directory }: Pick<Place, "directory">,
): Promise<boolean> {
  if (!requests.every((request) => listing.covers(request))) return false;
  const store = new ObjectStore(directory);
  const lists = new Set(requests.map(filesOnce(listing.byDataset())));
  const files = new Set([...lists].flat());
  for (const file of files) {
    if (!await store.has(file, { isMd5: isMd5(file.etag) })) return false;
  }
  return files.size > 0;
}

/** Those that a run would not ask the bucket for, unless it finds them damaged. */
async function keptOf(files: readonly DatedObject[], store: ObjectStore): Promise<DatedObject[]> {
  const kept: DatedObject[] = [];
  for (const file of files) {
    if (await store.has(file, { isMd5: isMd5(file.etag) })) kept.push(file);
  }
  return kept;
}
