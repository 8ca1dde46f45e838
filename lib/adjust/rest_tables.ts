/**
 * Asks the REST API for what companies did to their shares, and which tickers they have had.
 *
 * @see {@link https://massive.com/docs/rest/stocks/corporate-actions/splits}
 * @see {@link https://massive.com/docs/rest/stocks/corporate-actions/dividends}
 * @see {@link https://massive.com/docs/rest/stocks/corporate-actions/ticker-events}
 * @module
 */

import { RestError } from "../errors.ts";
import type { Question, RestClient } from "./rest_client.ts";

/** Tickers that are asked for at once. */
const BATCH = 100;

/** Rows of a page: of splits the vendor's older path allows no more. */
const PAGE_SIZES = { splits: "1000", dividends: "5000" } as const;

/** A table of the API. */
export type ActionKind = keyof typeof PAGE_SIZES;

/** The path of a table. */
export function restPath(kind: ActionKind): string {
  return `/stocks/v1/${kind}`;
}

/**
 * The rows of a table for all of the tickers, as the server sends them, in any order: each an
 * object with `ticker` and the columns of the table. Rows of other tickers may be among them.
 *
 * Several tickers are asked for in one request, because the cheapest plan allows five a minute;
 * beyond that the server says 429, which is waited out.
 *
 * @param tickers Without commas; none is asked for twice.
 * @throws as {@linkcode RestClient.results} does.
 */
export async function fetchActionRows(
  client: RestClient,
  kind: ActionKind,
  { tickers, signal }: { readonly tickers: readonly string[] } & Pick<Question, "signal">,
): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let start = 0; start < tickers.length; start += BATCH) {
    const batch = tickers.slice(start, start + BATCH);
    const which: Record<string, string> = batch.length === 1
      ? { ticker: batch[0]! }
      : { "ticker.any_of": batch.join(",") };
    const question = {
      path: restPath(kind),
      parameters: { ...which, limit: PAGE_SIZES[kind] },
      action: `Cannot load the ${kind} of ${tickersText(batch)}`,
      signal,
    };
    for await (const row of client.results(question)) rows.push(row);
  }
  return rows;
}

/** The path that has the events of a ticker, in the vendor's spelling. */
export function eventsPath(ticker: string): string {
  return `/vX/reference/tickers/${encodeURIComponent(ticker)}/events`;
}

/**
 * What the server has of the company that a ticker stands for now, as it sends it: an object that
 * has a list of `events`. `undefined` when it knows no such ticker. There is no asking for several
 * at once.
 *
 * @throws as {@linkcode RestClient.results} does.
 */
export async function fetchTickerEvents(
  client: RestClient,
  ticker: string,
  { signal }: Pick<Question, "signal">,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const action = `Cannot load the earlier tickers of ${ticker}`;
  const parameters = { types: "ticker_change" };
  try {
    return await client.result({ path: eventsPath(ticker), parameters, action, signal });
  } catch (error) {
    if (error instanceof RestError && error.status === 404) return undefined;
    throw error;
  }
}

/** The tickers of a batch for a message: the first, and how many more. */
export function tickersText(tickers: readonly string[]): string {
  const [first, ...others] = tickers;
  return others.length === 0 ? first! : `${first} and ${others.length} more`;
}
