/**
 * Adjusted bars by another way: as Yahoo and yfinance have them. First everything, dividends too,
 * is brought to the shares of today; then the adjusted close goes backwards from the last one,
 * and the other prices of a bar follow its close. It shares no code with the product.
 *
 * @module
 */

/** A day as it was traded. */
export interface TradedDay {
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** What happened to the shares: dates, and new shares for an old one, or what one share got. */
export interface History {
  readonly splits: readonly (readonly [date: string, newForOld: number])[];
  readonly dividends: readonly (readonly [exDate: string, amount: number])[];
}

/** The days with adjusted prices, the volume in shares of today. */
export function totalReturn(days: readonly TradedDay[], { splits, dividends }: History) {
  const sharesToday = (date: string) => {
    let shares = 1;
    for (const [day, newForOld] of splits) if (day > date) shares *= newForOld;
    return shares;
  };
  const closes = days.map(({ date, close }) => close / sharesToday(date));
  const adjusted: number[] = [...closes];
  for (let i = days.length - 2; i >= 0; i--) {
    const paid: Record<string, number> = {};
    for (const [exDate, amount] of dividends) {
      if (exDate <= days[i]!.date || exDate > days[i + 1]!.date) continue;
      paid[exDate] = (paid[exDate] ?? 0) + amount / sharesToday(exDate);
    }
    // Today's close without what is paid tomorrow grows as tomorrow's adjusted close does.
    adjusted[i] = adjusted[i + 1]! / closes[i + 1]! * closes[i]!;
    for (const amount of Object.values(paid)) adjusted[i]! *= (closes[i]! - amount) / closes[i]!;
  }
  return days.map((day, i) => {
    const ratio = adjusted[i]! / day.close;
    const shares = sharesToday(day.date);
    return {
      date: day.date,
      open: day.open * ratio,
      high: day.high * ratio,
      low: day.low * ratio,
      close: adjusted[i]!,
      volume: day.volume * shares,
    };
  });
}
