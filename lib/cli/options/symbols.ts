/**
 * Which symbols, and which of their bars.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import type { RequestOptions } from "../../../mod.ts";
import type { SharedGroup } from "../command_spec.ts";
import { readSymbols } from "../symbols.ts";
import { SPAN } from "./span.ts";

/** The symbols of a command, and which bars of them. */
export interface SymbolArgs {
  /** At least one, unless a file has them. */
  readonly symbols: readonly string[];
  /** The file that more of them are read from. */
  readonly symbolsFile: string | undefined;
  readonly request: RequestOptions;
}

/**
 * Options of a command for any number of symbols.
 *
 * @param verb what it does with them, for the error where there are none.
 */
export function symbolOptions(verb: string): SharedGroup<SymbolArgs> {
  return {
    ...SPAN,
    options: [
      {
        name: "symbols",
        value: { name: "FILE", example: "symbols.txt", completion: "file" },
        help: "read symbols from FILE, one or more a line, # for comments",
      },
      ...SPAN.options,
    ],
    read(given) {
      const request = SPAN.read(given);
      const symbols = readSymbols(given.words, request.asset);
      const symbolsFile = given.text("symbols");
      if (symbols.length > 0 || symbolsFile !== undefined) return { symbols, symbolsFile, request };
      throw new UsageError(`Cannot ${verb}: no symbol is given, such as TSLA`);
    },
  };
}
