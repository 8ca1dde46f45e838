/**
 * A dividend: what a share pays, and who still gets it.
 *
 * @module
 */

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
