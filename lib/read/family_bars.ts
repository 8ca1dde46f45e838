/**
 * Reads the bars of a family out of a cache, ticker by ticker.
 *
 * @module
 */

import { withDates } from "../bucket/dated_files.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import { keysOfFamily, readFamily } from "../cache/family_store.ts";
import { isInSpan } from "../dated_object.ts";
import { quote, StorageError } from "../errors.ts";
import { barsOfFamily } from "../load/loaded_family.ts";
import type { BarBatch } from "../market/bar.ts";
import { dateOfKey } from "../market/dataset.ts";
import type { SymbolRequest } from "../request.ts";
import { batchesOf } from "../load/result_bars.ts";

/** A family of a request, and where it is kept. */
export interface KeptFamily {
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
export async function* readFamilyBars(
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
