/**
 * A family of a request with what is kept of it: its tickers, and the bars of each.
 *
 * @module
 */

import type { FamilyNotes } from "../cache/family_body.ts";
import type { FamilyFile } from "../cache/family_file.ts";
import { type Member, mergeFamily } from "../cache/family_merge.ts";
import type { DatedObject } from "../dated_object.ts";
import { hasFileBars, type LoadedSymbol } from "./loaded_symbol.ts";
import type { Bar } from "../market/bar.ts";
import { FileRows } from "../flatfile/file_rows.ts";
import { resample } from "../market/resample.ts";
import type { SymbolRequest } from "../request.ts";

/** What is kept of one family of a request. */
export interface LoadedFamily extends Omit<LoadedSymbol, "records" | "suggestions"> {
  /** The family's name. */
  readonly ticker: string;
  readonly records: ReadonlyMap<string, FamilyFile>;
}

/** Which bars are made of the files, and of which files. */
export interface FamilyBars {
  readonly request: Pick<SymbolRequest, "dataset" | "asset" | "interval" | "hours">;
  readonly records: ReadonlyMap<string, FamilyFile>;
}

/** The bars of one ticker, ascending; to be read before the next ticker is asked for. */
export interface TickerBars {
  readonly ticker: string;
  readonly bars: Iterable<Bar>;
}

/**
 * The bars of each ticker of a family at the interval of its request, in the order of the tickers'
 * names; those of one ticker are in memory, and of each file a small part.
 *
 * @param recorded the files that they are made from, ascending.
 * @throws as `FamilyFile.read()` does, behind what could be read.
 */
export function* barsOfFamily(
  loaded: FamilyBars,
  recorded: readonly DatedObject[],
): Generator<TickerBars, void> {
  const { request } = loaded;
  const read = new FileRows(request.dataset);
  for (const { ticker, rows } of membersOf(loaded, recorded)) {
    const bars = rows.flatMap((one) => read.barsOf(one.date, one));
    yield { ticker, bars: hasFileBars(request) ? bars : resample(bars, request.interval, request) };
  }
}

/**
 * The tickers of a family in the order of their names.
 *
 * @param onNotes is called with what a file notes when that is through.
 */
export function membersOf(
  { records }: Pick<FamilyBars, "records">,
  recorded: readonly DatedObject[],
  onNotes?: (file: DatedObject, notes: FamilyNotes) => void,
): Generator<Member, void> {
  return mergeFamily(recorded.map(({ key }) => records.get(key)!), onNotes);
}
