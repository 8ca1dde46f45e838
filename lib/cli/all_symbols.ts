/**
 * All symbols of a command: those of its line, then those of the file that it names.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";
import { readTextFile, UnreadableTextError } from "../text_file.ts";
import type { SymbolArgs } from "./options/symbols.ts";
import { parseSymbolList } from "./symbols.ts";

/** @throws {UsageError} when the file cannot be read, or something in it is no symbol. */
export async function allSymbolsOf(
  { symbols, symbolsFile, request }: SymbolArgs,
  { signal }: { readonly signal: AbortSignal },
): Promise<readonly string[]> {
  if (symbolsFile === undefined) return symbols;
  try {
    const text = await readTextFile(symbolsFile, { signal });
    return [...symbols, ...parseSymbolList(text, symbolsFile, request)];
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    throw new UsageError(`Cannot read symbols from ${quote(symbolsFile)}: ${error.message}`);
  }
}
