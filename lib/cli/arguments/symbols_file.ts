/**
 * All symbols of a command: those of its line, then those of the file that it names, or of stdin.
 *
 * @module
 */

import { quote, UsageError } from "../../errors.ts";
import { readTextFile, readTextStream, UnreadableTextError } from "../../text_file.ts";
import type { Context } from "../context.ts";
import type { SymbolArgs } from "../options/bars.ts";
import { parseSymbolList } from "./symbol_words.ts";

/** @throws {UsageError} when the file cannot be read, or something in it is no symbol. */
export async function allSymbolsOf(
  { symbols, symbolsFile, request }: SymbolArgs,
  { terminal, signal }: Pick<Context, "terminal" | "signal">,
): Promise<readonly string[]> {
  if (symbolsFile === undefined) return symbols;
  try {
    const text = symbolsFile === "-"
      ? await readTextStream(terminal.input, { signal })
      : await readTextFile(symbolsFile, { signal });
    return [...symbols, ...parseSymbolList(text, symbolsFile, request)];
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    throw new UsageError(`Cannot read symbols from ${quote(symbolsFile)}: ${error.message}`);
  }
}
