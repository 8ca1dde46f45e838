/**
 * A symbol, as people type it, and the vendor's tickers that it may stand for.
 *
 * @module
 */

import { alternatives, quote, UsageError } from "../errors.ts";
import { checkGiven, checkOptions, needed, oneOf, text as string } from "../given.ts";
import type { Asset } from "./dataset.ts";
import { familyAs, familyByForm, tapeSuffix } from "./family_symbol.ts";
import { isFamilyName } from "./ticker_family.ts";

export type { Asset };

/** A symbol that was understood. */
export interface MarketSymbol {
  /** What the user typed, without surrounding white space and an option's padding. */
  readonly symbol: string;
  /** What kind of thing it is. */
  readonly asset: Asset;
  /**
   * The vendor's spellings to look for, the likeliest first. There are several only
   * for a stock that was not typed in upper case: the exact spelling, since stock
   * tickers are case-sensitive, and the upper-case one; and for one with a suffix such as
   * `BAC-PB` or `AAC-WT`, which is `BACpB` or `AAC.WS` from yfinance's spelling, or else stands
   * as it was typed.
   */
  readonly tickers: readonly [string, ...string[]];
  /** Set where the symbol alone, without its asset, would stand for something else. */
  readonly isForced?: true;
  /**
   * Set where it stands for all tickers that match it, such as `O:SPY*`; `tickers` has the
   * family's name alone then, which is the same for all its spellings.
   */
  readonly isFamily?: true;
}

/** How a symbol is read. */
export interface SymbolOptions {
  /** What kind of thing it is. @default {what its form says} */
  readonly asset?: Asset | undefined;
}

/** Examples of the forms in which each kind is typed. */
const FORMS: Readonly<Record<Asset, string>> = {
  stock: "TSLA or BRK-B",
  crypto: "BTC-USD or X:BTCUSD",
  forex: "EURUSD=X, EUR/USD, EURUSD or C:EUR-USD",
  index: "^GSPC, $SPX, SPX or I:SPX",
  option: "SPY251219C00650000 or O:SPY251219C00650000",
};

/** Every asset that is offered. */
export const ASSETS: readonly string[] = Object.keys(FORMS);

/** Right sides that make `A-B` a crypto pair and not a class share such as `BRK-B`. */
const CRYPTO_QUOTES = ["USDT", "USDC", "USD", "EUR", "GBP", "JPY", "AUD", "BTC"];

/** Yahoo's and Reuters' names of indices, where the vendor's differ by more than the prefix. */
const INDEX_NAMES: Readonly<Record<string, string>> = {
  GSPC: "SPX",
  INX: "SPX",
  IXIC: "COMP",
  SP100: "OEX",
  SP600: "SML",
};

/** What `$NAME` may be of, since people also write a stock so. */
const KNOWN_INDICES = /^(SPX|NDX|DJ[IUTX]|COMP|RU[TIA]|VI[XN]|VXN|OEX|XSP|MID|SML|SOX|TNX|NYA)$/;

/** ISO 4217's codes, metals among them, that tell `EUR/USD` from `BTC/USD`. */
const CURRENCIES: ReadonlySet<string> = new Set([
  ...Intl.supportedValuesOf("currency"),
  ...["XAU", "XAG", "XPT", "XPD"],
]);

/**
 * Detects what a symbol in yfinance's spelling, or a vendor's ticker, stands for; where the
 * asset is given, only how that one is spelled.
 *
 * @throws {UsageError} when it is neither, is no such asset, or is a future.
 */
export function parseSymbol(text: string, options: SymbolOptions = {}): MarketSymbol {
  checkGiven({ symbol: text }, { symbol: needed(string()) });
  checkOptions(options, { asset: oneOf(ASSETS) });
  const { asset } = options;
  const symbol = text.trim().replace(PADDED_OPTION, "$1$2");
  if (isFuture(symbol)) throw futuresError(text);
  const detected = /^[!-~]+$/.test(symbol) ? detect(symbol) : undefined;
  if (asset === undefined || detected?.asset === asset) {
    if (detected !== undefined) return { symbol, ...detected };
    throw new UsageError(
      `Cannot read symbol ${quote(text)}: want one such as TSLA, BRK-B, BTC-USD, EURUSD=X, ` +
        "^GSPC or O:SPY251219C00650000",
    );
  }
  const read = isFamilyName(symbol) ? () => family(familyAs(symbol, asset)) : READERS[asset];
  const found = /^[!-~]+$/.test(symbol) ? read(symbol) : undefined;
  if (found?.asset === asset) return { symbol, ...found, isForced: true };
  const form = `want one such as ${FORMS[asset]}`;
  throw new UsageError(`Cannot read symbol ${quote(text)} as ${asset}: ${form}`);
}

/**
 * Reads the name of an asset.
 *
 * @throws {UsageError} when the text names none that is offered.
 */
export function parseAsset(text: string): Asset {
  const name = text.trim().toLowerCase();
  if (/^futures?$/.test(name)) throw futuresError(text);
  if (Object.hasOwn(FORMS, name)) return name as Asset;
  throw new UsageError(`Cannot read asset ${quote(text)}: want ${alternatives(ASSETS)}`);
}

/** The vendor's tickers that a symbol stands for where it is known what it is. */
export function tickersAs(symbol: string, asset: Asset): readonly string[] {
  const found = READERS[asset](symbol);
  return found?.asset === asset ? found.tickers : [];
}

/** A symbol that stands for a ticker: where there is one, in yfinance's spelling. */
export function symbolOf(ticker: string, asset: Asset): string {
  const name = ticker.replace(/^[XCI]:/, "");
  const spelled = {
    stock: ticker,
    crypto: name,
    forex: `${name.replace("-", "")}=X`,
    index: `^${name}`,
    option: ticker,
  }[asset];
  return detect(spelled)?.tickers[0] === ticker ? spelled : ticker;
}

/** Whether a name is a currency's, or one of the metals that trade as such. */
export function isCurrency(name: string): boolean {
  return CURRENCIES.has(name);
}

/** The OCC's spelling fills the underlying up to six places. */
const PADDED_OPTION = /^([A-Z0-9.]{1,6}) +(\d{6}[CP]\d{8})$/i;

/** `ES=F` as in yfinance, `/ES` and `/ESZ5` as brokers have it. */
function isFuture(symbol: string): boolean {
  return /^([A-Z0-9]{1,8}=F|\/[A-Z0-9]{1,3}([FGHJKMNQUVXZ]\d{1,2})?)$/i.test(symbol);
}

function futuresError(text: string): UsageError {
  const why = "their files have sessions and columns of their own";
  return new UsageError(`Cannot load ${quote(text)}: futures are not offered, ${why}`);
}

type Found = Pick<MarketSymbol, "asset" | "tickers" | "isFamily"> | undefined;

/** The symbol is ASCII: other letters, such as `ı`, may turn into ASCII in upper case. */
function detect(symbol: string): Found {
  if (isFamilyName(symbol)) return family(familyByForm(symbol));
  return prefixed(symbol) ?? forexPair(symbol) ?? option(symbol) ?? index(symbol) ??
    cryptoPair(symbol) ?? stock(symbol);
}

/** How each kind is spelled when it is known to be of that kind. */
const READERS: Readonly<Record<Asset, (symbol: string) => Found>> = {
  stock,
  crypto: (symbol) => prefixed(symbol) ?? prefixed(`X:${symbol.replace("/", "-")}`),
  forex: (symbol) => prefixed(symbol) ?? prefixed(`C:${symbol.replace("/", "-")}`),
  index: (symbol) => prefixed(symbol) ?? index(`^${symbol}`),
  option: prefixed,
};

function family(found: { asset: Asset; name: string } | undefined): Found {
  return found && { asset: found.asset, tickers: [found.name], isFamily: true };
}

/** `X:BTC-USD`, `X:BTCUSD`, `C:EUR-USD`, `C:EURUSD`, `I:SPX`, `O:SPY251219C00650000`. */
function prefixed(symbol: string): Found {
  const [, letter, rest] = /^([XCIO]):([A-Z0-9.\-]{1,30})$/.exec(symbol.toUpperCase()) ?? [];
  if (letter === undefined || rest === undefined) return undefined;
  if (letter === "X") return crypto(splitCryptoPair(rest));
  if (letter === "C") return forex(/^([A-Z]{3})-?([A-Z]{3})$/.exec(rest));
  if (letter === "I") return { asset: "index", tickers: [`I:${rest}`] };
  return option(rest);
}

/**
 * `SPY251219C00650000`: underlying, expiry, call or put, strike in thousandths; `.SPY251219C650`
 * as some brokers have it, with the strike as it is.
 */
function option(symbol: string): Found {
  const [, name, strike = ""] = /^\.([A-Z0-9.]{1,6}\d{6}[CP])(\d{1,5}(?:\.\d{1,3})?)$/i
    .exec(symbol) ?? [];
  const thousandths = String(Math.round(Number(strike) * 1_000)).padStart(8, "0");
  const contract = (name === undefined ? symbol : `${name}${thousandths}`).toUpperCase();
  if (!/^[A-Z0-9.]{1,7}\d{6}[CP]\d{8}$/.test(contract)) return undefined;
  return { asset: "option", tickers: [`O:${contract}`] };
}

/** `EURUSD=X`, `EUR/USD`; `JPY=X` is the dollar in yen. */
function forexPair(symbol: string): Found {
  const upper = symbol.toUpperCase();
  const single = /^([A-Z]{3})=X$/.exec(upper);
  if (single) return single[1] === "USD" ? undefined : forex(["", "USD", single[1]]);
  const slashed = /^([A-Z]{3})\/([A-Z]{3})$/.exec(upper);
  const isMoney = slashed?.slice(1).every((currency) => CURRENCIES.has(currency));
  return forex(isMoney ? slashed : /^([A-Z]{3})([A-Z]{3})=X$/.exec(upper));
}

/** `^GSPC`, `.SPX`, `$SPX.X`, and `$SPX` for a well-known one. */
function index(symbol: string): Found {
  const upper = symbol.toUpperCase();
  const typed = /^[\^.]([A-Z0-9][A-Z0-9.\-]{0,19})$/.exec(upper)?.[1] ??
    /^\$([A-Z0-9]{1,19})\.X$/.exec(upper)?.[1] ?? knownIndex(upper);
  return typed && { asset: "index", tickers: [`I:${INDEX_NAMES[typed] ?? typed}`] } || undefined;
}

function knownIndex(symbol: string): string | undefined {
  const name = symbol.startsWith("$") ? symbol.slice(1) : "";
  return KNOWN_INDICES.test(name) || Object.hasOwn(INDEX_NAMES, name) ? name : undefined;
}

/** `BTC-USD`, `BTC/USD`. */
function cryptoPair(symbol: string): Found {
  const [, base, quoted] = /^([A-Z0-9]{1,20})[-/]([A-Z]{3,4})$/.exec(symbol.toUpperCase()) ?? [];
  return crypto(quoted && CRYPTO_QUOTES.includes(quoted) ? [base, quoted] : undefined);
}

/** `BACpB`, `TpA`, `ABCr`, `ABCpw`: the tape's own small letters, which nobody types by chance. */
const TAPE_SPELLING = /^([A-Z]+p[A-Z]w?|[A-Z]{2,}([pr]w?|w))(\.[A-Z]+)*$/;

/** `TSLA`, `BRK-B`, `BRK.B`, `BACpB`, `GM.WS.B`, `AAC-WTA`. */
function stock(symbol: string): Found {
  if (TAPE_SPELLING.test(symbol)) return { asset: "stock", tickers: [symbol] };
  if (!/^[A-Za-z][A-Za-z0-9]{0,9}([.\-][A-Za-z]{1,4}){0,2}$/.test(symbol)) {
    return undefined;
  }
  const exact = symbol.replaceAll("-", ".");
  const spellings = new Set([...onTheTape(symbol), exact, exact.toUpperCase()]);
  return { asset: "stock", tickers: [...spellings] as [string, ...string[]] };
}

/** `BACpB` for yfinance's `BAC-PB`, `AAC.WS.A` for `AAC-WTA`. */
function onTheTape(symbol: string): string[] {
  const [, base, suffix = ""] = /^([A-Z][A-Z0-9]{0,9})-([A-Z]+)$/.exec(symbol.toUpperCase()) ?? [];
  const tape = tapeSuffix(suffix);
  return base === undefined || tape === undefined ? [] : [`${base}${tape}`];
}

/** `BTC-USD` or `BTCUSD` → base and quote. */
function splitCryptoPair(pair: string): (string | undefined)[] | undefined {
  const dash = pair.lastIndexOf("-");
  if (dash !== -1) return [pair.slice(0, dash), pair.slice(dash + 1)];
  const quoted = CRYPTO_QUOTES.find((name) => pair.endsWith(name) && pair.length > name.length);
  return quoted && [pair.slice(0, -quoted.length), quoted] || undefined;
}

function crypto(pair: (string | undefined)[] | undefined): Found {
  return pair?.[0] && pair[1]
    ? { asset: "crypto", tickers: [`X:${pair[0]}-${pair[1]}`] }
    : undefined;
}

function forex(match: (string | undefined)[] | null): Found {
  return match?.[1] && match[2]
    ? { asset: "forex", tickers: [`C:${match[1]}-${match[2]}`] }
    : undefined;
}
