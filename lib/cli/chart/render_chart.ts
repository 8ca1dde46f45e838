/**
 * A chart for the terminal: what it is of and what its shapes mean, then candles or a line, volume,
 * prices at the right, dates below. Pure.
 *
 * @module
 */

import { mergeBars } from "../../market/resample.ts";
import { MOST_DECIMALS, priceDecimals } from "../../market/bar.ts";
import type { Bar } from "../../../mod.ts";
import {
  bodyGlyphs,
  candleScale,
  drawCandles,
  drawLine,
  drawVolume,
  lineScale,
  mostVolume,
} from "./candles.ts";
import {
  cellsText,
  type Chart,
  type ChartColumns,
  type ChartSpace,
  type Grid,
  intoColumns,
  levelOf,
  type PriceScale,
  rises,
  roundTicks,
} from "./grid.ts";
import { renderDates } from "./dates.ts";
import { paint, printable, textWidth } from "../render/style.ts";
import { countText } from "../render/wording.ts";

/** How the lines of a chart are shared out. */
interface Layout {
  readonly key: boolean;
  readonly priceRows: number;
  readonly volumeRows: number;
  readonly dates: boolean;
}

/** Below this many columns or rows for the candles there is the heading alone. */
const LEAST = { columns: 8, rows: 2 };

/** The chart's lines; without bars, one that says so. */
export function renderChart(chart: Chart, space: ChartSpace): string[] {
  const { bars } = chart;
  if (bars.length === 0) {
    return [clipped(`${printable(chart.symbol)}  no bars`, space.width)];
  }
  const decimals = priceDecimals(
    bars.flatMap(({ open, high, low, close }) => [open, high, low, close]),
  );
  const head = renderHead(chart, space, decimals);
  const axisWidth = 3 + widestPrice(bars, decimals);
  const room = space.width - axisWidth;
  if (room < LEAST.columns) return [head];
  const columns = intoColumns(bars, room);
  const layout = layoutOf(columns, space.height);
  if (layout.priceRows < LEAST.rows) return [head];
  return [
    head,
    ...layout.key ? [renderKey(chart, columns, space)] : [],
    ...renderPrices(chart, { columns, layout, decimals, space }),
    ...renderVolume(columns, layout, space),
    ...layout.dates ? renderTimes(chart, columns, { axisWidth, space }) : [],
  ].map((line) => line.trimEnd());
}

/** Candles have most of the lines; what the height has no room for is left out. */
function layoutOf(columns: ChartColumns, height: number): Layout {
  const key = height >= 16;
  const dates = height >= 8;
  const hasVolume = mostVolume(columns) > 0 && height >= 10;
  const volumeRows = hasVolume ? Math.min(8, Math.max(1, Math.floor(height / 8))) : 0;
  const priceRows = height - 1 - Number(key) - 2 * Number(dates) - volumeRows;
  return { key, dates, volumeRows, priceRows };
}

/** What the rows of prices are drawn from. */
interface Drawing {
  readonly columns: ChartColumns;
  readonly layout: Layout;
  readonly decimals: number;
  readonly space: ChartSpace;
}

function renderPrices(chart: Chart, drawing: Drawing): string[] {
  const { columns, layout: { priceRows: rows }, space: { style } } = drawing;
  const tone = rises(mergeBars(chart.bars)) ? "up" : "down";
  const isLine = chart.kind === "line";
  const scale = isLine ? lineScale(chart.bars, rows, style) : candleScale(columns, rows, style);
  const grid = isLine
    ? drawLine(columns, { bars: chart.bars, scale, rows, tone, style })
    : drawCandles(columns, { scale, rows, style });
  return withAxis(grid, { ...drawing, bars: chart.bars, scale });
}

/** The grid with its round prices, and a mark at the last one. */
function withAxis(
  grid: Grid,
  { bars, scale, decimals, layout: { priceRows }, space: { style } }: Drawing & {
    readonly bars: readonly Bar[];
    readonly scale: PriceScale;
  },
): string[] {
  const rowOf = (price: number) => Math.floor(levelOf(price, scale) / (scale.levels / priceRows));
  const most = Math.max(2, Math.ceil(priceRows / 3));
  const ticks = new Map(
    roundTicks(scale, { most, decimals }).map((price) => [rowOf(price), price]),
  );
  const last = bars.at(-1)!.close;
  const width = widestPrice(bars, decimals);
  const textOf = (price: number) => priceText(price, decimals).padStart(width);
  const [line, tick, mark] = style.signs ? ["│", "┤", "◀"] : ["|", "+", "<"];
  const toneOfLast = rises(mergeBars(bars)) ? "up" : "down";
  return grid.map((cells, row) => {
    const price = ticks.get(row);
    const start = `${cellsText(cells, style)} `;
    if (row === rowOf(last)) {
      return start + paint(`${mark} ${textOf(last)}`, toneOfLast, style);
    }
    return start + paint(price === undefined ? line! : `${tick} ${textOf(price)}`, "quiet", style);
  });
}

function renderVolume(
  columns: ChartColumns,
  { volumeRows }: Layout,
  { style }: ChartSpace,
): string[] {
  const line = paint(style.signs ? "│" : "|", "quiet", style);
  return drawVolume(columns, { rows: volumeRows, style })
    .map((cells) => `${cellsText(cells, style)} ${line}`);
}

function renderTimes(
  { interval, timeZone = "UTC" }: Chart,
  columns: ChartColumns,
  { axisWidth, space: { style } }: { axisWidth: number; space: ChartSpace },
): string[] {
  const moments = columns.bars.map((bar, i) => ({
    column: i * columns.pitch,
    time: /^\d+(m|h)$/.test(interval) ? localTime(bar.timestamp, timeZone) : bar.date,
  }));
  const room = columns.width + axisWidth;
  const [axis, labels] = renderDates(moments, { width: columns.width + 1, room, style });
  const corner = style.signs ? "┘" : "+";
  return [axis + corner, labels].map((line) => paint(line, "quiet", style));
}

/** `2024-03-07T09:30` */
function localTime(timestamp: number, timeZone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(timestamp).toZonedDateTimeISO(timeZone);
  return zoned.toPlainDateTime().toString({ smallestUnit: "minute" });
}

function widestPrice(bars: readonly Bar[], decimals: number): number {
  const { low, high } = mergeBars(bars);
  return Math.max(...[low, high].map((price) => priceText(price, decimals).length));
}

/** `TSLA  2024-11-01 to 2025-10-31, 1d  248.50  ▲ +20.10 (+8.8%)`, or what of it has room. */
function renderHead(chart: Chart, { width, style }: ChartSpace, decimals: number): string {
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
function renderKey(
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
function clipped(text: string, width: number): string {
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
function priceText(price: number, decimals: number): string {
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
