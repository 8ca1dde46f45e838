/**
 * Puts together what a company did under all the tickers that it has had.
 *
 * @module
 */

import type { SymbolRequest } from "../request.ts";

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
 * its now, because the REST API knows the tickers of today; and what each of the others has of the time in
 * which it was the company's. A change of the ticker often comes with a split, which may stand
 * under either, and under both counts once.
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
