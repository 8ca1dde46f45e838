/**
 * What a run would find to do, looked at without locks and without changing anything.
 *
 * @module
 */

import { ObjectStore } from "../cache/objects.ts";
import { givingWay } from "../concurrency/give_way.ts";
import { bytesOfAll, type DatedObject } from "../dated_object.ts";
import type { FileTotal } from "../settings.ts";
import type { Listing } from "../bucket/listing.ts";
import type { LoadedFamily } from "./loaded_family.ts";
import type { LoadedSymbol } from "./loaded_symbol.ts";
import { keptFamily, openStored, recordedSymbol, type RunContext } from "./run_context.ts";
import { planTasks } from "./plan.ts";
import type { Partition } from "./partition_by_cache.ts";
import type { SymbolRequest } from "../request.ts";

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
  const symbols: (LoadedSymbol | LoadedFamily)[] = [...cached, ...cachedFamilies];
  const stored = await openStored(context);
  const giveWay = givingWay();
  for (const request of stale) {
    symbols.push(
      request.isFamily
        ? await keptFamily(request, context.directory, listing.filesOf(request).map(keyOf))
        : await recordedSymbol(request, stored),
    );
    await giveWay();
  }
  const sources = { lake: context.lake, store: new ObjectStore(context.directory) };
  const plans: DatasetPlan[] = [];
  for (const [dataset, objects] of listing.byDataset()) {
    const demands = symbols.filter(({ request }) => request.dataset.name === dataset);
    if (demands.length === 0) continue;
    const { listed, recorded, tasks } = planTasks(new Map([[dataset, objects]]), demands);
    const files = { lake: [], kept: [], missing: [] } as Record<Place, DatedObject[]>;
    for (const { object, demands } of tasks) {
      const tickers = demands.map(({ ticker }) => ticker);
      files[await placeOf(object, tickers, sources)].push(object);
    }
    const names = new Set(demands.map(({ request, symbol }) => request.partOf ?? symbol));
    plans.push({ dataset, symbols: [...names], listed, recorded, ...files });
  }
  return plans;
}

/** Some files in numbers. */
export function totalOf(files: readonly DatedObject[]): FileTotal {
  return { files: files.length, bytes: bytesOfAll(files) };
}

const keyOf = ({ key }: DatedObject) => key;

/** Where a run takes a file from, unless it turns out to be damaged there; `missing` is the bucket. */
type Place = "lake" | "kept" | "missing";

async function placeOf(
  file: DatedObject,
  tickers: readonly string[],
  { lake, store }: Pick<RunContext, "lake"> & { readonly store: ObjectStore },
): Promise<Place> {
  if (lake?.has(file, tickers)) return "lake";
  return await store.has(file) ? "kept" : "missing";
}

/** Whether the listing is at hand, and with it every file that is wanted: nothing is to be asked. */
export async function isAllKept(
  requests: readonly SymbolRequest[],
  listing: Listing,
  { directory, lake }: Pick<RunContext, "directory" | "lake">,
): Promise<boolean> {
  if (!requests.every((request) => listing.covers(request))) return false;
  const sources = { lake, store: new ObjectStore(directory) };
  const lists = new Set(requests.map((request) => listing.filesOf(request)));
  const files = new Set([...lists].flat());
  const tickers = requests.map((request) => request.tickers.at(-1)!);
  for (const file of files) {
    if (await placeOf(file, tickers, sources) === "missing") return false;
  }
  return files.size > 0;
}

/** Those that a run would not ask the bucket for, unless it finds them damaged. */
export async function keptOf(
  files: readonly DatedObject[],
  store: ObjectStore,
): Promise<DatedObject[]> {
  const kept: DatedObject[] = [];
  for (const file of files) if (await store.has(file)) kept.push(file);
  return kept;
}
