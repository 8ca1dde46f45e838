/**
 * What is asked for: each symbol with its dataset and its period.
 *
 * @module
 */

import { UsageError } from "./errors.ts";
import { checkGiven, checkOptions, list, needed, text } from "./given.ts";
import { type Dataset, datasetOf } from "./market/dataset.ts";
import { checkHours, type Hours, parseHours } from "./market/hours.ts";
import { type Interval, parseInterval, type SourceInterval, sourceOf } from "./market/interval.ts";
import { type Period, type PeriodRequest, resolvePeriod } from "./market/period.ts";
import { type Asset, type MarketSymbol, parseAsset, parseSymbol } from "./market/symbol.ts";
import { clipHistory, type TickerSpan } from "./market/ticker_history.ts";

/**
 * A request's span of time and length of bars. A request that names no span has five years,
 * or two of crypto; with an interval of minutes or hours, whose files are a hundred times as
 * large, one month, or five days of an index.
 */
export interface RequestOptions extends PeriodRequest {
  /**
   * The length of a bar: `1m`, `2m`, `5m`, `15m`, `30m`, `1h`, `1d`, `1wk` or `1mo`. Weeks
   * and months that the span cuts have its part of them.
   *
   * @default {"1d"}
   */
  readonly interval?: string | undefined;
  /**
   * `"regular"` takes the bars of the exchanges' regular session alone, 09:30 to 16:00 in
   * New York or 13:00 on half days, and counts windows from 09:30; for stocks, options and
   * indices at an interval of minutes or hours.
   *
   * @default {"all"}
   */
  readonly hours?: string | undefined;
  /**
   * What every symbol is, where its form says otherwise: `stock`, `crypto`, `forex`, `index`
   * or `option`.
   *
   * @default {what each symbol's form says}
   */
  readonly asset?: string | undefined;
}

/** What each of them may be; which text, is for its reader to say. */
export const REQUEST_KINDS = {
  period: text("a length such as 5y"),
  from: text("a date such as 2024-03-07"),
  to: text("a date such as 2024-03-07"),
  interval: text("a length such as 1d"),
  hours: text("all or regular"),
  asset: text("a word such as stock"),
};

/** One symbol of a request. */
export interface SymbolRequest extends MarketSymbol {
  readonly dataset: Dataset;
  readonly period: Period;
  readonly interval: Interval;
  readonly hours: Hours;
  /** The tickers that its company has had, oldest first, where those are followed and known. */
  readonly history?: readonly TickerSpan[];
  /** Set for a ticker that only the history of another symbol needs: that symbol. */
  readonly partOf?: string;
}

const DEFAULT_PERIODS: Readonly<Record<SourceInterval, Readonly<Record<Asset, string>>>> = {
  "1m": { stock: "1mo", crypto: "1mo", forex: "1mo", index: "5d", option: "1mo" },
  "1d": { stock: "5y", crypto: "2y", forex: "5y", index: "5y", option: "5y" },
};

/** Each has a file for each file of the bucket, and is looked at for each of its rows. */
const MOST_FAMILIES = 100;

/**
 * Reads a request. A symbol that is given twice, in whatever spelling, counts once.
 *
 * @param today the date on which a period ends that names no end, `YYYY-MM-DD`.
 * @throws {UsageError} when a part of it cannot be read.
 */
export function readRequest(
  symbols: readonly string[],
  options: RequestOptions,
  today: string,
): SymbolRequest[] {
  checkGiven({ symbols }, { symbols: needed(list('"TSLA"')) });
  checkOptions(options, REQUEST_KINDS);
  const { interval, hours, asset } = readBarOptions(options);
  const requests = new Map<string, SymbolRequest>();
  const periods = new Map<Asset, Period>();
  for (const text of symbols) {
    const symbol = parseSymbol(text, { asset });
    checkHours(hours, symbol.asset, symbol.symbol);
    const dataset = datasetOf(symbol.asset, interval);
    const { firstDate } = dataset;
    const period = periods.get(symbol.asset) ?? resolvePeriod(options, {
      period: DEFAULT_PERIODS[sourceOf(interval)][symbol.asset],
      today,
      firstDate,
    });
    periods.set(symbol.asset, period);
    const id = `${dataset.name} ${symbol.tickers[0]}`;
    if (!requests.has(id)) {
      requests.set(id, { ...symbol, dataset, period, interval, hours });
    }
  }
  const families = requests.values().filter(({ isFamily }) => isFamily).toArray().length;
  if (families > MOST_FAMILIES) {
    const wanted = `want at most ${MOST_FAMILIES} at once, or one pattern for more of them`;
    throw new UsageError(`Cannot load ${families} patterns and chains: ${wanted}`);
  }
  if (requests.size === 0) {
    throw new UsageError("Cannot preload: no symbol is given");
  }
  return [...requests.values()];
}

/**
 * What has to be loaded for requests: themselves, and in the place of one with a history a request
 * for each ticker that its company has had in the period. All are of whole periods, whoever had the
 * ticker then, so that what is recorded of a ticker is the same for all who ask for it.
 */
export function partsOf(requests: readonly SymbolRequest[]): SymbolRequest[] {
  const parts = new Map<string, SymbolRequest>();
  const add = (part: SymbolRequest) => {
    const id = `${part.dataset.name} ${part.tickers[0]}`;
    if (!parts.has(id)) parts.set(id, part);
  };
  requests.filter(({ history }) => history === undefined).forEach(add);
  for (const request of requests.filter(({ history }) => history !== undefined)) {
    const { history: _, ...rest } = request;
    const { symbol, tickers: [own] } = rest;
    for (const ticker of tickersHad(request)) {
      const name = ticker === own ? symbol : ticker;
      add({ ...rest, symbol: name, tickers: [ticker], partOf: symbol });
    }
  }
  return [...parts.values()];
}

/** The tickers that the company of a request has had in its period; where it had none, its own. */
export function tickersHad(
  { history = [], period, tickers: [own] }: SymbolRequest,
): ReadonlySet<string> {
  const had = clipHistory(history, period).map(({ ticker }) => ticker);
  return new Set(had.length === 0 ? [own] : had);
}

/** A stock's symbol takes the case of the ticker that was chosen; others are as typed. */
export function spelling(request: SymbolRequest, ticker: string): { symbol: string } {
  const isExact = ticker === request.tickers[0];
  return { symbol: isExact ? request.symbol : request.symbol.toUpperCase() };
}

/**
 * What a ticker's files are named after: its symbol, or where that alone would stand for
 * something else, the ticker, so that each of the two has files of its own.
 */
export function fileSymbol(request: SymbolRequest, ticker: string): string {
  return request.isForced ? ticker : spelling(request, ticker).symbol;
}

/**
 * Reads what holds for all symbols of a request.
 *
 * @throws {UsageError} when a part of it cannot be read, or the hours of whole days are asked
 * for.
 */
function readBarOptions(
  { interval: length = "1d", hours: part = "all", asset: kind }: RequestOptions,
): { interval: Interval; hours: Hours; asset: Asset | undefined } {
  const interval = parseInterval(length);
  const hours = parseHours(part);
  if (hours !== "all" && sourceOf(interval) === "1d") {
    const why = "its bars are of whole days, want one from 1m to 1h";
    throw new UsageError(`Cannot use ${hours} hours with the interval ${interval}: ${why}`);
  }
  return { interval, hours, asset: kind === undefined ? undefined : parseAsset(kind) };
}
