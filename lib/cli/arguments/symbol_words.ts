/**
 * The symbols on a command line.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import { parseAsset, parseSymbol, type SymbolOptions } from "../../market/symbol.ts";
import { typedText } from "../render/style.ts";
import type { OperandSpec } from "./command_doc.ts";

/** What the help says of symbols of which each is one ticker. */
export const TICKERS: OperandSpec = {
  name: "SYMBOL…",
  help: "as in yfinance, or as the vendor spells its ticker: TSLA, BRK-B, BTC-USD, EURUSD=X, " +
    "^GSPC, O:SPY251219C00650000",
  completion: "symbol",
};

/** What the help says of symbols, families among them. */
export const SYMBOLS: OperandSpec = {
  ...TICKERS,
  help: `${TICKERS.help}; with * for any characters and ? for one, all that match: ` +
    "'O:SPY2512*C*', 'X:*-USD'",
};

/**
 * The symbols, as they were typed; a word may have several with commas between them.
 *
 * @param asset what they are, where it is said.
 * @throws {UsageError} naming the symbol that was likely meant.
 */
export function readSymbols(words: readonly string[], asset?: string): readonly string[] {
  const options = { asset: asset === undefined ? undefined : parseAsset(asset) };
  const symbols = words.flatMap((word) => {
    const parts = word.split(",").map((part) => part.trim());
    return parts.length === 1 ? parts : parts.filter(Boolean);
  });
  for (const symbol of symbols) checkSymbol(symbol, options);
  return symbols;
}

/** A list whose items begin with a star is not meant to have every stock in it. */
const LIST_MARK = "a * among others is no symbol, want it alone on its line where it means all";

/** More than all stocks and their options of a day that trade. */
const MOST_SYMBOLS = 250_000;

/** What white space and commas part, but not those that pad an option's underlying. */
const WORD = /[A-Za-z0-9.]{1,6} +\d{6}[CPcp]\d{8}(?![^\s,])|[^\s,]+/g;

/**
 * The symbols in a file's text: any number in a line, and `#` begins a comment.
 *
 * @param name what errors call the file.
 * @throws {UsageError} naming file, line and symbol, or a file without any.
 */
export function parseSymbolList(
  text: string,
  name: string,
  { asset }: { asset?: string | undefined } = {},
): readonly string[] {
  let count = 0;
  const symbols = text.split(/\r\n?|\n/).flatMap((line, i) => {
    try {
      const words: readonly string[] = line.replace(/#.*/, "").match(WORD) ?? [];
      if (words.length > 1 && words.includes("*")) throw new UsageError(LIST_MARK);
      count += words.length;
      if (count > MOST_SYMBOLS) throw new UsageError(`want at most ${MOST_SYMBOLS} symbols in all`);
      return readSymbols(words, asset);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`${quote(name)}, line ${i + 1}: ${error.message}`);
    }
  });
  if (symbols.length > 0) return symbols;
  throw new UsageError(`Cannot read symbols from ${quote(name)}: it has none, want one a line`);
}

/** No longer text was meant to be a symbol, and to look for one in megabytes takes minutes. */
const MOST_CHARACTERS = 64;

function checkSymbol(text: string, options: SymbolOptions): void {
  try {
    parseSymbol(text, options);
  } catch (error) {
    const isUnread = text.length <= MOST_CHARACTERS && error instanceof UsageError &&
      error.message.startsWith("Cannot read");
    const meant = isUnread ? likely(text) : "";
    if (!isUnread || !isSymbol(meant, options)) throw error;
    throw new UsageError(`Cannot read symbol ${quote(text)}: did you mean ${typedText(meant)}?`);
  }
}

/**
 * As other programs write it: `NASDAQ:AAPL`, `AAPL:US`, `BAC PRB`, `BAC^B`, an option with its strike as it
 * is, or the root of options alone; and without quotes and the like around it.
 */
function likely(text: string): string {
  return text.replace(/:US$/i, "")
    .replace(/^[A-Z]{2,10}:(?=\w)/i, "")
    .replace(/^O:[A-Z]{1,6}$/i, "$&:*")
    .replace(/^(?:O:)?([A-Z]{1,6}\d{6}[CP]\d{1,5}(?:\.\d{1,3})?)$/i, ".$1")
    .replace(/^([A-Z]{1,5})[ /.-]PR[ /.-]?([A-Z])$/i, "$1-P$2")
    .replace(/^([A-Z]{1,5}) ([A-Z])$/i, "$1-$2")
    .replace(/^([A-Z]{1,5})\^([A-Z]?)$/i, "$1-P$2")
    .replace(/^([A-Z]{1,5})\+([A-Z]?)$/i, "$1-WT$2")
    .replace(/^([A-Z]{1,5})=$/i, "$1-UN")
    .replaceAll(/[/_]/g, "-").replaceAll("\\", "").replaceAll("%", "*")
    .replaceAll(/^[^\w^*?.]+|[^\w*?]+$/g, "");
}

function isSymbol(text: string, options: SymbolOptions): boolean {
  try {
    return parseSymbol(text, options).symbol !== "";
  } catch {
    return false;
  }
}
