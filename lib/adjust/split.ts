/**
 * A stock split, and the adjustment of bars to the shares of today.
 *
 * @module
 */

import {
  checkGiven,
  checkOptions,
  type Kind,
  list,
  needed,
  object,
  SEQUENCE,
  text,
} from "../given.ts";
import { type Bar, barCheck, DATE } from "../market/bar.ts";
import { firstIndex } from "./overnight.ts";

/**
 * A stock split: `from` old shares became `to` new ones before trading on a date began. A
 * 3-for-1 split is `{ from: 1, to: 3 }`, a reverse split 1-for-10 `{ from: 10, to: 1 }`.
 *
 * The names and their meaning are the vendor's `split_from` and `split_to`.
 *
 * @see {@link https://massive.com/docs/rest/stocks/corporate-actions/splits}
 */
export interface Split {
  /** The ticker, in the vendor's spelling. */
  readonly ticker: string;
  /** The first date whose prices are in new shares, `YYYY-MM-DD`. */
  readonly executionDate: string;
  /** Old shares, greater than 0; not always whole. */
  readonly from: number;
  /** New shares, greater than 0; a stock dividend of 5 % is `1.05` to `1`. */
  readonly to: number;
}

/**
 * Bars as if all of the splits had been before the first one: prices of a bar before a
 * split's execution date are multiplied by `from / to`, its volume by `to / from`, for every
 * later split; transactions stay, and so do bars on or after the last execution date. For
 * dividends prices are multiplied by a factor as well; volumes are not.
 *
 * The factor of a bar depends on its date alone, so that bars can come in batches and in any
 * order. It is the product of all later splits, as a fraction of two whole numbers in lowest terms
 * (of very long ones the first 192 bits); a price is multiplied by the numerator, then divided
 * once, which for a 4-for-1 split gives exact quarters, and for any n-for-1 split the nearest
 * number there is. What has a factor of 1 is passed on as it is.
 *
 * Bars of a week or a month must be made of adjusted bars, not adjusted themselves: a split
 * in their middle leaves them with prices of both kinds.
 *
 * @param splits All of them of the bars' own ticker, each once, in any order.
 * @throws {UsageError} when an argument, or a field of a bar, is none of what it may be.
 * @throws {TypeError} when the splits are of several tickers.
 * @throws {RangeError} when all of them together make a factor beyond 1e100.
 *
 * @example
 * ```ts
 * import { adjust } from "../../mod.ts";
 *
 * const bar = { date: "2020-08-28", timestamp: 1598587200000, open: 504.05, high: 505.77,
 *   low: 498.31, close: 499.23, volume: 46_907_479, transactions: null };
 * const split = { ticker: "AAPL", executionDate: "2020-08-31", from: 1, to: 4 };
 * const [adjusted] = adjust([bar], [split]);
 * if (adjusted?.close !== 124.8075) throw new Error("not a quarter");
 * ```
 */
export function adjust(
  bars: Iterable<Bar>,
  splits: readonly Split[],
  options: AdjustOptions = {},
): Generator<Bar, void> {
  checkGiven({ bars, splits }, { bars: needed(SEQUENCE), splits: needed(list("split", SPLIT)) });
  checkOptions(options, { dividends: list("dividend", DIVIDEND) });
  const { dividends = [] } = options;
  return adjustEach(bars, stepsOf(splits, dividends));
}

const POSITIVE: Kind = {
  wanted: "a number greater than 0",
  isRight: (value) => typeof value === "number" && value > 0 && value < Infinity,
};
const SPLIT = object({
  ticker: needed(text()),
  executionDate: needed(DATE),
  from: needed(POSITIVE),
  to: needed(POSITIVE),
});
const DIVIDEND = object({ exDate: needed(DATE), factor: needed(POSITIVE) });

/** What else bars are adjusted for. */
export interface AdjustOptions {
  /** Each date once, in any order. @default {[]} */
  readonly dividends?: readonly DividendFactor[] | undefined;
}

/** What a dividend does to the prices before it. */
export interface DividendFactor {
  /** The first date whose buyers do not get it, `YYYY-MM-DD`. */
  readonly exDate: string;
  /** What prices before that date are multiplied by, more than 0: 1 − amount ÷ last close. */
  readonly factor: number;
}

/** A split as people say it, new shares to old ones: `3:1`, or `1:10` for a reverse one. */
export function ratioText({ from, to }: Pick<Split, "from" | "to">): string {
  return `${to}:${from}`;
}

/**
 * Those of the splits that change a bar: the ones after the first bar's date, oldest first.
 *
 * @param from The date of the first bar.
 */
export function splitsAfter<S extends Split>(splits: readonly S[], from: string): S[] {
  return splits.filter(({ executionDate }) => executionDate > from).toSorted(byDate);
}

/** A split as a file has it: `undefined` where it has no column for the ticker, as one stock's. */
export type FileSplit = Omit<Split, "ticker"> & { readonly ticker: string | undefined };

/** Each split once: a ticker, a date and the same two numbers are one split. */
export function uniqueSplits<S extends FileSplit>(splits: Iterable<S>): S[] {
  const unique = new Map<string, S>();
  for (const split of splits) {
    const { ticker, executionDate, from, to } = split;
    unique.set(`${executionDate} ${from} ${to} ${ticker}`, split);
  }
  return [...unique.values()];
}

/**
 * The newest split with which the product of the splits of one ticker is no factor any more: more
 * than 1e100 or less than 1e-100, where the numbers made with it would leave a double's range.
 */
export function beyondRange<S extends FileSplit>(splits: readonly S[]): S | undefined {
  let size = 0;
  return splits.toSorted(byDate).reverse().find(({ from, to }) => {
    size += Math.log10(from) - Math.log10(to);
    return !(Math.abs(size) <= MOST_SIZE);
  });
}

/** The logarithm of the largest factor. */
const MOST_SIZE = 100;

/** What bars before a date are adjusted by. */
interface Step {
  readonly before: string;
  /** Prices × `from` ÷ `to`, volume × `to` ÷ `from`. */
  readonly from: number;
  readonly to: number;
  /** What prices are multiplied by besides. */
  readonly factor: number;
}

function* adjustEach(bars: Iterable<Bar>, steps: readonly Step[]): Generator<Bar, void> {
  const check = barCheck("bars");
  let at = 0;
  for (const bar of bars) {
    check(bar);
    // By halves: there may be thousands of either.
    if (!isStepOf(bar, at, steps)) at = firstIndex(steps, ({ before }) => bar.date < before);
    const step = steps[at];
    yield step === undefined ? bar : adjustOne(bar, step);
  }
}

/** Whether it is the first step that the bar is before; behind the last one stands none. */
function isStepOf({ date }: Bar, at: number, steps: readonly Step[]): boolean {
  const isBefore = (step: Step | undefined) => step === undefined || date < step.before;
  return isBefore(steps[at]) && (at === 0 || !isBefore(steps[at - 1]));
}

function adjustOne(bar: Bar, { from, to, factor }: Step): Bar {
  return {
    ...bar,
    open: bar.open * from / to * factor,
    high: bar.high * from / to * factor,
    low: bar.low * from / to * factor,
    close: bar.close * from / to * factor,
    volume: bar.volume === null ? null : bar.volume * to / from,
  };
}

/** One for each date, oldest first, so that the first step that a bar is before is the bar's. */
function stepsOf(splits: readonly Split[], dividends: readonly DividendFactor[]): Step[] {
  requireOneTicker(splits);
  requireFactors(splits);
  const steps = new Map<string, Step>();
  let product: Fraction = [1n, 1n];
  let [from, to, factor] = [1, 1, 1];
  const events = [
    ...splits.map((split) => ({ date: split.executionDate, split, factor: 1 })),
    ...dividends.map(({ exDate, factor }) => ({ date: exDate, split: undefined, factor })),
  ];
  for (const event of events.sort((a, b) => a.date < b.date ? 1 : -1)) {
    if (event.split !== undefined) {
      product = times(product, event.split);
      [from, to] = product.map(Number) as [number, number];
    }
    factor *= event.factor;
    steps.set(event.date, { before: event.date, from, to, factor });
  }
  return [...steps.values()].reverse();
}

const byDate = (a: FileSplit, b: FileSplit) => a.executionDate < b.executionDate ? -1 : 1;

function requireOneTicker(splits: readonly Split[]): void {
  const [first] = splits;
  const other = splits.find(({ ticker }) => ticker !== first?.ticker);
  if (first === undefined || other === undefined) return;
  throw new TypeError(
    `Cannot adjust: the splits are of ${first.ticker} and ${other.ticker}, want one ticker's`,
  );
}

function requireFactors(splits: readonly Split[]): void {
  const beyond = beyondRange(splits);
  if (beyond === undefined) return;
  const { ticker, executionDate } = beyond;
  throw new RangeError(
    `Cannot adjust by the splits of ${ticker}: from ${executionDate} on they make a factor ` +
      "beyond 1e100",
  );
}

type Fraction = readonly [numerator: bigint, denominator: bigint];

/** So many bits of the smaller number are kept: far more than a double has. */
const EXACT_BITS = 192;

/** A fraction times another one, in lowest terms where that is small, else to 192 bits. */
function times([a, b]: Fraction, { from, to }: Split): Fraction {
  const [numerator, denominator] = [a * scaled(from, to), b * scaled(to, from)];
  const surplus = Math.min(bitsOf(numerator), bitsOf(denominator)) - EXACT_BITS;
  if (surplus > 0) return [numerator >> BigInt(surplus), denominator >> BigInt(surplus)];
  const divisor = greatestCommonDivisor(numerator, denominator);
  return [numerator / divisor, denominator / divisor];
}

/** The number's length in bits, up to three more. */
function bitsOf(number: bigint): number {
  return number.toString(16).length * 4;
}

/** A number as a whole one, in the unit that makes it and another number whole. */
function scaled(value: number, other: number): bigint {
  const digits = Math.max(decimalsOf(value), decimalsOf(other));
  const [whole, fraction = ""] = plain(value).split(".");
  return BigInt(whole! + fraction.padEnd(digits, "0"));
}

function decimalsOf(value: number): number {
  return plain(value).split(".")[1]?.length ?? 0;
}

/** The shortest decimals that are read back as the number, without an exponent. */
function plain(value: number): string {
  const [mantissa, exponent = "0"] = String(value).split("e");
  const shift = Number(exponent);
  if (shift === 0) return mantissa!;
  const [whole, fraction = ""] = mantissa!.split(".");
  if (shift > 0) return whole! + fraction.padEnd(shift, "0");
  return `0.${"0".repeat(-shift - 1)}${whole}${fraction}`;
}

/** Of two whole numbers greater than 0. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
