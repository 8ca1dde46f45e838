/**
 * All symbols of a command: those of its line, then those of the file that it names.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";
import type { SymbolArgs } from "./options/symbols.ts";
import { parseSymbolList } from "./symbols.ts";

/** @throws {UsageError} when the file cannot be read, or something in it is no symbol. */
export async function allSymbolsOf(
  { symbols, symbolsFile, request }: SymbolArgs,
): Promise<readonly string[]> {
  if (symbolsFile === undefined) return symbols;
  const text = await Deno.readTextFile(symbolsFile).catch((error: Error) => {
    throw new UsageError(`Cannot read symbols from ${quote(symbolsFile)}: ${error.message}`);
  });
  return [...symbols, ...parseSymbolList(text, symbolsFile, request)];
}
