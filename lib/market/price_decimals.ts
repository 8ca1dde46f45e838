/**
 * How many digits after the point a price is shown with.
 *
 * @module
 */

/** Digits that tell one price of a market from the next. */
const SIGNIFICANT = 6;
const FEWEST = 2;
const MOST = 12;

/** The prices that may have more digits than are shown, such as a fill between two cents. */
const EXCEPTIONS = 0.5;

/**
 * Digits after the point for prices that are shown together: as many as most of them have,
 * at least 2, and at most six significant ones of the largest price. So a stock has 2,
 * EUR-USD 5, and a coin at 5.2e-7 has 8.
 */
export function priceDecimals(prices: readonly number[]): number {
  const largest = prices.reduce((most, price) => Math.max(most, Math.abs(price)), 0);
  const magnitude = largest > 0 ? Math.floor(Math.log10(largest)) : 0;
  const most = Math.min(MOST, Math.max(FEWEST, SIGNIFICANT - 1 - magnitude));
  for (let decimals = FEWEST; decimals < most; decimals++) {
    const longer = prices.filter((price) => Number(price.toFixed(decimals)) !== price);
    if (longer.length <= prices.length * EXCEPTIONS) return decimals;
  }
  return most;
}
