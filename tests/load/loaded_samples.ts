/**
 * A week of one dataset, and symbols of which some of its files are recorded.
 *
 * @module
 */

import { KeptRecord, type ObjectRecord } from "../../lib/cache/record.ts";
import type { DatedObject } from "../../lib/dated_object.ts";
import type { LoadedSymbol } from "../../lib/load/loaded_symbol.ts";
import type { BarRow } from "../../lib/market/bar.ts";
import { readRequest } from "../../lib/request.ts";

export const TODAY = "2024-03-08";
export const [TSLA, AAPL] = readRequest(["TSLA", "AAPL"], { period: "1wk" }, TODAY);
export const DATASET = TSLA!.dataset.name;

export const fileOf = (date: string): DatedObject => ({
  key: `${DATASET}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`,
  date,
  size: 10,
  etag: "e",
});
export const FILES = ["2024-03-01", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"].map(
  fileOf,
);
/** Those of the week's span. */
export const WEEK = FILES.slice(1);
/** A listing of which nothing else is asked for. */
export const LISTING = { filesOf: () => WEEK };

export const row = (timestamp: number): BarRow => [timestamp, 1, 2, 0.5, 1.5, 100, 7];
export const recordOf = (
  file: DatedObject,
  rows: readonly BarRow[] = [row(Date.parse(file.date))],
) => ({
  ...file,
  rows,
});

export function loadedOf(
  records: readonly ObjectRecord[],
  { request = TSLA!, ...more }: Partial<LoadedSymbol> = {},
): LoadedSymbol {
  return {
    request,
    symbol: request.symbol,
    ticker: request.tickers[0],
    cached: false,
    records: new Map(records.map((record) => [record.key, KeptRecord.of(record)])),
    ...more,
  };
}
