/**
 * Follows a listing from page to page, and makes sure that it ends.
 *
 * @module
 */

import { IntegrityError, quote } from "../errors.ts";
import type { ListingPage, S3Object } from "./documents.ts";

/** A listing with more pages is taken for an endless one. */
export const MAX_PAGES = 10_000;

/**
 * The objects of all pages. A page may be empty: only its token says whether another
 * one follows.
 *
 * @param fetchPage Brings the page of a token; the first page has none.
 * @throws {IntegrityError} with check `"listing"` when a token comes twice, or too many.
 */
export async function* followPages(
  prefix: string,
  fetchPage: (token: string | undefined) => Promise<ListingPage>,
): AsyncIterableIterator<S3Object> {
  const tokens = new Set<string>();
  let token: string | undefined;
  do {
    const page = await fetchPage(token);
    yield* page.objects;
    token = page.nextToken;
    if (token === undefined) return;
    if (tokens.has(token)) throw endless(prefix, "a page comes twice");
    tokens.add(token);
  } while (tokens.size < MAX_PAGES);
  throw endless(prefix, `it has more than ${MAX_PAGES} pages`);
}

function endless(prefix: string, what: string): IntegrityError {
  return new IntegrityError(`Cannot list ${quote(prefix)}: ${what}`, {
    key: prefix,
    check: "listing",
  });
}
