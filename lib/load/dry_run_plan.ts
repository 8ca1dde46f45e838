/**
 * What a run would find to do, looked at without locks and without changing anything.
 *
 * @module
 */

import { readFamily } from "../cache/family_store.ts";
import { ObjectStore } from "../cache/objects.ts";
import type { StoredRecords } from "../cache/stored_records.ts";
import { knownTicker } from "./choose_tickers.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { bytesOfAll, type DatedObject, type ObjectVersion } from "../dated_object.ts";
import { isMd5 } from "../s3/etag.ts";
import type { FileTotal } from "../settings.ts";
import type { Listing } from "../bucket/listing.ts";
import type { LoadedFamily } from "./loaded_family.ts";
import { filesOf, filesOnce, type LoadedSymbol } from "./loaded_symbol.ts";
import { openStored, type RunContext } from "./run_context.ts";
import { type Demand, planTasks } from "./plan.ts";
import type { Partition } from "./partition_by_cache.ts";
import { spelling, type SymbolRequest } from "../request.ts";

/** What there is to do in one dataset. */
export interface DatasetPlan {
  readonly dataset: string;
  /** The symbols that want files of it. */
  readonly symbols: readonly string[];
  /** Files that the bucket lists for them. */
  readonly listed: number;
  /** Those whose rows are recorded for every one of them. */
  readonly recorded: number;
  /** Those of the others that are kept here. */
  readonly kept: readonly DatedObject[];
  /** Those of the others whose rows the lake has. */
  readonly lake: readonly DatedObject[];
  /** The rest. */
  readonly missing: readonly DatedObject[];
}

/** A symbol, and what it wants and has. */
interface SymbolDemand extends Demand {
  readonly symbol: string;
  /** As it is taken to be spelled; a family's is its name. */
  readonly ticker: string;
}

/**
 * What there is to do for the symbols of a request, by dataset. A ticker of which nothing is
 * recorded is taken to be spelled as most are, in upper case: no file is looked into for it.
 *
 * @throws {JournalError} {@linkcode StorageError} as reading what is recorded does.
 */
export async function dryRunPlan(
  { cached, cachedFamilies, stale }: Partition,
  listing: Listing,
  context: RunContext,
): Promise<DatasetPlan[]> {
  const symbols = [...cached, ...cachedFamilies].map(demandOfHit);
  const stored = await openStored(context);
  const giveWay = givingWay();
  for (const request of stale) {
    symbols.push(
      request.isFamily
        ? await demandOfFamily(request, listing, context)
        : await demandOfMiss(request, stored),
    );
    await giveWay();
  }
  const store = new ObjectStore(context.directory);
  const plans: DatasetPlan[] = [];
  for (const [dataset, objects] of listing.byDataset()) {
    const demands = symbols.filter((symbol) => symbol.dataset === dataset);
    if (demands.length === 0) continue;
    const { listed, recorded, tasks } = planTasks(new Map([[dataset, objects]]), demands);
    const ofLake = tasks.filter(({ object, demands }) =>
      context.lake?.has(object, demands.map(({ ticker }) => ticker))
    );
    const lake = ofLake.map(({ object }) => object);
    const others = [...new Set(tasks.map(({ object }) => object)).difference(new Set(lake))];
    const kept = await keptOf(others, store);
    const missing = [...new Set(others).difference(new Set(kept))];
    const names = [...new Set(demands.map(({ symbol }) => symbol))];
    plans.push({ dataset, symbols: names, listed, recorded, lake, kept, missing });
  }
  return plans;
}

/** Some files in numbers. */
export function totalOf(files: readonly DatedObject[]): FileTotal {
  return { files: files.length, bytes: bytesOfAll(files) };
}

function demandOfHit(
  { request, symbol, ticker, records }: LoadedSymbol | LoadedFamily,
): SymbolDemand {
  const { dataset, period: { from, to }, partOf } = request;
  return { symbol: partOf ?? symbol, ticker, dataset: dataset.name, from, to, recorded: records };
}

const NOTHING: ReadonlyMap<string, ObjectVersion> = new Map();

async function demandOfMiss(
  request: SymbolRequest,
  stored: StoredRecords,
): Promise<SymbolDemand> {
  const { dataset, period: { from, to } } = request;
  const found = await knownTicker(request, stored);
  const ticker = found ?? request.tickers.at(-1)!;
  const recorded = found === undefined
    ? NOTHING
    : (await stored.readAll({ dataset: dataset.name, ticker })).records;
  const symbol = request.partOf ?? spelling(request, ticker).symbol;
  return { symbol, ticker, dataset: dataset.name, from, to, recorded };
}

async function demandOfFamily(
  request: SymbolRequest,
  listing: Listing,
  { directory }: RunContext,
): Promise<SymbolDemand> {
  const { symbol, tickers: [family], dataset: { name: dataset }, period: { from, to } } = request;
  const keys = filesOf(request, listing.byDataset()).map(({ key }) => key);
  const { files: recorded } = await readFamily(directory, { dataset, family }, keys);
  return { symbol, ticker: family, dataset, from, to, recorded };
}

/** Whether the listing is at hand, and with it every file that is wanted: nothing is to be asked. */
export async function isAllKept(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { directory, lake }: Pick<RunContext, "directory" | "lake">,
): Promise<boolean> {
  if (!requests.every((request) => listing.covers(request))) return false;
  const store = new ObjectStore(directory);
  const lists = new Set(requests.map(filesOnce(listing.byDataset())));
  const files = new Set([...lists].flat());
  const tickers = requests.map((request) => request.tickers.at(-1)!);
  for (const file of files) {
    if (lake?.has(file, tickers)) continue;
    if (!await store.has(file, { isMd5: isMd5(file.etag) })) return false;
  }
  return files.size > 0;
}

/** Those that a run would not ask the bucket for, unless it finds them damaged. */
export async function keptOf(
  files: readonly DatedObject[],
  store: ObjectStore,
): Promise<DatedObject[]> {
  const kept: DatedObject[] = [];
  for (const file of files) {
    if (await store.has(file, { isMd5: isMd5(file.etag) })) kept.push(file);
  }
  return kept;
}
