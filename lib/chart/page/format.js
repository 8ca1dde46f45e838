/**
 * Numbers and times as text.
 *
 * @module
 */

const TIME = { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" };

/** `1,234.50` */
export function priceText(price, decimals) {
  return price.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}

/** `+20.10 (+8.8%)`, with a true minus. */
export function changeText(from, to, decimals) {
  const sign = to < from ? "−" : "+";
  const amount = sign + priceText(Math.abs(to - from), decimals);
  if (from === 0) return amount;
  return `${amount} (${sign}${priceText(Math.abs((to - from) / from) * 100, 2)}%)`;
}

/** `112,345,678`; a market without volume has a dash. */
export function volumeText(volume) {
  return volume === null ? "–" : volume.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** `Mar 7, 2024`, or with the time of day, of seconds that count the exchange's clock. */
export function timeText(seconds, intraday) {
  const time = intraday ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } : {};
  return new Date(seconds * 1_000).toLocaleString("en-US", { ...TIME, ...time });
}

/** `2024-03-07`, or `2024-03-07 09:30`. */
export function isoText(seconds, intraday) {
  const text = new Date(seconds * 1_000).toISOString();
  return intraday ? text.slice(0, 16).replace("T", " ") : text.slice(0, 10);
}
