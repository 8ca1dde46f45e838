/**
 * Dates put into words as spans. Pure.
 *
 * @module
 */

import { DAY_MS, type Span } from "../../dated_object.ts";

/** Between the last date before a long weekend and the first one after it. */
const LONGEST_GAP_DAYS = 5;

/**
 * Joins dates to spans, ascending. Neighbours are of one span when no date of
 * `others` lies between them and they are at most five days apart, as dates around a
 * weekend with holidays are: which dates the bucket has between them is not known.
 */
export function joinDates(dates: readonly string[], others: readonly string[] = []): Span[] {
  const own = new Set(dates);
  const spans: { from: string; to: string }[] = [];
  let interrupted = true;
  for (const date of [...new Set([...dates, ...others])].sort()) {
    const last = spans.at(-1);
    if (!own.has(date)) interrupted = true;
    else if (last && !interrupted && isNear(last.to, date)) last.to = date;
    else {
      spans.push({ from: date, to: date });
      interrupted = false;
    }
  }
  return spans;
}

/** `2024-03-07, 2024-03-11 … 2024-03-13`; after the eighth span, `, …`. */
export function spansText(spans: readonly Span[]): string {
  const texts = spans.slice(0, 8).map(({ from, to }) => from === to ? from : `${from} … ${to}`);
  return (spans.length > 8 ? [...texts, "…"] : texts).join(", ");
}

function isNear(before: string, after: string): boolean {
  return Date.parse(after) - Date.parse(before) <= LONGEST_GAP_DAYS * DAY_MS;
}
