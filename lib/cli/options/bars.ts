/**
 * Which bars: of which symbols, of which span of time, and how long each is; what they are adjusted
 * for, which tickers of a company they are of, and where both are from.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import { parseHours } from "../../market/hours.ts";
import { INTERVALS, parseInterval } from "../../market/interval.ts";
import { resolvePeriod } from "../../market/period.ts";
import { ASSETS, parseAsset } from "../../market/symbol.ts";
import { chainName } from "../../market/ticker_family.ts";
import type { Entry, OptionSpec } from "../arguments/command_doc.ts";
import type { Given, SharedGroup } from "../arguments/command_spec.ts";
import { readSymbols } from "../arguments/symbol_words.ts";

/** Options of every command that is about bars. */
export const SPAN = {
  title: "Bars",
  options: [
    {
      name: "period",
      short: "p",
      value: {
        name: "PERIOD",
        example: "5y",
        completion: ["5d", "2wk", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
      },
      help:
        "how far back, in calendar days: 5d 2wk 6mo 5y ytd max (default 5y; crypto 2y; minutes and hours 1mo, " +
        "of indices 5d)",
    },
    {
      name: "from",
      value: { name: "DATE", example: "2020-01-01", completion: "date" },
      help: "first date, instead of a period",
    },
    {
      name: "to",
      value: { name: "DATE", example: "2025-11-01", completion: "date" },
      help: "last date of the span or period (default today, UTC)",
    },
    {
      name: "interval",
      short: "i",
      value: { name: "INTERVAL", example: "1d", completion: INTERVALS },
      help: `length of a bar: ${INTERVALS.join(" ")} (default 1d)`,
    },
    {
      name: "hours",
      value: { name: "HOURS", example: "regular", completion: ["all", "regular"] },
      help: "all, or regular for New York's session, 09:30 to 16:00 (13:00 on half days), with " +
        "bars of up to 1h counted from 09:30 (default all)",
    },
    {
      name: "asset",
      value: { name: "ASSET", example: "stock", completion: ASSETS },
      help: `what the symbols are, where their form says otherwise: ${ASSETS.join(" ")}`,
    },
  ],
  read(given) {
    const { text } = given;
    const [interval, hours, asset] = [text("interval"), text("hours"), text("asset")];
    if (interval !== undefined) parseInterval(interval);
    if (hours !== undefined) parseHours(hours);
    if (asset !== undefined) parseAsset(asset);
    return { ...readPeriod(given, "5y"), interval, hours, asset };
  },
} satisfies SharedGroup;

/** The span of time that is given, in which a mistake is found before anything is announced. */
export function readPeriod({ text }: Given, period: string) {
  const request = { period: text("period"), from: text("from"), to: text("to") };
  resolvePeriod(request, { period, today: "9999-12-31", firstDate: "0001-01-01" });
  return request;
}

/** Which contracts of an underlying are wanted. */
const CHAIN: readonly OptionSpec[] = [
  {
    name: "underlying",
    value: { name: "ROOT", example: "SPY", isList: true },
    help:
      "all option contracts of ROOT that the files have, such as SPY; SPXW is not in SPX, nor " +
      "an adjusted SPY1 in SPY; several with commas",
  },
  {
    name: "expiry",
    value: { name: "DATES", example: "2025-12" },
    help: "only those that expire on DATES: 2025-12-19, 2025-12, 2025-12-01..2025-12-31",
  },
  {
    name: "strike",
    value: { name: "PRICES", example: "600..700" },
    help: "only those with a strike of PRICES: 650, 600..700, 700..",
  },
  {
    name: "right",
    value: { name: "RIGHT", example: "call", completion: ["call", "put"] },
    help: "only calls, or only puts",
  },
];

/** The families of contracts that the options name, as symbols. */
function readChains({ text }: Given): string[] {
  const filter = { expiry: text("expiry"), right: text("right"), strike: text("strike") };
  const roots = text("underlying")?.split(",").filter((root) => root.trim() !== "");
  if (roots !== undefined) return roots.map((root) => chainName(root, filter));
  const [name] = Object.entries(filter).find(([, value]) => value !== undefined) ?? [];
  if (name === undefined) return [];
  throw new UsageError(`Cannot use --${name} without --underlying, such as --underlying SPY`);
}

/**
 * Options of a command for any number of symbols.
 *
 * @param verb what it does with them, for the error where there are none.
 */
export function symbolOptions(verb: string) {
  return {
    ...SPAN,
    options: [
      {
        name: "symbols",
        value: { name: "FILE", example: "symbols.txt", completion: "file" },
        help: "read symbols from FILE, one or more a line, # for comments; - is standard input",
      },
      ...CHAIN,
      ...SPAN.options,
    ],
    read(given) {
      const request = SPAN.read(given);
      const symbols = readSymbols([...given.words, ...readChains(given)], request.asset);
      const symbolsFile = given.text("symbols");
      if (symbols.length > 0 || symbolsFile !== undefined) return { symbols, symbolsFile, request };
      throw new UsageError(`Cannot ${verb}: no symbol is given, such as TSLA`);
    },
  } satisfies SharedGroup;
}

/** The symbols of a command, at least one unless a file has them, and which bars of them. */
export type SymbolArgs = ReturnType<ReturnType<typeof symbolOptions>["read"]>;

/** Options of every command that gives bars, or judges them. */
export const ADJUST = {
  title: "Adjustment",
  options: [
    {
      name: "adjust",
      value: { name: "WHAT", example: "splits", completion: ["splits", "all"] },
      help: "splits: prices and volumes of stocks in today's shares; all: prices without " +
        "dividends too (default as the vendor has them)",
    },
    {
      name: "splits",
      value: { name: "FILE", example: "splits.csv", completion: "file" },
      help:
        "adjust for the splits in FILE instead of the REST API's, or with --adjust where FILE " +
        "has the ticker and date; CSV or JSON of the vendor, of yfinance, or with ticker, date, ratio",
    },
    {
      name: "dividends",
      value: { name: "FILE", example: "dividends.csv", completion: "file" },
      help:
        "likewise for dividends; CSV or JSON of the vendor, of yfinance, or with ticker, date, " +
        "amount",
    },
    {
      name: "splits-fix",
      help: "adjust for splits, and correct those that the prices show to be a trading day off, " +
        "inverted, or there twice",
    },
  ],
  read({ text, isOn }) {
    const what = text("adjust");
    if (what !== undefined && what !== "splits" && what !== "all") {
      throw new UsageError(`Cannot adjust for ${quote(what)}: want splits or all`);
    }
    const [splitsFile, dividendsFile] = [text("splits"), text("dividends")];
    if (what === "splits" && dividendsFile !== undefined) {
      throw new UsageError("Cannot use --dividends with --adjust splits: want --adjust all");
    }
    const fixSplits = isOn("splits-fix");
    const implied = dividendsFile !== undefined ? "all" as const : "splits" as const;
    const isImplied = fixSplits || (dividendsFile ?? splitsFile) !== undefined;
    const adjust = what ?? (isImplied ? implied : undefined);
    return { adjust, splitsFile, dividendsFile, isPartial: what !== undefined, fixSplits };
  },
} satisfies SharedGroup;

/** What bars are adjusted for; a file implies it, and so does a correction. */
export type AdjustArgs = ReturnType<typeof ADJUST.read>;

/** The variables that say where the REST API is and which key opens it. */
export const ADJUST_VARIABLES: readonly Entry[] = [
  ["MASSIVE_API_KEY", "the REST API's key, for --adjust and --follow; else POLYGON_API_KEY"],
  ["MASSIVE_API_ENDPOINT", "where the REST API is (default https://api.massive.com)"],
];

/** Options of every command that gives bars, or judges them. */
export const FOLLOW = {
  title: "Earlier tickers",
  options: [
    {
      name: "follow",
      help:
        "a company's bars under all tickers that it has had, so that META has those of FB, and " +
        "none of whoever had META before; a column ticker says which",
    },
    {
      name: "renames",
      value: { name: "FILE", example: "renames.csv", completion: "file" },
      help:
        "follow by the changes in FILE, with date, old and new, or an answer of the vendor's, " +
        "instead of asking the REST API",
    },
  ],
  read({ text, isOn }) {
    const renamesFile = text("renames");
    return { follow: isOn("follow") || renamesFile !== undefined, renamesFile };
  },
} satisfies SharedGroup;
