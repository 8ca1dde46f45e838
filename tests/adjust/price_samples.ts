import { type Adjustment, adjustPrices } from "../../lib/adjust/adjusted_prices.ts";
import type { Dividend } from "../../lib/adjust/dividend_factors.ts";
import { Nights } from "../../lib/adjust/overnight.ts";
import type { Day } from "../../lib/market/bar.ts";
import type { Split } from "../../lib/adjust/split.ts";

/** Days of one stock, written by hand, and what is done to its shares. */

/** Trading days in a row, with a weekend between the third and the fourth. */
export const DATES = [
  "2024-03-06",
  "2024-03-07",
  "2024-03-08",
  "2024-03-11",
  "2024-03-12",
  "2024-03-13",
] as const;

/** The days that close, and open, at prices; `null` for a file that is not at hand. */
export function daysAt(
  prices: readonly (number | readonly [open: number, close: number] | null)[],
): (Day | undefined)[] {
  return prices.map((price, i) => {
    if (price === null) return undefined;
    const [open, close] = typeof price === "number" ? [price, price] : price;
    return { date: DATES[i]!, open, close };
  });
}

/** `2024-03-08 3:1`. */
export function splitOf(text: string): Split {
  const [executionDate, ratio] = text.split(" ") as [string, string];
  const [to, from] = ratio.split(":").map(Number) as [number, number];
  return { ticker: "X", executionDate, from, to };
}

/** A dividend of so much on a date. */
export function paid(exDate: string, amount: number, of: Partial<Dividend> = {}): Dividend {
  return {
    ticker: "X",
    exDate,
    amount,
    currency: "USD",
    type: "recurring",
    isForToday: false,
    vendorFactor: undefined,
    ...of,
  };
}

/** What is asked of {@linkcode lookAt}. */
export interface Look {
  /** As {@linkcode splitOf} reads them. @default {none} */
  readonly splits?: readonly string[];
  readonly dividends?: readonly Dividend[];
  readonly fixSplits?: boolean;
  /** The first day that is asked for. @default {the first} */
  readonly from?: string;
  /** @default {the last date} */
  readonly until?: string;
  /** Prices as they are. @default {false} */
  readonly isRaw?: boolean;
}

/** What bars at some prices are adjusted for. */
export function lookAt(
  prices: Parameters<typeof daysAt>[0],
  { splits = [], dividends = [], fixSplits, from, until = DATES.at(-1)!, isRaw }: Look = {},
): Adjustment {
  const days = daysAt(prices).filter((day) => day !== undefined);
  return adjustPrices({
    nights: new Nights(days, from),
    closeOf: (date) => days.find((day) => day.date === date)!.close,
    isMissing: (date) => !days.some((day) => day.date === date),
    until,
    actions: isRaw ? undefined : { splits: splits.map(splitOf), dividends },
    fixSplits,
  });
}

/** Each as `KIND DATES: TEXT`. */
export function told({ findings }: Adjustment): string[] {
  return findings.map(({ kind, dates, text }) => `${kind} ${dates.join(" ")}: ${text}`);
}

/** What is told of prices as they are. */
export function lookAtNights(nights: Nights): Adjustment {
  const nothing = { closeOf: () => NaN, isMissing: () => false, until: "9999-12-31" };
  return adjustPrices({ nights, ...nothing, actions: undefined });
}
