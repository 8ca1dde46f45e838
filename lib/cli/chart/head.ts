/**
 * The lines above a chart: what it is of, and what its shapes mean; its numbers as text. Pure.
 *
 * @module
 */

import { textWidth } from "../render/table.ts";
import { MOST_DECIMALS } from "../../market/bar.ts";
import { mergeBars } from "../../market/merge_bars.ts";
import { bodyGlyphs, mostVolume } from "./candles.ts";
import { type Chart, type ChartColumns, type ChartSpace, rises } from "./chart_columns.ts";
import { paint, printable } from "../render/style.ts";
import { countText } from "../render/wording.ts";

/** `TSLA  2024-11-01 to 2025-10-31, 1d  248.50  ▲ +20.10 (+8.8%)`, or what of it has room. */
export function renderHead(chart: Chart, { width, style }: ChartSpace, decimals: number): string {
  const whole = mergeBars(chart.bars);
  const symbol = printable(chart.symbol);
  const last = priceText(whole.close, decimals);
  const change = changeText({ from: whole.open, to: whole.close }, decimals);
  const dates = `${whole.date} to ${chart.bars.at(-1)!.date}, ${printable(chart.interval)}`;
  const sign = style.signs ? rises(whole) ? "▲ " : "▼ " : "";
  const heads = [
    [`${symbol}  ${dates}  ${last}  `, sign + change.full],
    [`${symbol}  ${dates}  ${last}  `, sign + change.short],
    [`${symbol}  ${last}  `, sign + change.full],
    [`${symbol}  ${last}  `, change.short],
    [`${symbol} `, last],
  ] as const;
  const fits = heads.find(([start, end]) => textWidth(start + end) <= width);
  if (fits === undefined) return clipped(symbol, width);
  return fits[0] + paint(fits[1], rises(whole) ? "up" : "down", style);
}

/** What the shapes mean: `┃ up  █ down  1 column is 4 bars  volume up to 112.3M`. */
export function renderKey(
  chart: Chart,
  columns: ChartColumns,
  { width, style }: ChartSpace,
): string {
  const { up, down } = bodyGlyphs(style);
  const { barsEach } = columns;
  const most = mostVolume(columns);
  const shapes = chart.kind === "line" ? [] : [
    { text: `${up} up`, painted: `${paint(up, "up", style)} up` },
    { text: `${down} down`, painted: `${paint(down, "down", style)} down` },
  ];
  const facts = [
    ...barsEach > 1 ? [`1 column is ${countText(barsEach, "bar")}`] : [],
    ...most > 0 ? [`volume up to ${volumeText(most)}`] : [],
  ].map((text) => ({ text, painted: paint(text, "quiet", style) }));
  let [line, used] = ["", 0];
  for (const { text, painted } of [...shapes, ...facts]) {
    const gap = used === 0 ? "" : "  ";
    if (used + gap.length + text.length > width) break;
    [line, used] = [line + gap + painted, used + gap.length + text.length];
  }
  return line;
}

/** As much of a text as fits. */
export function clipped(text: string, width: number): string {
  let fitting = "";
  for (const char of text) {
    if (textWidth(fitting + char) > width) break;
    fitting += char;
  }
  return fitting;
}

/** By the number of decimals: to make one takes longer than a chart's prices do. */
const PRICE_FORMATS = Array.from(
  { length: MOST_DECIMALS + 1 },
  (_, decimals) =>
    new Intl.NumberFormat("en-US", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    }),
);

/** `1,234.50` */
export function priceText(price: number, decimals: number): string {
  return PRICE_FORMATS[decimals]!.format(price);
}

/** `+20.10 (+8.8%)`; a change from nothing has no percent. */
function changeText(
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
function volumeText(volume: number): string {
  return new Intl.NumberFormat("en-US", {
    notation: "compact",
    maximumSignificantDigits: 4,
  }).format(volume);
}
