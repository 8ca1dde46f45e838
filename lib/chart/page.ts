/**
 * Bars as one HTML page that needs nothing else: no server, no network, no other file.
 *
 * @module
 */

import { checkGiven, checkOptions, list, needed, object, oneOf, text } from "../given.ts";
import { type Bar, barCheck, BARS, DATE } from "../market/bar.ts";
import type { Hours } from "../market/hours.ts";
import { type Interval, INTERVALS } from "../market/interval.ts";
import { type Asset, ASSETS } from "../market/symbol.ts";
import { cspHash, embedJson, escapeHtml, renderBody } from "./page_body.ts";
import { type ChartNote, type PageData, pageData } from "./page_data.ts";

export type { ChartNote } from "./page_data.ts";

/** What a page shows beside the bars. */
export interface ChartPageOptions {
  /**
   * The length of the bars. The page also offers longer ones, which are made of these.
   *
   * @default {"1d"}
   */
  readonly interval?: Interval;
  /**
   * The hours that the bars are of: longer bars of regular hours count from 09:30 in New York.
   *
   * @default {"all"}
   */
  readonly hours?: Hours;
  /** What the prices are adjusted for, which the page says. @default {"no"} */
  readonly adjusted?: "no" | "splits" | "all";
  /** What is marked on the chart and listed below it. @default {[]} */
  readonly notes?: readonly ChartNote[];
  /**
   * What the symbols are: bars shorter than a day are labelled by the clock of their market,
   * New York's for stocks, options and indices, and UTC for crypto and forex, and the weeks of
   * forex start on Sunday.
   *
   * @default {what each symbol's form says}
   */
  readonly asset?: Asset;
}

const OPTION_KINDS = {
  interval: oneOf(INTERVALS),
  hours: oneOf(["all", "regular"]),
  adjusted: oneOf(["no", "splits", "all"]),
  notes: list(
    "note",
    object({
      symbol: needed(text()),
      date: needed(DATE),
      kind: needed(text()),
      text: needed(text()),
    }),
  ),
  asset: oneOf(ASSETS),
};

/**
 * Makes a page with candles and volume of each symbol, a switch between symbols and to
 * longer intervals, a readout of the bar under the pointer, and a table. It follows the
 * system's dark or light theme, makes no request, and its scripts are bound by a content
 * security policy. Prices are those of the bars.
 *
 * The charting library in it is TradingView Lightweight Charts™, under the Apache License
 * 2.0, which asks for the notice and the link at the foot of the page.
 *
 * @throws {RangeError} when no symbol has a bar.
 * @throws {UsageError} when an argument, or a field of a bar, is none of what it may be, a symbol
 * with bars shorter than a day cannot be read and no `asset` is given, or it has no regular hours.
 */
export async function chartPage(
  bars: Readonly<Record<string, readonly Bar[]>>,
  options: ChartPageOptions = {},
): Promise<string> {
  checkGiven({ bars }, { bars: needed(object()) });
  checkGiven(
    bars,
    Object.fromEntries(Object.keys(bars).map((name) => [name, needed(BARS)])),
    "bars.",
  );
  for (const [name, ofSymbol] of Object.entries(bars)) {
    const check = barCheck(`bars.${name}`);
    for (const bar of ofSymbol) check(bar);
  }
  checkOptions(options, OPTION_KINDS);
  const { interval = "1d", hours = "all", adjusted = "no", notes = [], asset } = options;
  const data = pageData({ bars, interval, hours, notes, asset });
  if (data.series.length === 0) {
    throw new RangeError("Cannot make a chart page: found no bars, want at least one");
  }
  const assets = await loadAssets();
  return render(data, { assets, adjusted, policy: await policyOf(assets) });
}

/** Nothing may be loaded, and no script may run but these. */
async function policyOf({ library, script, style }: Assets): Promise<string> {
  const scripts = await Promise.all([library, script].map(cspHash));
  return [
    "default-src 'none'",
    `script-src ${scripts.join(" ")}`,
    `style-src ${await cspHash(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** Three bars, drawn here so that the browser asks for no file. */
const ICON = "data:image/svg+xml," + encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M3 5v8M8 2v9M13 6v7" ` +
    `stroke="#2f6fc4" stroke-width="3" stroke-linecap="round"/></svg>`,
);

function render(
  data: PageData,
  { assets, adjusted, policy }: {
    assets: Assets;
    adjusted: "no" | "splits" | "all";
    policy: string;
  },
): string {
  const title = escapeHtml(data.series.map(({ symbol }) => symbol).join(", "));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} – flatfetch</title>
<link rel="icon" href="${escapeHtml(ICON)}">
<style>${assets.style}</style>
</head>
<body>
${renderBody(data, { adjusted })}
<script type="application/json" id="data">${embedJson(data)}</script>
<script>${assets.library}</script>
<script type="module">${assets.script}</script>
</body>
</html>
`;
}

/** The parts of a page that do not depend on its data. */
interface Assets {
  /** The charting library, as its maker publishes it, under the Apache License 2.0. */
  readonly library: string;
  /** The page's own script. */
  readonly script: string;
  /** The page's style sheet. */
  readonly style: string;
}

/**
 * Loads them. Imported as text they are part of the module graph: so they are there in a checkout,
 * from a URL and in a compiled binary, without a permission to read or to connect.
 */
async function loadAssets(): Promise<Assets> {
  const [library, style, ...scripts] = await Promise.all([
    import("./vendor/lightweight_charts.js", { with: { type: "text" } }),
    import("./page/page.css", { with: { type: "text" } }),
    import("./page/format.js", { with: { type: "text" } }),
    import("./page/theme.js", { with: { type: "text" } }),
    import("./page/plot.js", { with: { type: "text" } }),
    import("./page/panels.js", { with: { type: "text" } }),
    import("./page/main.js", { with: { type: "text" } }),
  ]);
  return {
    library: library.default,
    script: joined(scripts.map((script) => script.default)),
    style: style.default,
  };
}

/** Modules that import each other by name, as one: each comes after those that it imports. */
function joined(modules: readonly string[]): string {
  return modules
    .map((text) => text.replace(/^import [^;]*;\n/gm, "").replace(/^export /gm, ""))
    .join("\n");
}
