/**
 * Which symbols, and which of their bars.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { chainName } from "../../market/ticker_family.ts";
import type { OptionSpec } from "../arguments/command_doc.ts";
import type { Given, SharedGroup } from "../arguments/command_spec.ts";
import { readSymbols } from "../arguments/symbol_words.ts";
import { SPAN } from "./span.ts";

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
    help: "of these those that expire on DATES: 2025-12-19, 2025-12, 2025-12-01..2025-12-31",
  },
  {
    name: "strike",
    value: { name: "PRICES", example: "600..700" },
    help: "of these those with a strike of PRICES: 650, 600..700, 700..",
  },
  {
    name: "right",
    value: { name: "RIGHT", example: "call", completion: ["call", "put"] },
    help: "of these calls or puts alone",
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
