/**
 * Forgets what is in a cache: a marker, a symbol, or everything.
 *
 * @module
 */

import { type CacheDirectory, fileName } from "../cache/directory.ts";
import { readEntryIdentity } from "../cache/entry.ts";
import { familyFolders, listFamilies } from "../cache/family_store.ts";
import { Forgetful, markOlder } from "../cache/forget.ts";
import { listEntryPaths, listJournals, type OnNewer } from "../cache/inventory.ts";
import { disown, listSources } from "../cache/sources.ts";
import { datasetsOf } from "../market/dataset.ts";
import { parseSymbol } from "../market/symbol.ts";
import { isMarkerOf, type MarkerName } from "./progress_markers.ts";

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

/** Forgets the progress markers of a symbol; returns how many there were. */
export async function clearMarkers(
  root: CacheDirectory,
  of: MarkerName,
  options: ClearOptions,
): Promise<number> {
  const isWanted = isMarkerOf(of);
  let markers = 0;
  for (const { directory } of await listSources(root)) {
    const journals = await listJournals(directory, refuseNewer(of.symbol));
    const wanted = journals.filter(({ content }) => isWanted(content.of));
    const cache = new Forgetful(directory, { ...SILENT, ...options });
    for (const journal of wanted) await cache.journal(journal);
    markers += wanted.length;
  }
  return markers;
}

/** Forgets a symbol; returns whether anything of it was there. */
export async function clearSymbol(
  root: CacheDirectory,
  symbol: string,
  options: ClearOptions,
): Promise<boolean> {
  const witness = { ...SILENT, ...options };
  const { asset, tickers, isFamily } = parseSymbol(symbol);
  await markOlder(root);
  let isFound = await clearMarkers(root, { symbol }, witness) > 0;
  const datasets = datasetsOf(asset).map(({ name }) => name);
  const sources = await listSources(root);
  for (const { directory } of sources) {
    const cache = new Forgetful(directory, witness);
    const wanted = datasets.flatMap((dataset) =>
      tickers.map((ticker) => directory.entryPath(dataset, ticker))
    );
    const found = (await listEntryPaths(directory)).filter((path) => wanted.includes(path));
    for (const path of found) await cache.entry(path);
    for (const dataset of isFamily ? datasets : []) {
      const folder = directory.familyPath({ dataset, family: tickers[0] });
      if (await cache.family(folder)) isFound = true;
    }
    isFound ||= found.length > 0;
  }
  const onRemoved = (file: ForgottenFile) => witness.onRemoved({ ...file, isShared: true });
  for (const { directory } of isFound ? sources : []) {
    const cache = new Forgetful(directory, { ...witness, onRemoved });
    for (const dataset of datasets) await cache.kept(dataset);
  }
  const cache = new Forgetful(root, witness);
  for (const ticker of tickers) await cache.answers(ticker);
  return isFound;
}

/** Forgets everything but the locks. */
export async function clearEverything(root: CacheDirectory, options: ClearOptions): Promise<void> {
  const { onLeft, onRemoved } = { ...SILENT, ...options };
  const sources = await listSources(root);
  for (const { directory } of sources) {
    for (const path of await listEntryPaths(directory)) await readEntryIdentity(path);
    await listJournals(directory);
    await listFamilies(directory);
  }
  await markOlder(root);
  const left = new Set<string>();
  const witness = { onLeft: (path: string) => left.add(path), onRemoved };
  for (const { directory } of sources) {
    const cache = new Forgetful(directory, witness);
    for (const journal of await listJournals(directory)) await cache.journal(journal);
    for (const path of await listEntryPaths(directory)) await cache.entry(path);
    for (const folder of await familyFolders(directory)) await cache.family(folder);
    await cache.strays();
    await cache.kept();
  }
  await disown(root);
  for (const path of left) onLeft(path);
}

const SILENT: Required<ClearOptions> = { onLeft: () => {}, onRemoved: () => {} };

/** Throws for a newer file that by its name is a marker of the symbol. */
function refuseNewer(symbol: string): OnNewer {
  const { tickers } = parseSymbol(symbol);
  const names = [symbol, ...tickers].map((name) => `/.progress_${fileName(name)}_`);
  return (error) => {
    if (names.some((name) => error.path.includes(name))) throw error;
  };
}
