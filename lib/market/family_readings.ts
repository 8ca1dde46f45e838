/**
 * What a family that no ticker matches may have been meant for: the same pattern among other kinds
 * of things, or one whose name is spelled nearly so.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import type { Asset } from "./dataset.ts";
import { familyAs, familyByForm, type FoundFamily } from "./family_symbol.ts";
import { nearestTickers } from "./nearest.ts";
import { LIKELIEST } from "./readings.ts";
import { parseFamily } from "./ticker_family.ts";

/** More than so many are no help. */
const MOST = 3;

/**
 * The pattern as one of each other kind of things; none of a chain, which is of options alone.
 *
 * @param symbol as it was typed.
 * @param asset what it is taken for.
 */
export function familyReadings(symbol: string, asset: Asset): FoundFamily[] {
  if (/:.*:/.test(symbol)) return [];
  const bare = symbol.replace(/^([XCIO]:|[\^$.])/i, "").replace(/=X$/i, "");
  return LIKELIEST.filter((other) => other !== asset).flatMap((other) => {
    try {
      const found = familyAs(bare, other)!;
      return familyByForm(found.name).name === found.name ? [found] : [];
    } catch (error) {
      if (error instanceof UsageError) return [];
      throw error;
    }
  });
}

/**
 * The families nearest in spelling that some of the tickers match, best first; none where the name
 * is right and only what is asked for of it is not there.
 *
 * @param family its name.
 */
export function nearestFamilies(family: string, tickers: Iterable<string>): string[] {
  const [, prefix = "", stem = "", rest = ""] = stemIn(family) ?? [];
  if (stem === "") return [];
  const all = [...tickers];
  const stems = new Set(all.flatMap((ticker) => stemIn(ticker)?.[2] ?? []));
  if (stems.has(stem)) return [];
  return nearestTickers(stem, stems, MOST)
    .map((other) => parseFamily(`${prefix}${other}${rest}`))
    .filter(({ has }) => all.some(has))
    .map(({ name }) => name);
}

/** The name in a ticker or a pattern: a root, the base of a pair, a stock without its suffix. */
function stemIn(text: string): RegExpExecArray | null {
  return text.startsWith("O:")
    ? /^(O:)([A-Z]+)([:\d*?].*)$/.exec(text)
    : /^([XCI]:)?([A-Za-z0-9]+)(.*)$/.exec(text);
}
