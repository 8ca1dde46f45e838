/**
 * The candles and the volume, drawn by the charting library.
 *
 * @module
 */

import { priceText, timeText } from "./format.js";
import { colorOf } from "./theme.js";

const library = globalThis.LightweightCharts;

/** Of every scale of prices or volumes. */
const SCALE = { borderVisible: false, entireTextOnly: true };

/** One chart, which shows one frame of a series at a time. */
export class Plot {
  #element;
  #chart;
  #candles;
  #volume;
  #markers;
  #shown;
  /** Whether the crosshair follows the pointer; else it is where a key has put it. */
  #isAtPointer = false;

  /** `onPoint` is told of the bar under the pointer, or of `undefined`. */
  constructor(element, onPoint) {
    this.#element = element;
    this.#chart = library.createChart(element, {
      autoSize: true,
      layout: { attributionLogo: false, panes: { enableResize: false } },
      rightPriceScale: { ...SCALE, scaleMargins: { top: 0.08, bottom: 0.06 } },
      timeScale: {
        ...{ borderVisible: false, rightOffset: 3, minBarSpacing: 1e-3 },
        lockVisibleTimeRangeOnResize: true,
      },
      crosshair: { mode: library.CrosshairMode.Normal },
    });
    this.#candles = this.#chart.addSeries(library.CandlestickSeries, {});
    this.#markers = library.createSeriesMarkers(this.#candles, []);
    this.#chart.subscribeCrosshairMove(({ time, logical, sourceEvent }) => {
      if (sourceEvent !== undefined) this.#isAtPointer = true;
      // Otherwise the chart moved: below the pointer, or because a key told it to.
      if (this.#isAtPointer) onPoint(time === undefined ? undefined : Math.round(logical));
    });
    element.addEventListener("pointerleave", () => onPoint(undefined));
  }

  /** Shows all bars: `{ frame, decimals, notes, intraday }`. */
  show(shown) {
    this.#shown = shown;
    this.restyle();
    this.#drawMarkers();
    this.showAll();
  }

  /** Shows the whole period. */
  showAll() {
    const count = this.#shown.frame.time.length;
    this.#chart.timeScale().setVisibleLogicalRange({ from: -0.5, to: count + 0.5 });
  }

  /** Takes the theme's colors. */
  restyle() {
    if (this.#shown === undefined) return;
    const { frame, decimals, intraday } = this.#shown;
    this.#chart.applyOptions(chartColors(intraday));
    this.#candles.applyOptions({ ...candleColors(), priceFormat: priceFormat(decimals) });
    this.#candles.setData(candlesOf(frame));
    this.#drawVolume(frame);
    this.#drawMarkers();
  }

  /** Puts the crosshair on a bar, and moves the chart to where that can be seen. */
  point(index) {
    this.#isAtPointer = false;
    const { frame } = this.#shown;
    const scale = this.#chart.timeScale();
    const { from, to } = scale.getVisibleLogicalRange();
    const shift = index < from ? index - from - 1 : index > to ? index - to + 1 : 0;
    if (shift !== 0) scale.setVisibleLogicalRange({ from: from + shift, to: to + shift });
    // The library takes a new range over when it draws.
    requestAnimationFrame(() => {
      this.#chart.setCrosshairPosition(frame.close[index], frame.time[index], this.#candles);
    });
  }

  /** Moves a bar into the middle. */
  center(index) {
    this.#isAtPointer = false;
    const scale = this.#chart.timeScale();
    const { from, to } = scale.getVisibleLogicalRange();
    const half = (to - from) / 2;
    scale.setVisibleLogicalRange({ from: index - half, to: index + half });
    requestAnimationFrame(() => this.point(index));
  }

  /** Shows fewer bars by a factor, or more; the given one stays where it is. */
  zoom(factor, index) {
    const scale = this.#chart.timeScale();
    const { from, to } = scale.getVisibleLogicalRange();
    const moved = (edge) => index + (edge - index) * factor;
    scale.setVisibleLogicalRange({ from: moved(from), to: moved(to) });
  }

  /** A market without volume has no pane for it. */
  #drawVolume(frame) {
    const hasVolume = frame.volume.some((volume) => volume !== null);
    if (hasVolume) this.#volume ??= this.#addVolume();
    else if (this.#volume) this.#chart.removeSeries(this.#volume);
    if (!hasVolume) this.#volume = undefined;
    this.#volume?.setData(volumeOf(frame));
  }

  #addVolume() {
    const options = { priceLineVisible: false, lastValueVisible: false };
    const format = { priceFormat: { type: "volume" } };
    const series = this.#chart.addSeries(library.HistogramSeries, { ...options, ...format }, 1);
    series.priceScale().applyOptions({ ...SCALE, scaleMargins: { top: 0.2, bottom: 0 } });
    const [prices, volumes] = this.#chart.panes();
    prices.setStretchFactor(4);
    volumes.setStretchFactor(1);
    return series;
  }

  #drawMarkers() {
    const { frame, notes } = this.#shown;
    const marks = new Map();
    notes.forEach(({ kind }, i) => {
      const index = frame.noteAt[i];
      const letter = ACTION_LETTERS[kind];
      marks.set(`${index} ${kind}`, {
        time: frame.time[index],
        position: letter ? "belowBar" : "aboveBar",
        shape: letter ? "circle" : kind === "gap" ? "square" : "arrowDown",
        color: colorOf("mark"),
        text: letter ?? kind,
        size: letter ? 0.5 : 1,
      });
    });
    this.#markers.setMarkers([...marks.values()].sort((a, b) => a.time - b.time));
  }
}

/** What is marked below the bars, since there may be many: the list names them. */
const ACTION_LETTERS = { split: "S", dividend: "D" };

function chartColors(intraday) {
  const line = { color: colorOf("hairline") };
  const cross = { color: colorOf("quiet"), labelBackgroundColor: colorOf("label") };
  return {
    layout: {
      background: { type: library.ColorType.Solid, color: colorOf("paper") },
      textColor: colorOf("quiet"),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 12,
      panes: { separatorColor: colorOf("hairline"), enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: line },
    crosshair: { vertLine: cross, horzLine: cross },
    timeScale: { timeVisible: intraday, secondsVisible: false },
    localization: { locale: "en-US", timeFormatter: (time) => timeText(time, intraday) },
  };
}

/** A rising candle is hollow and a falling one filled, so that the shape says it too. */
function candleColors() {
  const [up, down, paper] = ["up", "down", "paper"].map(colorOf);
  return {
    upColor: paper,
    borderUpColor: up,
    wickUpColor: up,
    downColor: down,
    borderDownColor: down,
    wickDownColor: down,
    priceLineColor: colorOf("quiet"),
    priceLineSource: library.PriceLineSource.LastVisible,
  };
}

function priceFormat(decimals) {
  return {
    type: "custom",
    minMove: 10 ** -decimals,
    formatter: (price) => priceText(price, decimals),
  };
}

function candlesOf({ time, open, high, low, close }) {
  return time.map((at, i) => ({
    time: at,
    open: open[i],
    high: high[i],
    low: low[i],
    close: close[i],
  }));
}

function volumeOf({ time, open, close, volume }) {
  const [up, down] = ["up-volume", "down-volume"].map(colorOf);
  return time.map((at, i) =>
    volume[i] === null
      ? { time: at }
      : { time: at, value: volume[i], color: close[i] >= open[i] ? up : down }
  );
}
