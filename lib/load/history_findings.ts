/**
 * Compares a company's history with what the files have of its tickers.
 *
 * @module
 */

import type { KeptRecord } from "../cache/record.ts";
import { type DatedObject, isInSpan, isRecorded } from "../dated_object.ts";
import type { LoadedSymbol, SymbolFiles } from "./loaded_symbol.ts";
import type { Finding } from "../market/finding.ts";
import { clipHistory, type TickerSpan } from "../market/ticker_history.ts";

/** Each change of the ticker in the period, and where the files say otherwise than the history. */
export function historyFindings(
  { request: { history = [], period }, parts = new Map() }: LoadedSymbol,
  { files }: Pick<SymbolFiles, "files">,
): Finding[] {
  const look = new HistoryLook(files, parts);
  const spans = clipHistory(history, period);
  const [first] = spans;
  const start = first && first.from > period.from ? look.earlierBars(first) : [];
  return [...start, ...spans.slice(1).flatMap((span, i) => look.change(spans[i]!, span))];
}

/** What the files have of each ticker, whoever had it. */
class HistoryLook {
  readonly #files: readonly DatedObject[];
  readonly #parts: ReadonlyMap<string, ReadonlyMap<string, KeptRecord>>;

  constructor(
    files: readonly DatedObject[],
    parts: ReadonlyMap<string, ReadonlyMap<string, KeptRecord>>,
  ) {
    this.#files = files;
    this.#parts = parts;
  }

  /** The first ticker has bars right before its history begins. */
  earlierBars({ ticker, from }: TickerSpan): Finding[] {
    const file = this.#files.findLast(({ date }) => date < from);
    if (file === undefined || this.#hasBars(file, ticker) !== true) return [];
    const text = `the history begins with ${ticker} on ${from}, but ${ticker} has bars right ` +
      "before: another company's, or the history is not whole";
    return [{ kind: "ticker-history", severity: "warning", dates: [file.date], text }];
  }

  /** From one ticker to another; and the dates around it on which only the other one has bars. */
  change(old: TickerSpan, own: TickerSpan): Finding[] {
    const date = this.#files.find((file) => file.date >= own.from)?.date ?? own.from;
    const text = `the ticker changes from ${old.ticker} to ${own.ticker}`;
    const note: Finding = { kind: "ticker-change", severity: "note", dates: [date], text };
    const inSpan = (span: TickerSpan) => this.#files.filter((file) => isInSpan(file, span));
    return [
      note,
      ...this.#strange(inSpan(old).reverse(), [old.ticker, own.ticker], own.from),
      ...this.#strange(inSpan(own), [own.ticker, old.ticker], own.from),
    ];
  }

  /** @param files those from the change on, away from it, as far as the history has the first. */
  #strange(
    files: readonly DatedObject[],
    [ticker, other]: readonly [string, string],
    change: string,
  ): Finding[] {
    const end = files.findIndex((file) => this.#hasBars(file, ticker) !== false);
    const missing = end === -1 ? files : files.slice(0, end);
    const dates = missing.filter((file) => this.#hasBars(file, other)).map(({ date }) => date)
      .sort();
    if (dates.length === 0) return [];
    const [first, last] = [dates[0], dates.at(-1)];
    const when = first === last ? `on ${first}` : `from ${first} to ${last}`;
    const text = `the history has the change on ${change}, but ${when} ${ticker} has no bar and ` +
      `${other} has`;
    return [{ kind: "ticker-history", severity: "warning", dates, text }];
  }

  /** `undefined` when it is not known. */
  #hasBars(file: DatedObject, ticker: string): boolean | undefined {
    const records = this.#parts.get(ticker);
    if (records === undefined || !isRecorded(file, records)) return undefined;
    return records.get(file.key)!.rowsText !== "[]";
  }
}
