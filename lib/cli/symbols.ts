/**
 * The symbols on a command line.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";
import { parseSymbol } from "../market/symbol.ts";
import type { OperandSpec } from "./command_doc.ts";

/** What the help says of symbols. */
export const SYMBOLS: OperandSpec = {
  name: "SYMBOL…",
  help: "as in yfinance, or as the vendor spells its ticker: TSLA, BRK-B, BTC-USD, EURUSD=X, " +
    "^GSPC, O:SPY251219C00650000",
  completion: "symbol",
};

/**
 * The symbols, as they were typed.
 *
 * @throws {UsageError} naming the symbol that was likely meant.
 */
export function readSymbols(words: readonly string[]): readonly string[] {
  words.forEach(checkSymbol);
  return words;
}

function checkSymbol(text: string): void {
  try {
    parseSymbol(text);
  } catch (error) {
    const meant = text.replaceAll(/[/_]/g, "-").replaceAll(/^[^\w^]+|[^\w]+$/g, "");
    if (!(error instanceof UsageError) || !isSymbol(meant)) throw error;
    throw new UsageError(`Cannot read symbol ${quote(text)}: did you mean ${meant}?`);
  }
}

function isSymbol(text: string): boolean {
  try {
    return parseSymbol(text).symbol !== "";
  } catch {
    return false;
  }
}
