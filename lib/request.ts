/**
 * What is asked for: each symbol with its dataset and its period.
 *
 * @module
 */

import { UsageError } from "./errors.ts";
import { type Dataset, datasetOf } from "./market/dataset.ts";
import { type Interval, parseInterval } from "./market/interval.ts";
import { type Period, type PeriodRequest, resolvePeriod } from "./market/period.ts";
import { type Asset, type MarketSymbol, parseSymbol } from "./market/symbol.ts";

/** A request's span of time and length of bars. */
export interface RequestOptions extends PeriodRequest {
  /** The length of a bar. @default {"1d"} */
  readonly interval?: string | undefined;
}

/** One symbol of a request. */
export interface SymbolRequest extends MarketSymbol {
  readonly dataset: Dataset;
  readonly period: Period;
  readonly interval: Interval;
}

const DEFAULT_PERIODS: Readonly<Record<Asset, string>> = {
  stock: "5y",
  crypto: "2y",
  forex: "5y",
  index: "5y",
  option: "5y",
};

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
  const interval = parseInterval(options.interval ?? "1d");
  const requests = new Map<string, SymbolRequest>();
  for (const text of symbols) {
    const symbol = parseSymbol(text);
    const dataset = datasetOf(symbol.asset, interval);
    const { firstDate } = dataset;
    const period = resolvePeriod(options, {
      period: DEFAULT_PERIODS[symbol.asset],
      today,
      firstDate,
    });
    const id = `${dataset.name} ${symbol.tickers[0]}`;
    if (!requests.has(id)) {
      requests.set(id, { ...symbol, dataset, period, interval });
    }
  }
  if (requests.size === 0) {
    throw new UsageError("Cannot preload: no symbol is given");
  }
  return [...requests.values()];
}

/** A stock's symbol takes the case of the ticker that was chosen; others are as typed. */
export function spelling(request: SymbolRequest, ticker: string): { symbol: string } {
  const isExact = ticker === request.tickers[0];
  return { symbol: isExact ? request.symbol : request.symbol.toUpperCase() };
}
