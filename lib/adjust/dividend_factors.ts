/**
 * A dividend: what a share pays, who still gets it, and what it does to the prices before it.
 *
 * @module
 */

import type { Finding } from "../market/finding.ts";
import type { DividendFactor, Split } from "./split.ts";
import { tradingDaysBetween } from "../market/trading_days.ts";
import { firstIndex, type Nights } from "./overnight.ts";

/** The dividends of a date that bars were adjusted for. */
export interface AppliedDividend extends DividendFactor {
  /** What one share of that date got, in USD. */
  readonly amount: number;
  /** The last close before it, in shares of that date. */
  readonly close: number;
  /** The vendor's `distribution_type` of each, such as `recurring` or `special`. */
  readonly types: readonly string[];
  /** The vendor's factor of that date alone, where it says one. */
  readonly vendorFactor?: number;
}

/** What the factors are made of. */
export interface FactorContext {
  readonly nights: Nights;
  /** The last price of the regular session of a date that has a bar. */
  readonly closeOf: (date: string) => number;
  /** Whether the file of a trading day is not at hand, or was never published. */
  readonly isMissing: (date: string) => boolean;
  /** Those that the bars are adjusted for. */
  readonly splits: readonly Split[];
  /** The last date that was asked for: what comes later is not applied. */
  readonly until: string;
}

/** Factors, and what a user should know of them. */
export interface DividendFactors {
  /** Oldest first, a date each. */
  readonly applied: readonly AppliedDividend[];
  readonly findings: readonly Finding[];
}

/** The currency of all prices. */
const CURRENCY = "USD";

/** No price is multiplied by less: it would leave a double's range. */
const LEAST_FACTOR = 1e-100;

/** How far a factor may be from the vendor's. */
const VENDOR_ROOM = 0.001;

/**
 * The factor of each ex-date: 1 − amount ÷ the last close before it, both for a share of that
 * date, where the amounts of a date count together. A dividend before the first bar changes
 * nothing. Not applied, but told, are those in another currency than the prices, those that are
 * not below the close, and those after the last date that was asked for, of which no close is
 * known.
 *
 * @param dividends Of one ticker, oldest first.
 */
export function dividendFactors(
  dividends: readonly Dividend[],
  context: FactorContext,
): DividendFactors {
  const { nights: { from }, until } = context;
  const shares = new ShareCounts(context.splits);
  const vendor = vendorFactors(dividends);
  const findings: Finding[] = [];
  const applied: AppliedDividend[] = [];
  const changing = dividends.filter(({ exDate }) => from !== undefined && exDate > from);
  const byDate = Map.groupBy(changing.filter(({ exDate }) => exDate <= until), (one) => one.exDate);
  let product = 1;
  for (const [exDate, ofDate] of [...byDate].reverse()) {
    const inPrices = ofDate.filter(({ currency }) => currency === CURRENCY);
    findings.push(...ofDate.filter((one) => !inPrices.includes(one)).map(otherCurrency));
    if (inPrices.length === 0) continue;
    const last = context.nights.lastBefore(exDate)!;
    const close = context.closeOf(last.date) / shares.between(last.date, exDate);
    const amounts = inPrices.map(({ amount, isForToday }) =>
      isForToday ? amount * shares.between(exDate) : amount
    );
    const amount = amounts.reduce((sum, one) => sum + one, 0);
    const factor = 1 - amount / close;
    if (!(factor > 0) || product * factor < LEAST_FACTOR) {
      findings.push(tooLarge(exDate, { amount, close }));
      continue;
    }
    product *= factor;
    const types = inPrices.map(({ type }) => type);
    const vendorFactor = vendor.get(exDate);
    applied.push({ exDate, factor, amount, close, types, ...(vendorFactor && { vendorFactor }) });
    findings.push(...remarks({ exDate, amounts, types, factor }));
    const missing = [...tradingDaysBetween(last.date, exDate).filter(context.isMissing)].length;
    if (missing > 0) findings.push(closeMissing(exDate, { amount, missing, used: last.date }));
  }
  return {
    applied: applied.reverse(),
    findings: [
      ...findings.reverse(),
      ...vendorDiffers(applied),
      ...laterOnes(changing.filter(({ exDate }) => exDate > until), until),
    ],
  };
}

/** What the vendor has for each ex-date alone: its factors count all later dividends as well. */
function vendorFactors(dividends: readonly Dividend[]): Map<string, number> {
  const factors = new Map<string, number>();
  let later: number | undefined = 1;
  for (const [exDate, ofDate] of [...Map.groupBy(dividends, ({ exDate }) => exDate)].reverse()) {
    const known = ofDate.flatMap(({ vendorFactor }) => vendorFactor ?? []);
    const cumulative: number | undefined = known.length === 0 ? undefined : Math.min(...known);
    if (cumulative !== undefined && later !== undefined) factors.set(exDate, cumulative / later);
    later = cumulative;
  }
  return factors;
}

function vendorDiffers(applied: readonly AppliedDividend[]): Finding[] {
  const distance = ({ factor, vendorFactor = factor }: AppliedDividend) =>
    Math.abs(factor / vendorFactor - 1);
  const differing = applied.filter((one) => distance(one) > VENDOR_ROOM);
  if (differing.length === 0) return [];
  const worst = differing.reduce((most, one) => distance(one) > distance(most) ? one : most);
  const count = differing.length === 1
    ? "the factor of a dividend differs"
    : `the factors of ${differing.length} dividends differ`;
  const text = `${count} from the vendor's by more than 0.1 %, at most on ${worst.exDate}: ` +
    `${rounded(worst.factor)}, the vendor's ${rounded(worst.vendorFactor!)}`;
  const dates = differing.map(({ exDate }) => exDate);
  return [{ kind: "dividend-factor-differs", severity: "warning", dates, text }];
}

/** What else is to be known of an applied date. */
function remarks({ exDate, amounts, types, factor }: {
  readonly exDate: string;
  readonly amounts: readonly number[];
  readonly types: readonly string[];
  readonly factor: number;
}): Finding[] {
  const of = { severity: "note", dates: [exDate] } as const;
  const special = amounts.filter((_, i) => /^(special|sc)$/i.test(types[i]!))
    .map((amount) => `a special dividend of ${rounded(amount)} ${CURRENCY} is applied`)
    .map((text): Finding => ({ ...of, kind: "dividend-special", text }));
  if (amounts.length === 1) return special;
  const list = amounts.map(rounded).join(" and ");
  const text = `${amounts.length} dividends of one date are applied: ${list} ${CURRENCY}, ` +
    `factor ${rounded(factor)}`;
  return [{ ...of, kind: "dividends-of-one-date", text }, ...special];
}

function otherCurrency({ exDate, amount, currency }: Dividend): Finding {
  const text = `the dividend of ${rounded(amount)} ${currency} is not applied: prices are in USD`;
  return { kind: "dividend-not-applied", severity: "warning", dates: [exDate], text };
}

function tooLarge(
  exDate: string,
  { amount, close }: { readonly amount: number; readonly close: number },
): Finding {
  const why = amount >= close
    ? `it is not below the last close, ${rounded(close)}`
    : "with those after it nothing is left of the price";
  const text = `the dividend of ${rounded(amount)} ${CURRENCY} is not applied: ${why}`;
  return { kind: "dividend-not-applied", severity: "warning", dates: [exDate], text };
}

function closeMissing(
  exDate: string,
  { amount, missing, used }: {
    readonly amount: number;
    readonly missing: number;
    readonly used: string;
  },
): Finding {
  const files = missing === 1 ? "the file" : `${missing} files`;
  const text =
    `the dividend of ${rounded(amount)} ${CURRENCY} is applied by the close of ${used}: ` +
    `${files} in between ${missing === 1 ? "is" : "are"} not at hand`;
  return { kind: "dividend-close-missing", severity: "warning", dates: [exDate], text };
}

function laterOnes(dividends: readonly Dividend[], until: string): Finding[] {
  const dates = [...new Set(dividends.map(({ exDate }) => exDate))];
  if (dates.length === 0) return [];
  const count = dates.length === 1 ? "a dividend" : `${dates.length} dividends`;
  const text = `${count} after ${until} ${dates.length === 1 ? "is" : "are"} not applied: ` +
    "the bars asked for end there";
  return [{ kind: "dividend-not-applied", severity: "note", dates, text }];
}

/** Six digits, as many as people compare. */
function rounded(number: number): string {
  return String(Number(number.toPrecision(6)));
}

/** How many shares one share of a date has become on another date, through one ticker's splits. */
class ShareCounts {
  readonly #dates: readonly string[];
  /** What a share before each of the dates has become after the last one. */
  readonly #products: readonly number[];

  /** @param splits In any order; together no factor beyond 1e100. */
  constructor(splits: readonly Split[]) {
    const ascending = splits.toSorted((a, b) => a.executionDate < b.executionDate ? -1 : 1);
    const products = [1];
    for (const { from, to } of ascending.toReversed()) products.push(products.at(-1)! * to / from);
    this.#dates = ascending.map(({ executionDate }) => executionDate);
    this.#products = products.reverse();
  }

  /** What one share of a date has become on a later one; without a later one, after all splits. */
  between(date: string, later?: string): number {
    const firstAfter = (date: string) => firstIndex(this.#dates, (one) => one > date);
    const [from, to] = [firstAfter(date), later === undefined ? -1 : firstAfter(later)];
    return from === to ? 1 : this.#products[from]! / this.#products.at(to)!;
  }
}

/** A dividend in cash. The names' meaning is the vendor's. */
export interface Dividend {
  /** The ticker, in the vendor's spelling. */
  readonly ticker: string;
  /** The first date whose buyers do not get it, `YYYY-MM-DD`. */
  readonly exDate: string;
  /** What a share pays; 0 in a file takes away what the REST API has of the date. */
  readonly amount: number;
  /** Such as `USD`. */
  readonly currency: string;
  /** The vendor's `distribution_type`, such as `recurring` or `special`; `""` where none is said. */
  readonly type: string;
  /** Whether the amount is for one share of today, as yfinance has it, and not of the ex-date. */
  readonly isForToday: boolean;
  /**
   * The vendor's `historical_adjustment_factor`: what a price before the ex-date is multiplied by
   * for this and all later dividends; `undefined` where none is said.
   */
  readonly vendorFactor: number | undefined;
}

/** A dividend as a file has it: `undefined` where it has no column for the ticker, as one stock's. */
export type FileDividend = Omit<Dividend, "ticker"> & { readonly ticker: string | undefined };

/** Each dividend once: what differs in its factor alone is the same. */
export function uniqueDividends<D extends FileDividend>(dividends: Iterable<D>): D[] {
  const unique = new Map<string, D>();
  for (const dividend of dividends) {
    const { ticker, exDate, amount, currency, type } = dividend;
    unique.set(`${exDate} ${amount} ${currency} ${ticker} ${type}`, dividend);
  }
  return [...unique.values()];
}
