/**
 * What a symbol or a family would stand for in the spelling of another kind of thing, as other
 * programs have it: `SPX` may be an index, `BTCUSD` a crypto pair, `^TSLA` a stock.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import type { Asset } from "./dataset.ts";
import { tapeSuffix } from "./stock_suffix.ts";
import { isCurrency, symbolOf, tickersAs } from "./symbol.ts";
import { familyAs, familyByForm, type FoundFamily } from "./family_symbol.ts";
import { nearestTickers } from "./nearest.ts";
import { parseFamily } from "./ticker_family.ts";

/** One thing that a symbol may have been meant for, should there be one. */
export interface Reading {
  readonly asset: Asset;
  /** As it is typed where that is what is meant. */
  readonly symbol: string;
  readonly ticker: string;
}

/** What a symbol may have been meant for, in the order of likelihood. */
export interface Readings {
  /** All of what was typed, but for signs and separators. */
  readonly whole: readonly Reading[];
  /** Its pairs with the dollar; a pair of currencies the other way round. */
  readonly akin: readonly Reading[];
}

/** Of those kinds in that order, since a name with fewer tickers tells more. */
const LIKELIEST: readonly Asset[] = ["index", "forex", "crypto", "option", "stock"];

/**
 * The readings of a symbol beside the one that it has.
 *
 * @param asset what it is by that one.
 */
export function readingsOf(symbol: string, asset: Asset): Readings {
  const name = nameIn(symbol);
  const whole = LIKELIEST.flatMap((other) =>
    other === asset ? otherStocks(name, asset) : readAs(name, other)
  );
  const [, base = "", quoted = ""] = /^([A-Z]{3})-?([A-Z]{3})$/.exec(name) ?? [];
  const inverse = readAs(`${quoted}${base}`, "forex");
  const pairs = /^[A-Z0-9]{2,5}$/.test(name) ? withDollar(name) : [];
  return { whole, akin: [...inverse, ...pairs.filter((pair) => pair.asset !== asset)] };
}

/** `SPX` of `^SPX`, `$SPX.X` or `I:SPX`; `EUR-USD` of `EUR.USD`. */
function nameIn(symbol: string): string {
  const name = symbol.toUpperCase().replace(/^([XCIO]:|[\^$.])/, "").replace(/(=X|\.X)$/, "");
  return name.replace(/^([A-Z0-9]{2,10})[./]([A-Z]{3,4})$/, "$1-$2");
}

/** A name has the form of each kind that it is read as, so that few files are looked into. */
const FORMS: Readonly<Record<Asset, RegExp>> = {
  index: /^[A-Z0-9]{1,19}$/,
  forex: /^[A-Z]{3}-?[A-Z]{3}$/,
  crypto: /^[A-Z0-9]{1,20}-?[A-Z]{3,4}$/,
  option: /^[A-Z0-9.]{1,7}\d{6}[CP]\d{8}$/,
  stock: /^[A-Z][A-Z0-9]{0,5}([.\-][A-Z]{1,2})?$/,
};

function readAs(name: string, asset: Asset): Reading[] {
  if (!FORMS[asset].test(name)) return [];
  // An index has names of its own at Yahoo, which are better known than the vendor's.
  const spelled = asset === "index" ? `^${name}` : undefined;
  return tickersAs(asset === "option" ? `O:${name}` : name, asset).map((ticker) => (
    { asset, symbol: spelled ?? symbolOf(ticker, asset), ticker }
  ));
}

/**
 * `TSLA` of `TSLA.US` or `TSLA.OQ`, as Stooq and Reuters name the place where it trades; `BACpB`
 * of `BAC.PRB`, `BAC-PR-B` or `BAC.PB`, and `AAC.WS` of `AAC.WT`, as exchanges and brokers write
 * their suffixes.
 */
function otherStocks(name: string, asset: Asset): Reading[] {
  if (asset !== "stock") return [];
  const [, base] = /^([A-Z]{1,5})\.(?:US|O|OQ|N|K)$/.exec(name) ?? [];
  const [, root = "", written = ""] = /^([A-Z]{1,5})[.\-]([A-Z]{1,3}(?:[.\-][A-Z])?)$/
    .exec(name) ?? [];
  const suffix = tapeSuffix(written.replace(/[.\-]/, "").replace(/^PR/, "P"));
  const onTheTape = suffix === undefined ? [] : [`${root}${suffix}`];
  return [
    ...base === undefined ? [] : readAs(base, asset),
    ...onTheTape.filter((ticker) => ticker !== name)
      .map((ticker) => ({ asset, symbol: symbolOf(ticker, asset), ticker })),
  ];
}

/** `EURUSD=X` and `USDEUR=X` of `EUR`, `BTC-USD` of `BTC`. */
function withDollar(name: string): Reading[] {
  const money = isCurrency(name) && name !== "USD" ? [`${name}USD`, `USD${name}`] : [];
  return [
    ...money.flatMap((pair) => readAs(pair, "forex")),
    ...readAs(`${name}-USD`, "crypto"),
  ];
}

/**
 * A family's pattern as one of each other kind of things; none of a chain, which is of options
 * alone.
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
  return nearestTickers(stem, stems)
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
