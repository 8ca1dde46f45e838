/**
 * Finds bars that contradict themselves, each other, or the date of their file.
 *
 * @module
 */

import { type Bar, barCheck, FINITE } from "./bar.ts";
import { type DateSpan, isInTime, spanOfDate, stampText } from "./stamps.ts";
import { checkGiven, checkOptions, needed, oneOf, SEQUENCE } from "../given.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { zoneOf } from "./hours.ts";
import type { SourceInterval } from "./interval.ts";
import { type Asset, ASSETS } from "./symbol.ts";

/** What bars are of. */
export interface BarsContext {
  /** The kind of thing: it decides the time zone of the dates, and whether a price can be negative. */
  readonly asset: Asset;
  /** The length of a bar in the vendor's files. @default {"1d"} */
  readonly interval?: SourceInterval | undefined;
}

/** What a bar says that cannot be, in words; `undefined` when it can. */
type Contradiction = (bar: Bar, asset: Asset) => string | undefined | false;

const CONTRADICTIONS: readonly (readonly [FindingKind, Contradiction])[] = [
  ["high-below-low", ({ high, low }) => high < low && `high ${high} is below low ${low}`],
  ["high-below-open-or-close", ({ high, open, close }) => {
    const [name, price] = open > close ? ["open", open] : ["close", close];
    return high < price && `high ${high} is below ${name} ${price}`;
  }],
  ["low-above-open-or-close", ({ low, open, close }) => {
    const [name, price] = open < close ? ["open", open] : ["close", close];
    return low > price && `low ${low} is above ${name} ${price}`;
  }],
  ["price-not-positive", notPositive],
  ["volume-negative", ({ volume }) => volume !== null && volume < 0 && `volume is ${volume}`],
  [
    "transactions-negative",
    ({ transactions: count }) => count !== null && count < 0 && `transactions are ${count}`,
  ],
  [
    "transactions-fractional",
    ({ transactions: count }) =>
      count !== null && !Number.isInteger(count) && `transactions are ${count}`,
  ],
];

/** An index can be zero or below, as breadths and spreads are; what is traded cannot. */
function notPositive({ open, high, low, close }: Bar, asset: Asset): string | undefined {
  if (asset === "index" || Math.min(open, high, low, close) > 0) return undefined;
  const [name, price] = Object.entries({ open, high, low, close })
    .find(([, price]) => price <= 0) ?? [];
  return name && `${name} is ${price}`;
}

/**
 * Finds what cannot be true of a ticker's bars: a high below open, close or low, a low above
 * open or close, a price that is not positive (but for indices), a negative volume, a count of
 * transactions that is negative or fractional, a stamp outside the file's date (in New York
 * for stocks, options and indices, else in UTC), and stamps that repeat or go back.
 *
 * There is one finding a kind and date, whose text is of the first such bar.
 *
 * @param bars In the order of the files, of one ticker.
 * @throws {UsageError} when an argument, or a field of a bar, is none of what it may be.
 */
export function checkBars(bars: Iterable<Bar>, context: BarsContext): Finding[] {
  checkGiven({ bars }, { bars: needed(SEQUENCE) });
  checkOptions(context, { asset: needed(oneOf(ASSETS)), interval: oneOf(["1m", "1d"]) });
  const { asset } = context;
  const defects = new Defects();
  const zone = zoneOf(asset);
  // Each worked out once: a date can have hundreds of bars.
  const spans = new Map<string, DateSpan>();
  const check = barCheck("bars", FINITE);
  let lastMs = -Infinity;
  for (const bar of bars) {
    check(bar);
    for (const [kind, contradiction] of CONTRADICTIONS) {
      const text = contradiction(bar, asset);
      if (text) defects.add(kind, bar.date, text);
    }
    const { date, timestamp } = bar;
    const span = spans.getOrInsertComputed(date, () => spanOfDate(date, zone));
    if (!isInTime(span, timestamp)) {
      defects.add("stamp-outside-date", date, `the stamp is ${stampText(timestamp)}`);
      // What is on no date has no place in the order: it would put others in the wrong.
      continue;
    }
    const order = orderDefect(timestamp, lastMs);
    if (order) defects.add(order.kind, date, order.text);
    lastMs = Math.max(lastMs, timestamp);
  }
  return defects.findings();
}

function orderDefect(timestamp: number, lastMs: number) {
  // Of a million bars hardly one is written down.
  if (timestamp > lastMs) return undefined;
  const stamp = stampText(timestamp);
  if (timestamp === lastMs) {
    return { kind: "stamp-repeated", text: `the stamp ${stamp} comes twice` } as const;
  }
  const text = `the stamp ${stamp} comes after ${stampText(lastMs)}`;
  return { kind: "stamp-unsorted", text } as const;
}

/** Defects by kind and date. */
class Defects {
  readonly #found = new Map<
    string,
    { kind: FindingKind; date: string; text: string; bars: number }
  >();

  add(kind: FindingKind, date: string, text: string): void {
    const id = `${kind} ${date}`;
    const one = this.#found.get(id);
    if (one === undefined) this.#found.set(id, { kind, date, text, bars: 1 });
    else one.bars++;
  }

  findings(): Finding[] {
    return [...this.#found.values()].map(({ kind, date, text, bars }) => {
      const more = bars === 1 ? "" : `, and ${bars - 1} more such ${bars === 2 ? "bar" : "bars"}`;
      return { kind, severity: "problem", dates: [date], text: text + more };
    });
  }
}
