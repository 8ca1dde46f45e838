/**
 * Makes one symbol of what is recorded of the tickers that its company has had.
 *
 * @module
 */

import { KeptRecord } from "../cache/record.ts";
import type { LoadedSymbol } from "./loaded_symbol.ts";
import { dateOfKey } from "../market/dataset.ts";
import { tickerOn } from "../market/ticker_history.ts";
import { type SymbolRequest, tickersHad } from "../request.ts";

/**
 * The symbols that were asked for, of those that are loaded: one with a history, when each ticker
 * of it is there, is made of those.
 *
 * @param loaded of `partsOf()` the requests.
 */
export function joinSymbols(
  requests: readonly SymbolRequest[],
  loaded: readonly LoadedSymbol[],
): LoadedSymbol[] {
  const byTicker = new Map(loaded.map((one) => [`${one.request.dataset.name} ${one.ticker}`, one]));
  const plain = loaded.filter(({ request }) => request.partOf === undefined);
  return [
    ...plain,
    ...requests.flatMap((request) => {
      if (request.history === undefined) return [];
      const { name } = request.dataset;
      const parts = [...tickersHad(request)].map((ticker) => byTicker.get(`${name} ${ticker}`));
      const isThere = (one: LoadedSymbol | undefined) => one !== undefined;
      return parts.every(isThere) ? [joinParts(request, parts)] : [];
    }),
  ];
}

/** @param loaded what is recorded of each of `tickersHad()`. */
export function joinParts(
  request: SymbolRequest,
  loaded: readonly Pick<LoadedSymbol, "ticker" | "records" | "cached">[],
): LoadedSymbol {
  const { symbol, tickers: [ticker] } = request;
  const parts = new Map(loaded.map((one) => [one.ticker, one.records]));
  const records = mergeRecords(parts, request);
  const cached = loaded.every((one) => one.cached);
  return { request, symbol, ticker, cached, records, parts };
}

/**
 * Of each file the record of the ticker that the company had on its date; of one from a date on
 * which it had none, a record without a row.
 */
function mergeRecords(
  parts: ReadonlyMap<string, ReadonlyMap<string, KeptRecord>>,
  { history = [], dataset }: SymbolRequest,
): Map<string, KeptRecord> {
  const merged = new Map<string, KeptRecord>();
  for (const [ticker, records] of parts) {
    for (const [key, record] of records) {
      const date = dateOfKey(dataset, key);
      if (date === undefined) continue;
      const had = tickerOn(history, date);
      if (had === ticker) merged.set(key, record);
      else if (had === undefined) {
        merged.set(key, KeptRecord.of({ ...versionOf(record), rows: [] }));
      }
    }
  }
  return merged;
}

const versionOf = ({ key, size, etag }: KeptRecord) => ({ key, size, etag });
