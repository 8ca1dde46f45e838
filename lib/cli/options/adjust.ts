/**
 * What bars are adjusted for, which tickers of a company they are of, and where both are from.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import type { Entry } from "../arguments/command_doc.ts";
import type { SharedGroup } from "../arguments/command_spec.ts";

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
