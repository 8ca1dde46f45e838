/**
 * Asks the REST API for stock splits.
 *
 * @see {@link https://massive.com/docs/rest/stocks/corporate-actions/splits}
 * @module
 */

import type { RestClient } from "./client.ts";

/** Tickers that are asked for at once. */
const BATCH = 100;

/** Rows of a page; the vendor's older path allows no more. */
const PAGE_SIZE = "1000";

/**
 * The rows of all splits of the tickers, as the server sends them, in any order: each an object
 * with `ticker`, `execution_date`, `split_from` and `split_to`. Rows of other tickers may be
 * among them.
 *
 * Several tickers are asked for in one request, because the cheapest plan allows five a minute.
 *
 * @param tickers Without commas; none is asked for twice.
 * @throws as {@linkcode RestClient.results} does.
 */
export async function fetchSplitRows(
  client: RestClient,
  tickers: readonly string[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (let start = 0; start < tickers.length; start += BATCH) {
    const batch = tickers.slice(start, start + BATCH);
    const which = batch.length === 1 ? { ticker: batch[0]! } : { "ticker.any_of": batch.join(",") };
    const question = {
      path: "/stocks/v1/splits",
      parameters: { ...which, limit: PAGE_SIZE },
      action: `Cannot load the splits of ${namesOf(batch)}`,
      signal,
    };
    for await (const row of client.results(question)) rows.push(row);
  }
  return rows;
}

function namesOf(tickers: readonly string[]): string {
  const [first, ...others] = tickers;
  return others.length === 0 ? first! : `${first} and ${others.length} more`;
}
