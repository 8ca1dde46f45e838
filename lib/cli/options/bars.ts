/**
 * Which bars: of which symbols, of which span of time, and how long each is.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { parseHours } from "../../market/hours.ts";
import { INTERVALS, parseInterval } from "../../market/interval.ts";
import { resolvePeriod } from "../../market/period.ts";
import { ASSETS, parseAsset } from "../../market/symbol.ts";
import { chainName } from "../../market/ticker_family.ts";
import type { OptionSpec } from "../arguments/command_doc.ts";
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
