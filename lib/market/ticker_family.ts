/**
 * A family of tickers: all that match a pattern, or all option contracts of an underlying.
 *
 * A pattern is a ticker in which `*` stands for any characters and `?` for one: `O:SPY2512*C*`. A
 * chain is `O:`, the root of the contracts, and behind colons which expiries, rights and strikes:
 * `O:SPY:2025-12-01..2025-12-31:C:600..700`, or `O:SPY:*` for all. Its root is exact, so that
 * neither `SPXW` is in `SPX` nor an adjusted `SPY1` in `SPY`, but may be a pattern itself.
 *
 * @module
 */

import { quote, UsageError } from "../errors.ts";
import { checkGiven, checkOptions, needed, text } from "../given.ts";
import { isDate } from "./period.ts";

/** A family, by whose name any part of the program can make it anew. */
export interface TickerFamily {
  /** The same for all spellings of a family. */
  readonly name: string;
  /** What all of its tickers begin with. */
  readonly prefix: string;
  readonly has: (ticker: string) => boolean;
  /** A pattern that all of its tickers match. */
  readonly glob: string;
  /** Whether another family's tickers are all in this one, as far as the patterns tell. */
  readonly covers: (other: Pick<TickerFamily, "name" | "glob">) => boolean;
}

/** Which contracts of an underlying are wanted; what is not given may be anything. */
export interface ChainFilter {
  /** `2025-12-19`, `2025-12`, `2025`, or a span as in `2025-12-01..2025-12-31`; an end may lack. */
  readonly expiry?: string | undefined;
  /** `call` or `put`, or the first letter. */
  readonly right?: string | undefined;
  /** `650`, `7.5`, or a span as in `600..700`; an end may lack. */
  readonly strike?: string | undefined;
}

/** Whether a text names a family and no ticker: no ticker has a wildcard, or a second colon. */
export function isFamilyName(text: string): boolean {
  return /[*?]|:.*:/.test(text);
}

/**
 * Reads the name of a family, in the case of its tickers.
 *
 * @throws {UsageError} when it cannot be read.
 */
export function parseFamily(name: string): TickerFamily {
  const [, root = "", ...parts] = name.split(":");
  const isChain = name.startsWith("O:") && parts.length > 0 && ROOT.test(root);
  if (isChain) return chain(root, readParts(name, parts));
  const glob = name.replaceAll(/\*+/g, "*");
  if (!/^([XCIO]:)?[A-Za-z0-9.\-*?]{1,60}$/.test(glob)) {
    throw new UsageError(
      `Cannot read pattern ${quote(name)}: want a ticker with * for any characters and ? for one`,
    );
  }
  const prefix = literalOf(glob);
  const has = (ticker: string) =>
    ticker !== "" && ticker.startsWith(prefix) && matchesGlob(ticker, glob);
  return { name: glob, prefix, has, glob, covers: (other) => matchesGlob(other.glob, glob) };
}

/**
 * The name of the family of an underlying's contracts.
 *
 * @param root such as `SPY`, `BRK-B` or `^SPX`; it may have wildcards.
 * @throws {UsageError} when a part of it cannot be read.
 */
export function chainName(root: string, filter: ChainFilter): string {
  checkGiven({ root }, { root: needed(text("a string such as SPY")) });
  checkOptions(filter, FILTER_KINDS);
  const { expiry, right, strike } = filter;
  const letters = root.trim().toUpperCase().replace(/^([OI]:|[\^$.])/, "").replaceAll(/[.\-]/g, "");
  if (!ROOT.test(letters)) {
    throw new UsageError(`Cannot read underlying ${quote(root)}: want one such as SPY or BRK-B`);
  }
  return chain(letters, {
    expiry: expiry === undefined ? undefined : readExpiry(expiry),
    right: right === undefined ? undefined : readRight(right),
    strike: strike === undefined ? undefined : readStrike(strike),
  }).name;
}

const FILTER_KINDS = {
  expiry: text("a string such as 2025-12"),
  right: text("call or put"),
  strike: text("a string such as 650 or 600..700"),
};

/** The OCC's six characters at most, and wildcards. */
const ROOT = /^(?=.{1,12}$)\**([A-Z0-9?]\**){0,6}$/;

/** A closed span; an end that is `undefined` is open. */
interface Span<T> {
  readonly from: T | undefined;
  readonly to: T | undefined;
}

interface Chain {
  readonly expiry: Span<string> | undefined;
  readonly right: "C" | "P" | undefined;
  /** In thousandths. */
  readonly strike: Span<number> | undefined;
}

/** Behind the root: expiry, right and strike. */
const CONTRACT_LENGTH = "251219C00650000".length;

function chain(root: string, { expiry, right, strike }: Chain): TickerFamily {
  const parts = [
    expiry && spanText(expiry, String),
    right,
    strike && spanText(strike, (thousandths) => String(thousandths / 1_000)),
  ].filter((part) => part !== undefined);
  const name = ["O", root, ...parts.length === 0 ? ["*"] : parts].join(":");
  const glob = `O:${root.replaceAll(/\*+/g, "*")}`;
  const prefix = literalOf(glob);
  const has = (ticker: string) => {
    const at = ticker.length - CONTRACT_LENGTH;
    if (!ticker.startsWith(prefix) || !matchesGlob(ticker.slice(0, Math.max(at, 0)), glob)) {
      return false;
    }
    const [, year, month, day, side, price] =
      /^(\d\d)(\d\d)(\d\d)([CP])(\d{8})$/.exec(ticker.slice(at)) ?? [];
    return price !== undefined && (right === undefined || side === right) &&
      isWithin(`20${year}-${month}-${day}`, expiry) && isWithin(Number(price), strike);
  };
  const contracts = glob + "?".repeat(CONTRACT_LENGTH);
  const covers = (other: Pick<TickerFamily, "name" | "glob">) =>
    other.name === name ||
    parts.length === 0 && /:.*:/.test(other.name) && matchesGlob(other.glob, contracts);
  return { name, prefix, has, glob: contracts, covers };
}

function readParts(name: string, parts: readonly string[]): Chain {
  let [expiry, right, strike]: [Chain["expiry"], Chain["right"], Chain["strike"]] = [
    undefined,
    undefined,
    undefined,
  ];
  for (const part of parts.filter((part) => part !== "*")) {
    if (/^\.{0,2}\d{4}-/.test(part)) expiry = once(expiry, readExpiry(part));
    else if (/^[a-z]/i.test(part)) right = once(right, readRight(part));
    else strike = once(strike, readStrike(part));
  }
  return { expiry, right, strike };

  function once<T>(before: T | undefined, value: T): T {
    if (before === undefined) return value;
    throw new UsageError(`Cannot read pattern ${quote(name)}: it says twice which contracts`);
  }
}

function readExpiry(text: string): Span<string> {
  return readSpan(text, `expiry ${quote(text)}`, (date) => {
    const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(date) ?? [];
    if (year === undefined) return undefined;
    const from = `${year}-${month ?? "01"}-${day ?? "01"}`;
    if (!isDate(from)) return undefined;
    const lastDay = new Date(Date.UTC(Number(year), Number(month ?? 12), 0)).getUTCDate();
    return { from, to: `${year}-${month ?? "12"}-${day ?? String(lastDay)}` };
  }, "2025-12-19, 2025-12 or 2025-12-01..2025-12-31");
}

function readRight(text: string): "C" | "P" {
  const [, letter] = /^(c|p|call|put)s?$/i.exec(text.trim()) ?? [];
  if (letter !== undefined) return letter[0]!.toUpperCase() as "C" | "P";
  throw new UsageError(`Cannot read right ${quote(text)}: want call or put`);
}

function readStrike(text: string): Span<number> {
  return readSpan(text, `strike ${quote(text)}`, (price) => {
    const isPrice = /^(\d{1,5}(\.\d{0,3})?|\.\d{1,3})$/.test(price);
    const thousandths = Math.round(Number(price) * 1_000);
    return isPrice ? { from: thousandths, to: thousandths } : undefined;
  }, "650, 7.5, 600..700, 600.. or ..700");
}

/** `A`, `A..B`, `A..` or `..B`, of which each end may itself be a span. */
function readSpan<T extends string | number>(
  text: string,
  what: string,
  read: (end: string) => { from: T; to: T } | undefined,
  wanted: string,
): Span<T> {
  const [first = "", last = first] = text.trim().split(/\.\.(.*)/s);
  const [from, to] = [first, last].map((end) => end.trim() === "" ? undefined : read(end.trim()));
  const isRead = (first === "" || from) && (last === "" || to) && (from || to);
  if (!isRead) throw new UsageError(`Cannot read ${what}: want ${wanted}`);
  const span = { from: from?.from, to: to?.to };
  if (span.from === undefined || span.to === undefined || span.from <= span.to) return span;
  throw new UsageError(`Cannot read ${what}: its end comes before its beginning`);
}

function spanText<T>({ from, to }: Span<T>, textOf: (end: T) => string): string {
  if (from === to) return textOf(from!);
  return `${from === undefined ? "" : textOf(from)}..${to === undefined ? "" : textOf(to)}`;
}

function isWithin<T extends string | number>(value: T, span: Span<T> | undefined): boolean {
  return (span?.from === undefined || span.from <= value) &&
    (span?.to === undefined || value <= span.to);
}

/** What stands before the first wildcard. */
const literalOf = (glob: string) => glob.replace(/[*?].*/, "");

/**
 * Whether a text matches, in a time that grows no faster than the product of the lengths. A text
 * that is itself a pattern does only if all that match it do.
 */
function matchesGlob(text: string, glob: string): boolean {
  let [at, wanted] = [0, 0];
  /** Behind the last star, and how much of the text that star takes in for now. */
  let [behindStar, taken] = [-1, 0];
  while (at < text.length) {
    if (glob[wanted] === "*") {
      [behindStar, taken] = [++wanted, at];
    } else if (glob[wanted] === "?" && text[at] !== "*" || glob[wanted] === text[at]) {
      at++;
      wanted++;
    } else if (behindStar !== -1) {
      at = ++taken;
      wanted = behindStar;
    } else return false;
  }
  while (glob[wanted] === "*") wanted++;
  return wanted === glob.length;
}
