/**
 * The elements of a chart page, which its script fills and moves. Pure.
 *
 * @module
 */

import type { PageData, SeriesData } from "./page_data.ts";

/** Rows of the table that stands in for the chart where no script runs. */
const FALLBACK_ROWS = 100;

/** What the prices are. */
const PRICES = {
  no: "Prices as in the files.",
  splits: "Prices adjusted for splits.",
  all: "Prices adjusted for splits and dividends.",
} as const;

/** Everything between `<body>` and the scripts. */
export function renderBody(
  { series, intervals }: PageData,
  { adjusted }: { readonly adjusted: keyof typeof PRICES },
): string {
  const symbols = series.map(({ symbol }) => symbol);
  return `<header>
${symbols.length > 1 ? choice("symbol", { legend: "Symbol", labels: symbols }) : ""}
${choice("interval", { legend: "Interval", labels: intervals.map(({ label }) => label) })}
<button type="button" id="all" title="Show the whole period">All</button>
<button type="button" id="theme" aria-pressed="false" aria-label="Dark theme">${SUN_AND_MOON}</button>
</header>
<main>
<div class="summary">
<div><h1 id="symbol">${escapeHtml(symbols[0]!)}</h1><p id="span"></p></div>
<p class="quote"><output id="last"></output><span id="change"></span></p>
</div>
<dl id="readout">${READOUT.map(fact).join("")}</dl>
<div id="chart" tabindex="0" role="application" aria-roledescription="chart" aria-describedby="keys">
<div id="plot"></div></div>
<p id="keys" class="unseen">Arrow keys go from bar to bar, Home and End to the first and the last,
plus and minus zoom.</p>
<p id="spoken" class="unseen" role="status"></p>
<noscript>${series.map(fallback).join("")}</noscript>
<section id="notes" hidden aria-labelledby="notes-title"><h2 id="notes-title"></h2><ol></ol></section>
<details id="table"><summary>Table</summary><div role="region" aria-label="Bars" tabindex="0"></div>
</details>
</main>
<footer><p>Made by flatfetch. ${PRICES[adjusted]}</p>
<p>TradingView Lightweight Charts™, Copyright © 2026 TradingView, Inc.
<a href="https://www.tradingview.com/" rel="noreferrer">https://www.tradingview.com/</a>,
under the <a href="https://www.apache.org/licenses/LICENSE-2.0" rel="noreferrer">Apache License
2.0</a></p></footer>`;
}

const READOUT = ["Date", "Open", "High", "Low", "Close", "Volume", "Change"] as const;

const SUN_AND_MOON = `<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">` +
  `<circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="1.5"/>` +
  `<path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/></svg>`;

function fact(name: string): string {
  return `<div><dt>${name}</dt><dd id="at-${name.toLowerCase()}"></dd></div>`;
}

/** A choice of one, as buttons that arrow keys go through. */
function choice(
  name: string,
  { legend, labels }: { legend: string; labels: readonly string[] },
): string {
  const options = labels.map((label, i) =>
    `<label><input type="radio" name="${name}" value="${i}"${i === 0 ? " checked" : ""}>` +
    `<span>${escapeHtml(label)}</span></label>`
  );
  return `<fieldset class="${name}s"><legend class="unseen">${legend}</legend>${
    options.join("")
  }</fieldset>`;
}

/** The last bars as a plain table. */
function fallback({ symbol, decimals, frames, notes }: SeriesData): string {
  const [frame] = frames;
  const rows = frame!.time.map((time, i) => {
    const prices = [frame!.open, frame!.high, frame!.low, frame!.close]
      .map((column) => column[i]!.toFixed(decimals));
    const cells = [timeText(time), ...prices, String(frame!.volume[i] ?? "")];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
  }).slice(-FALLBACK_ROWS).reverse();
  const heads = READOUT.slice(0, -1).map((name) => `<th scope="col">${name}</th>`);
  const items = notes.map(({ date, kind, text }) =>
    `<li>${escapeHtml(`${date} ${kind}: ${text}`)}</li>`
  );
  return `<p>The chart needs JavaScript. These are the last bars of ${escapeHtml(symbol)}.</p>
<table class="bars"><caption>${escapeHtml(symbol)}</caption><thead><tr>${
    heads.join("")
  }</tr></thead>
<tbody>${rows.join("")}</tbody></table>${items.length > 0 ? `<ul>${items.join("")}</ul>` : ""}`;
}

function timeText(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().slice(0, 16).replace("T", " ")
    .replace(/ 00:00$/, "");
}

/** The text as HTML, also within an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.codePointAt(0)};`);
}

/** A value as JSON that no `</script>` or `<!--` within it can end. */
export function embedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/** What a content security policy allows a script or a style by: `'sha256-…'`. */
export async function cspHash(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `'sha256-${new Uint8Array(hash).toBase64()}'`;
}
