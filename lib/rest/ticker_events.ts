/**
 * Asks the REST API which tickers a company has had.
 *
 * @see {@link https://massive.com/docs/rest/stocks/corporate-actions/ticker-events}
 * @module
 */

import { RestError } from "../errors.ts";
import type { Question, RestClient } from "./client.ts";

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
