/**
 * The spellings of a family of tickers, and of the suffixes of stocks: from yfinance's to the one of
 * the consolidated tape, which is the vendor's.
 *
 * A suffix is a kind of share and a state, of which either may be absent: `-PBWI` is a
 * preferred share of series B, when issued: `pBw`.
 *
 * @see https://www.nasdaqtrader.com/Trader.aspx?id=CQSSymbolConvention for the tape's ("CQS",
 * in which the vendor writes a point for the slash).
 *
 * @module
 */

import type { Asset } from "./dataset.ts";
import { parseFamily } from "./ticker_family.ts";

/** What a family was understood as. */
export interface FoundFamily {
  readonly asset: Asset;
  readonly name: string;
}

const PREFIXES: Readonly<Record<Asset, string>> = {
  stock: "",
  crypto: "X:",
  forex: "C:",
  index: "I:",
  option: "O:",
};

/**
 * The family by its form: `TSL?`, `O:SPY2512*C*`, `SPY2512*`, `*-USD`, `EUR*=X`, `^SP*`.
 *
 * @throws {UsageError} when it cannot be read.
 */
export function familyByForm(symbol: string): FoundFamily {
  return familyAs(symbol, assetOf(symbol))!;
}

/**
 * The family as one of an asset; `undefined` when its prefix is another's.
 *
 * @throws {UsageError} when it cannot be read.
 */
export function familyAs(symbol: string, asset: Asset): FoundFamily | undefined {
  const [, letter, rest = symbol] = /^([XCIO]):(.*)$/is.exec(symbol) ?? [];
  const prefix = PREFIXES[asset];
  if (letter !== undefined && `${letter.toUpperCase()}:` !== prefix) return undefined;
  return { asset, name: parseFamily(prefix + SPELLINGS[asset](rest)).name };
}

function assetOf(symbol: string): Asset {
  const prefix = symbol.slice(0, 2).toUpperCase();
  const [prefixed] = Object.entries(PREFIXES).find(([, one]) => one !== "" && one === prefix) ?? [];
  if (prefixed !== undefined) return prefixed as Asset;
  if (/=X$/i.test(symbol)) return "forex";
  if (symbol.startsWith("^")) return "index";
  if (/[-/](USD[TC]?|EUR|GBP|JPY|AUD|BTC)$/i.test(symbol)) return "crypto";
  // No stock's ticker has a digit, and every contract's has six.
  return /^[A-Z.]{1,6}\d{2}/i.test(symbol) ? "option" : "stock";
}

/** How the vendor writes what people type. */
const SPELLINGS: Readonly<Record<Asset, (pattern: string) => string>> = {
  // A stock's ticker may have small letters; nobody types none but those and means them.
  stock: (pattern) => inTapeSpelling(/[A-Z]/.test(pattern) ? pattern : pattern.toUpperCase()),
  crypto: (pattern) => pattern.toUpperCase().replace("/", "-"),
  forex: (pattern) => pairOf(pattern.toUpperCase()),
  index: (pattern) => pattern.toUpperCase().replace(/^\^/, ""),
  option: (pattern) => pattern.toUpperCase(),
};

/** `BAC-P*` are the preferreds `BACp*`, `*-WT` warrants `*.WS`; other suffixes follow a point. */
function inTapeSpelling(pattern: string): string {
  return pattern
    .replace(/-([A-Z?]+)(?=\*?$)/, (typed, suffix) => tapeSuffix(suffix) ?? typed)
    .replaceAll("-", ".");
}

/** `EUR*=X` is `EUR-*`, `*USD=X` is `*-USD`; a pair's two halves have three letters each. */
function pairOf(pattern: string): string {
  const [, pair] = /^(.*)=X$/.exec(pattern) ?? [];
  if (pair === undefined) return pattern.replace("/", "-");
  return pair.replace(/^([^*]{3})-?(\*|[^*]{3})$/, "$1-$2").replace(/^\*-?([^*]{3})$/, "*-$1");
}

/** What yfinance, and the exchanges where they differ, write for each kind of share. */
const KINDS: readonly (readonly [suffix: RegExp, tape: (series: string) => string])[] = [
  [/^P([A-Z?]?)$/, (series) => `p${series}`],
  [/^W[TS]([A-Z?]?)$/, (series) => series === "" ? ".WS" : `.WS.${series}`],
  [/^UN?$/, () => ".U"],
  [/^R[IT]$/, () => "r"],
  [/^([A-Z]?)$/, (series) => series && `.${series}`],
];

/** When issued, when distributed, called, convertible. */
const STATES: Readonly<Record<string, string>> = { WI: "w", WD: ".WD", CL: ".CL", CV: ".CV" };

/**
 * The tape's suffix for one in upper case, such as `.WS.A` for `WTA`, whose series may be `?` for
 * any; `undefined` where the
 * table has none, and for the plain class share, which is the same in both.
 */
export function tapeSuffix(suffix: string): string | undefined {
  if (suffix.length === 1 && !/[PU]/.test(suffix)) return undefined;
  const [, kind, state = ""] = /^(.*?)(WI|WD|CL|CV)?$/.exec(suffix)!;
  for (const [pattern, tape] of KINDS) {
    const match = pattern.exec(kind!);
    if (match) return `${tape(match[1] ?? "")}${STATES[state] ?? ""}` || undefined;
  }
}
