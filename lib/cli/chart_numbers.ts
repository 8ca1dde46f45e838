/**
 * Prices, changes and volumes as text. Pure.
 *
 * @module
 */

/** `1,234.50` */
export function priceText(price: number, decimals: number): string {
  return new Intl.NumberFormat("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(price);
}

/** `+20.10 (+8.8%)`; a change from nothing has no percent. */
export function changeText(
  { from, to }: { from: number; to: number },
  decimals: number,
): { readonly full: string; readonly short: string } {
  const sign = to < from ? "-" : "+";
  const amount = `${sign}${priceText(Math.abs(to - from), decimals)}`;
  if (from === 0) return { full: amount, short: amount };
  const percent = `${sign}${priceText(Math.abs((to - from) / from) * 100, 1)}%`;
  return { full: `${amount} (${percent})`, short: percent };
}

/** `112.3M` */
export function volumeText(volume: number): string {
  return new Intl.NumberFormat("en-US", {
    notation: "compact",
    maximumSignificantDigits: 4,
  }).format(volume);
}
