/**
 * Connects the data, the controls and the chart.
 *
 * @module
 */

import { fillNotes, fillReadout, fillSummary, fillTable, speak } from "./panels.js";
import { Plot } from "./plot.js";
import { watchTheme } from "./theme.js";

/** Bars that a key goes on by. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -1e9, End: 1e9 };

/** How many times as many bars a key shows. */
const ZOOMS = { "+": 0.8, "=": 0.8, "-": 1.25 };

/** Shows what is chosen, and the bar under the pointer or at the keys. */
class Viewer {
  #data;
  #plot;
  /** The chosen symbol and interval with their bars. */
  #view;
  /** The bar that the keys are at. */
  #cursor;

  constructor(data, element) {
    this.#data = data;
    this.#plot = new Plot(element, (index) => {
      fillReadout(this.#view, this.#view.frame.time[index] === undefined ? this.#last : index);
    });
  }

  /** Takes over the choices of symbol and interval. */
  show() {
    const [symbol, interval] = ["symbol", "interval"].map((name) =>
      Number(document.querySelector(`input[name=${name}]:checked`)?.value ?? 0)
    );
    const { frames, ...series } = this.#data.series[symbol];
    const { intraday } = this.#data.intervals[interval];
    this.#view = { ...series, frame: frames[interval], intraday };
    this.#cursor = this.#last;
    fillSummary(this.#view);
    fillReadout(this.#view, this.#cursor);
    fillNotes(this.#view, (index) => this.#goTo(index));
    fillTable(this.#view);
    this.#plot.show(this.#view);
  }

  showAll() {
    this.#plot.showAll();
  }

  restyle() {
    this.#plot.restyle();
  }

  fillTable() {
    fillTable(this.#view);
  }

  /** Whether the key means something here. */
  press(key) {
    if (key in ZOOMS) this.#plot.zoom(ZOOMS[key], this.#cursor);
    else if (key in STEPS) this.#step(STEPS[key]);
    else return false;
    return true;
  }

  #step(by) {
    this.#cursor = Math.min(this.#last, Math.max(0, this.#cursor + by));
    this.#plot.point(this.#cursor);
    fillReadout(this.#view, this.#cursor);
    speak(this.#view, this.#cursor);
  }

  #goTo(index) {
    this.#cursor = index;
    this.#plot.center(index);
    fillReadout(this.#view, index);
  }

  get #last() {
    return this.#view.frame.time.length - 1;
  }
}

const viewer = new Viewer(
  JSON.parse(document.getElementById("data").textContent),
  document.getElementById("plot"),
);
document.querySelector("header").addEventListener("change", () => viewer.show());
document.getElementById("all").addEventListener("click", () => viewer.showAll());
document.getElementById("table").addEventListener("toggle", () => viewer.fillTable());
document.getElementById("chart").addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, altKey } = event;
  if (!ctrlKey && !metaKey && !altKey && viewer.press(key)) event.preventDefault();
});
viewer.show();
watchTheme(() => viewer.restyle());
