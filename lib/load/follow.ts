/**
 * Finds the history of each company whose stock is asked for, and makes one symbol of what is recorded
 * of the tickers that it has had.
 *
 * @module
 */

import { restOptionsOf } from "../adjust/adjustment.ts";
import { boundedNames, quote, UsageError } from "../errors.ts";
import { clipHistory, tickerOn } from "../market/ticker_history.ts";
import { spelling, type SymbolRequest, tickersHad } from "../request.ts";
import type { Settings } from "../settings.ts";
import { KeptRecord } from "../cache/record.ts";
import type { LoadedSymbol } from "./loaded_symbol.ts";
import { dateOfKey } from "../market/dataset.ts";

/** Symbols that a notice names; the rest is counted. */
const MOST_NAMES = 10;

/**
 * The requests; where a run follows companies, those of stocks with the history of their company
 * where one is known. What is followed, and what is not, is reported.
 *
 * @throws {UsageError} when a family of stocks is among them, whose tickers are not known before.
 * @throws as `loadHistories()` does.
 */
export async function withHistories(
  requests: readonly SymbolRequest[],
  settings: Settings,
): Promise<readonly SymbolRequest[]> {
  if (!settings.follow) return requests;
  const stocks = requests.filter(({ asset }) => asset === "stock");
  const family = stocks.find(({ isFamily }) => isFamily);
  if (family !== undefined) {
    const message = `Cannot follow ${quote(family.symbol)}: want each stock by itself`;
    throw new UsageError(message);
  }
  const others = requests.filter(({ asset }) => asset !== "stock");
  tellOf(others, "not followed: only stocks change their tickers", settings);
  const { loadHistories } = await import("../adjust/load_history.ts");
  const options = { ...restOptionsOf(settings), file: settings.renamesFile };
  const found = await loadHistories(stocks.map(({ tickers }) => tickers), options);
  const histories = new Map(stocks.map((request, i) => [request, found[i]]));
  const followed = once(requests.map((request): SymbolRequest => {
    const known = histories.get(request);
    if (known === undefined) return request;
    const { ticker, history } = known;
    return { ...request, ...spelling(request, ticker), tickers: [ticker], history };
  }));
  const unknown = followed.filter(({ asset, history }) => asset === "stock" && !history);
  tellOf(unknown, "taken as it is: nothing is known of earlier tickers", settings);
  tellSpans(followed, settings);
  return followed;
}

/** Symbols that turn out to stand for one ticker, such as `META` and `meta`, count as one. */
function once(requests: readonly SymbolRequest[]): SymbolRequest[] {
  const idOf = ({ dataset, tickers }: SymbolRequest) => `${dataset.name} ${tickers[0]}`;
  return [...new Map(requests.map((one) => [idOf(one), one])).values()];
}

function tellOf(requests: readonly SymbolRequest[], what: string, { reporter }: Settings): void {
  if (requests.length === 0) return;
  const all = boundedNames(requests.map(({ symbol }) => symbol), MOST_NAMES);
  const verb = requests.length === 1 ? "is" : "are";
  reporter({ type: "notice", message: `${all} ${verb} ${what}` });
}

/** Which tickers count, of the first symbols that have had several, or none before a date. */
function tellSpans(requests: readonly SymbolRequest[], { reporter }: Settings): void {
  const texts = requests.flatMap((request) => spansText(request) ?? []);
  for (const message of texts.slice(0, MOST_NAMES)) reporter({ type: "notice", message });
  const more = texts.length - MOST_NAMES;
  if (more > 0) {
    reporter({ type: "notice", message: `${more} more symbols have had other tickers` });
  }
}

/** `META: FB to 2022-06-08, META from 2022-06-09`. */
function spansText({ symbol, history = [], period }: SymbolRequest): string | undefined {
  const spans = clipHistory(history, period);
  const parts = spans.map(({ ticker, from, to }) => {
    const start = from > period.from ? ` from ${from}` : "";
    return `${ticker}${start}${to < period.to ? ` to ${to}` : ""}`;
  });
  const isPlain = spans.length === 1 && parts[0] === spans[0]!.ticker && symbol === parts[0];
  if (history.length === 0 || isPlain) return undefined;
  return `${symbol}: ${parts.length === 0 ? "no ticker in the period" : parts.join(", ")}`;
}

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
