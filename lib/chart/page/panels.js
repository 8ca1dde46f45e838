/**
 * What is around the chart: the summary, the readout, the notes and the table.
 *
 * @module
 */

import { changeText, isoText, priceText, timeText, volumeText } from "./format.js";

/** Rows of the table; the chart has them all. */
const MOST_ROWS = 500;

const byId = (id) => document.getElementById(id);

/** The latest price, its change since the bar before, and the span of the bars with its clock. */
export function fillSummary({ symbol, zone, frame, decimals, intraday }) {
  const last = frame.time.length - 1;
  const price = priceText(frame.close[last], decimals);
  document.title = `${symbol} ${price} – flatfetch`;
  byId("symbol").textContent = symbol;
  byId("last").textContent = price;
  fillChange(byId("change"), { frame, decimals }, last);
  const [from, to] = [0, last].map((i) => timeText(frame.time[i], intraday));
  const bars = `${frame.time.length.toLocaleString("en-US")} bar${last > 0 ? "s" : ""}`;
  byId("span").textContent = `${from} – ${to} · ${bars} · ${zone}`;
  byId("chart").setAttribute(
    "aria-label",
    `${symbol}, ${bars} from ${from} to ${to}, ${zone}, last ${price}`,
  );
}

/** The numbers of one bar, and what is noted of it. */
export function fillReadout({ frame, decimals, intraday }, i) {
  byId("at-date").textContent = timeText(frame.time[i], intraday);
  for (const name of ["open", "high", "low", "close"]) {
    byId(`at-${name}`).textContent = priceText(frame[name][i], decimals);
  }
  byId("at-volume").textContent = volumeText(frame.volume[i]);
  fillChange(byId("at-change"), { frame, decimals }, i);
}

/** The same in one sentence, for those who hear it. */
export function speak({ frame, decimals, intraday, notes }, i) {
  const prices = ["open", "high", "low", "close"]
    .map((name) => `${name} ${priceText(frame[name][i], decimals)}`);
  const noted = notes.filter((_, note) => frame.noteAt[note] === i).map(({ text }) => text);
  byId("spoken").textContent = [timeText(frame.time[i], intraday), ...prices, ...noted].join(", ");
}

/** The list of notes; choosing one calls `onChoose` with its bar. */
export function fillNotes({ frame, notes }, onChoose) {
  byId("notes").hidden = notes.length === 0;
  byId("notes-title").textContent = `${notes.length} note${notes.length === 1 ? "" : "s"}`;
  byId("notes").querySelector("ol").replaceChildren(...notes.map(({ date, kind, text }, i) => {
    const button = element(
      "button",
      element("time", date),
      element("b", kind),
      element("span", text),
    );
    button.type = "button";
    button.addEventListener("click", () => onChoose(frame.noteAt[i]));
    return element("li", button);
  }));
}

/** The table, once it is open: the newest bars first. */
export function fillTable({ symbol, frame, decimals, intraday }) {
  const { open, lastElementChild } = byId("table");
  if (!open) return lastElementChild.replaceChildren();
  const count = frame.time.length;
  const shown = Math.min(count, MOST_ROWS);
  const rows = Array.from({ length: shown }, (_, n) => {
    const i = count - 1 - n;
    const prices = [frame.open, frame.high, frame.low, frame.close]
      .map((column) => priceText(column[i], decimals));
    const cells = [...prices, volumeText(frame.volume[i])].map((text) => element("td", text));
    const head = element("th", isoText(frame.time[i], intraday));
    head.scope = "row";
    return element("tr", head, ...cells);
  });
  const caption = shown < count ? `${symbol}, the last ${shown} of ${count} bars` : symbol;
  lastElementChild.replaceChildren(tableOf(caption, rows));
}

function tableOf(caption, rows) {
  const heads = ["Date", "Open", "High", "Low", "Close", "Volume"].map((name) => {
    const head = element("th", name);
    head.scope = "col";
    return head;
  });
  const table = element("table", element("caption", caption));
  table.append(element("thead", element("tr", ...heads)), element("tbody", ...rows));
  table.className = "bars";
  return table;
}

/** Since the close before; the first bar has only its own open. */
function fillChange(target, { frame, decimals }, i) {
  const from = i === 0 ? frame.open[0] : frame.close[i - 1];
  target.textContent = changeText(from, frame.close[i], decimals);
  target.className = frame.close[i] < from ? "down" : "up";
}

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}
