/**
 * A chart for the terminal: candles or a line, volume, prices at the right, dates below.
 * Pure.
 *
 * @module
 */

import { mergeBars } from "../../market/merge_bars.ts";
import { priceDecimals } from "../../market/bar.ts";
import type { Bar } from "../../../mod.ts";
import { candleScale, drawCandles, drawVolume, mostVolume } from "./candles.ts";
import { cellsText, type Grid, levelOf, type PriceScale, roundTicks } from "./grid.ts";
import {
  type Chart,
  type ChartColumns,
  type ChartSpace,
  intoColumns,
  rises,
} from "./chart_columns.ts";
import { renderDates } from "./dates.ts";
import { clipped, priceText, renderHead, renderKey } from "./head.ts";
import { drawLine, lineScale } from "./closing_line.ts";
import { paint, printable } from "../render/style.ts";

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
