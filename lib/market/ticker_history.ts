/**
 * Which tickers a company has had, and from when to when.
 *
 * @module
 */

import { isInSpan, type Span } from "../dated_object.ts";

/** A company took another ticker, got its first one, or gave its last one up. */
export interface Rename {
  /** The first date with the new ticker, `YYYY-MM-DD`; perhaps no trading day. */
  readonly date: string;
  /** The old ticker; `undefined` where there was none, or none is known. */
  readonly from?: string | undefined;
  /** The new one; `undefined` where there is none any more. */
  readonly to?: string | undefined;
}

/** A ticker, and the dates on which a company had it, both included. */
export interface TickerSpan {
  /** The vendor's spelling. */
  readonly ticker: string;
  /** `0001-01-01` where nothing says from when on. */
  readonly from: string;
  /** `9999-12-31` where nothing says until when. */
  readonly to: string;
}

const [FIRST, LAST] = ["0001-01-01", "9999-12-31"];

/** The changes of one date. */
type Day = readonly [Rename, ...Rename[]];

/** What is known of companies' tickers. */
export class Renames {
  /** Ascending. */
  readonly #days: readonly Day[];

  /** @param renames of any companies, in any order; what comes twice counts once. */
  constructor(renames: readonly Rename[]) {
    const changes = renames.filter(({ from, to }) => from !== to);
    this.#days = [...Map.groupBy(changes, ({ date }) => date)].sort(([a], [b]) => a < b ? -1 : 1)
      .map(([, ofDate]) => ofDate as [Rename, ...Rename[]]);
  }

  /**
   * The history, oldest first, of the company that a ticker stands for: of the one that has it,
   * else of the one that gave it up last, with the tickers that it took then. A ticker that one
   * company gives up and another takes on the same date is the other's from that date on; what
   * another company had of a ticker is not in it. `undefined` when nothing is known of the ticker.
   *
   * @throws {SyntaxError} when a ticker goes two ways on one date.
   */
  historyOf(ticker: string): TickerSpan[] | undefined {
    const place = this.#days.findLastIndex((day) => touches(day, ticker));
    const last = place === -1 ? undefined : stepOf(this.#days[place]!, ticker);
    if (last === undefined) return undefined;
    if (last.to === ticker) return this.#before(ticker, LAST!, place + 1);
    return [...this.#before(ticker, dayBefore(last.date), place), ...this.#from(last, place + 1)];
  }

  /** A ticker up to a date, and those before it, by the first so many days. */
  #before(ticker: string, to: string, days: number): TickerSpan[] {
    const spans: TickerSpan[] = [];
    let [name, last]: [string | undefined, string] = [ticker, to];
    for (let i = days - 1; i >= 0 && name !== undefined; i--) {
      const step: Rename | undefined = stepOf(this.#days[i]!, name);
      if (step === undefined) continue;
      spans.push({ ticker: name, from: step.date, to: last });
      // Another company may have given it up then.
      name = step.to === name ? step.from : undefined;
      last = dayBefore(step.date);
    }
    if (name !== undefined) spans.push({ ticker: name, from: FIRST!, to: last });
    return spans.reverse();
  }

  /** What a company is called from a change on, by the days behind it. */
  #from({ date, to }: Rename, place: number): TickerSpan[] {
    const spans: TickerSpan[] = [];
    let [name, from] = [to, date];
    for (let i = place; i < this.#days.length && name !== undefined; i++) {
      const step = only(this.#days[i]!.filter((one) => one.from === name));
      if (step === undefined) continue;
      spans.push({ ticker: name, from, to: dayBefore(step.date) });
      [name, from] = [step.to, step.date];
    }
    return name === undefined ? spans : [...spans, { ticker: name, from, to: LAST! }];
  }
}

function touches(day: Day, ticker: string): boolean {
  return day.some(({ from, to }) => from === ticker || to === ticker);
}

/** What becomes of a ticker on a date: the one by which a company has it, before any other. */
function stepOf(day: Day, ticker: string): Rename | undefined {
  const taken = day.filter(({ to }) => to === ticker);
  return only(taken.length > 0 ? taken : day.filter(({ from }) => from === ticker));
}

/** The one change, which may be there twice. */
function only(changes: readonly Rename[]): Rename | undefined {
  const [first] = changes;
  const other = changes.find(({ from, to }) => from !== first!.from || to !== first!.to);
  if (first === undefined || other === undefined) return first;
  throw new SyntaxError(`on ${first.date} there are both ${textOf(first)} and ${textOf(other)}`);
}

const textOf = ({ from, to }: Rename) => `${from ?? "none"} to ${to ?? "none"}`;

function dayBefore(date: string): string {
  return Temporal.PlainDate.from(date).subtract({ days: 1 }).toString();
}

/** The ticker of a history on a date. */
export function tickerOn(history: readonly TickerSpan[], date: string): string | undefined {
  return history.find((span) => isInSpan({ date }, span))?.ticker;
}

/** The part of a history in a span of dates. */
export function clipHistory(
  history: readonly TickerSpan[],
  { from: first, to: last }: Span,
): TickerSpan[] {
  return history.map(({ ticker, from, to }) => (
    { ticker, from: from < first ? first : from, to: to > last ? last : to }
  )).filter(({ from, to }) => from <= to);
}
