/**
 * Loads what the bars of a request are adjusted for, under all the tickers that a company has had.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";
import { type Split, uniqueSplits } from "./split.ts";
import type { SymbolRequest } from "../request.ts";
import { type Settings, todayOf } from "../settings.ts";
import { type Dividend, uniqueDividends } from "./dividend_factors.ts";
import type { RestOptions } from "./rest_tables.ts";

/** What a company did to its shares, oldest first. */
export interface Actions {
  readonly splits: readonly Split[];
  /** None where bars are adjusted for splits alone. */
  readonly dividends: readonly Dividend[];
}

/**
 * The splits of the stocks of a request, and their dividends where they count, by ticker, for
 * every spelling that may turn out to be theirs; `undefined` when bars stay as they are.
 * They are loaded before the bars, so that a missing key costs no download.
 *
 * @throws {UsageError} when a family of stocks is among them, whose tickers are not known before.
 * @throws as `loadSplits()` does.
 */
export async function loadActions(
  requests: readonly SymbolRequest[],
  settings: Settings,
): Promise<ReadonlyMap<string, Actions> | undefined> {
  if (settings.adjust === undefined) return undefined;
  const { reporter } = settings;
  for (const { symbol } of requests.filter(({ asset }) => asset === "option")) {
    const message = `${symbol} is not adjusted: a split changes an option's contract itself`;
    reporter({ type: "notice", message });
  }
  const stocks = requests.filter(({ asset }) => asset === "stock");
  const family = stocks.find(({ isFamily }) => isFamily);
  if (family !== undefined) {
    const message = `Cannot adjust ${quote(family.symbol)}: want each stock by itself`;
    throw new UsageError(message);
  }
  const tickers = [...new Set(stocks.flatMap(allTickersOf))];
  const options = {
    ...settings.splits,
    ...restOptionsOf(settings),
    symbols: stocks.map(({ symbol }) => symbol),
  };
  // Of which a run that does not adjust pays for nothing.
  const { loadDividends, loadSplits } = await import("./load_actions.ts");
  const splits = await loadSplits(tickers, options);
  const { file, isPartial } = settings.dividends ?? {};
  const dividends = settings.adjust === "all"
    ? await loadDividends(tickers, { ...options, file, isPartial })
    : new Map<string, Dividend[]>();
  const today = todayOf(settings);
  const actionsOf = (request: Pick<SymbolRequest, "tickers" | "history">): Actions => ({
    splits: actionsOfCompany(request, splits, { ...SPLITS, today }),
    dividends: actionsOfCompany(request, dividends, { ...DIVIDENDS, today }),
  });
  return new Map([
    ...tickers.map((ticker) => [ticker, actionsOf({ tickers: [ticker] })] as const),
    ...stocks.filter(({ history }) => history !== undefined)
      .map((request) => [request.tickers[0], actionsOf(request)] as const),
  ]);
}

/** How the REST API is asked in a run. */
export function restOptionsOf(settings: Settings): RestOptions {
  const { cacheDirectory, refresh, offline, signal, fetch, limits, random, nowMs } = settings;
  const { reporter } = settings;
  const { apiKey, endpoint, maxAgeMs } = settings.splits ?? {};
  return {
    ...{ apiKey, endpoint, maxAgeMs },
    ...{ cacheDirectory, refresh, offline, signal, fetch, limits, random, nowMs },
    onNotice: (message) => reporter({ type: "notice", message }),
    onRetry: ({ subject, attempt, error, delayMs }) =>
      reporter({ type: "retry", key: subject, attempt, cause: error.message, delayMs }),
  };
}

const SPLITS = { dateOf: ({ executionDate }: Split) => executionDate, unique: uniqueSplits };
const DIVIDENDS = { dateOf: ({ exDate }: Dividend) => exDate, unique: uniqueDividends };

/** The spellings of a stock, or those that its company has had. */
function allTickersOf({ tickers, history = [] }: SymbolRequest): string[] {
  return [...tickers, ...history.map(({ ticker }) => ticker)];
}

/** What a company did to a share. */
interface Action {
  readonly ticker: string;
}

/** How actions are read. */
export interface ActionOptions<A extends Action> {
  readonly dateOf: (action: A) => string;
  /** Each once. */
  readonly unique: (actions: Iterable<A>) => A[];
  /** `YYYY-MM-DD`: the company may have announced that it will have another ticker. */
  readonly today: string;
}

/**
 * What the company of a request did, under the request's ticker: all that the ticker has which is
 * its now, because the REST API knows the tickers of today; and what each of the others has of the
 * time in which it was the company's. A change of the ticker often comes with a split, which may
 * stand under either, and under both counts once.
 */
export function actionsOfCompany<A extends Action>(
  { history = [], tickers: [own] }: Pick<SymbolRequest, "history" | "tickers">,
  byTicker: ReadonlyMap<string, readonly A[]>,
  { dateOf, unique, today }: ActionOptions<A>,
): readonly A[] {
  if (history.length === 0) return byTicker.get(own) ?? [];
  const newest = history.findLast(({ from }) => from <= today);
  const spans = history.map((span) => (
    { ...span, from: span === newest ? "" : span.from, to: dayAfter(span.to) }
  ));
  const isCompanys = (action: A) =>
    spans.some(({ ticker, from, to }) =>
      ticker === action.ticker && from <= dateOf(action) && dateOf(action) <= to
    );
  const all = [...new Set(history.map(({ ticker }) => ticker))]
    .flatMap((ticker) => byTicker.get(ticker) ?? []).filter(isCompanys);
  return unique(all.map((action) => ({ ...action, ticker: own })))
    .sort((a, b) => dateOf(a) < dateOf(b) ? -1 : dateOf(a) > dateOf(b) ? 1 : 0);
}

function dayAfter(date: string): string {
  return date === "9999-12-31" ? date : Temporal.PlainDate.from(date).add({ days: 1 }).toString();
}
