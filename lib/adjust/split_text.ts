/**
 * Reads splits from text: a CSV or JSON file, or the rows of the vendor's answer.
 *
 * @module
 */

import {
  beyondRange,
  type FileSplit,
  greatestCommonDivisor,
  type Split,
  uniqueSplits,
} from "./split.ts";
import {
  dateIn,
  hasColumn,
  isNothing,
  numberIn,
  readRows,
  readVendorRow,
  shown,
  type TableRow,
  tickerIn,
  tickersSpelled,
  valueOf,
  wrong,
} from "./table_file.ts";

/** The fields of a split and what each may be called; the first is the vendor's name. */
const DATE = ["execution_date", "date"];
const FROM = ["split_from", "from"];
const TO = ["split_to", "to"];
/** New shares to old ones in one field. */
const RATIO = ["ratio", "split"];
/** The same in yfinance's tables, which also have rows without a split. */
const YFINANCE = "stock splits";

const WANTED = "execution_date or date, and split_from or from with split_to or to, or ratio, " +
  "or yfinance's Stock Splits; and ticker, where they are of several";

/**
 * Reads the text of a file with splits.
 *
 * CSV has a first line that names the columns, in any order; others are ignored. JSON is an array
 * of objects with these members, or an object that has one as its `results`, such as an answer of
 * the vendor's REST API. There are
 *
 * - `ticker`, or `symbol`; a file without it is of one ticker, as yfinance's are,
 * - `execution_date`, or `date`, of which a time and zone are left out,
 * - `split_from` and `split_to`, or `from` and `to`; or one `ratio` of new shares to old ones,
 *   such as `4`, `4:1`, `4/1`, `1-for-10` or `0.1`; or yfinance's `Stock Splits`, where 0 is none.
 *
 * What is there twice counts once.
 *
 * @param name The file, for errors.
 * @throws {UsageError} that names the file, the line of a CSV or the place in a JSON array,
 * what stands there and what is wanted; also the row with which a ticker's splits together make
 * a factor beyond 1e100, as no stock's do.
 *
 * @example
 * ```ts
 * import { readSplits } from "./split_text.ts";
 *
 * const text = "ticker,execution_date,split_from,split_to\nTSLA,2022-08-25,1,3\n";
 * const [split] = readSplits(text, "splits.csv");
 * if (split?.to !== 3) throw new Error("not read");
 * ```
 */
export function readSplits(text: string, name: string): FileSplit[] {
  const context = { name, what: "splits", wanted: WANTED, isEnough };
  // Of yfinance's dates some have no split.
  const isEmpty = (row: TableRow) => row.has(YFINANCE) && isNothing(row.get(YFINANCE));
  const rows = readRows(text, context, (row) => isEmpty(row) ? [] : [readFields(row)]);
  const splits = uniqueSplits(rows);
  requireFactors(splits, name);
  return splits.map(({ place: _, ...split }) => split);
}

/**
 * The split in a row of the vendor's.
 *
 * @throws {SyntaxError} that says what was found and what is wanted.
 */
export function readSplit(value: unknown): Split {
  return readVendorRow(value, WANTED, readFields);
}

/** The splits under each spelling of one ticker count together. */
function requireFactors(splits: readonly (FileSplit & { place: string })[], name: string): void {
  const tickers = new Map<string, string>();
  const tickerOf = ({ ticker = "" }: FileSplit) =>
    tickers.getOrInsertComputed(ticker, (spelled) => tickersSpelled(spelled).at(-1)!);
  for (const [ticker, ofTicker] of Map.groupBy(splits, tickerOf)) {
    const beyond = beyondRange(ofTicker);
    if (beyond === undefined) continue;
    const { place, from, to } = beyond;
    const whose = ticker === "" ? "" : ` of ${ticker}`;
    const what = `with ${from} to ${to} the splits${whose} make a factor beyond 1e100`;
    throw wrong({ name, what: "splits" }, `${what}, want those of a stock`, place);
  }
}

function isEnough(columns: readonly string[]): boolean {
  const hasSides = hasColumn(columns, FROM) && hasColumn(columns, TO);
  return hasColumn(columns, DATE) && (hasSides || hasColumn(columns, [...RATIO, YFINANCE]));
}

function readFields(row: TableRow): FileSplit {
  const ticker = tickerIn(row);
  const executionDate = dateIn(row, DATE);
  const ratios = [...RATIO, YFINANCE];
  const hasRatio = ratios.some((name) => row.has(name)) && !FROM.some((name) => row.has(name));
  const sides = hasRatio
    ? readRatio(valueOf(row, ratios))
    : { from: shares(valueOf(row, FROM), FROM[0]!), to: shares(valueOf(row, TO), TO[0]!) };
  return { ticker, executionDate, ...sides };
}

type Sides = Pick<Split, "from" | "to">;

const PARTED = /^([\d.]+)\s*(?:[:/]|-?\s*(?:for|to)\s*-?)\s*([\d.]+)$/i;

/** New shares to old ones: `4`, `4:1`, `4/1`, `4-for-1`, or `0.1` for 1-for-10. */
function readRatio(value: unknown): Sides {
  const parts = typeof value === "string" ? PARTED.exec(value) : null;
  const [to, from] = parts ? [numberIn(parts[1]), numberIn(parts[2])] : [numberIn(value), 1];
  if (!isShares(to) || !isShares(from)) {
    throw new SyntaxError(
      `found the ratio ${shown(value)}, want new shares to old ones such as 4:1, 1-for-10 or 0.1`,
    );
  }
  return parts ? { from, to } : fractionOf(String(value).trim());
}

/** A denominator that rounded decimals may stand for, and one below a single new share. */
const [MOST_OLD_SHARES, MOST_FOR_ONE] = [100, 1_000];
/** Of fewer decimals than these the exact ones count: what is rounded has more. */
const ROUNDED_DECIMALS = 5;

/**
 * Decimals as two whole numbers. Rounded ones, such as yfinance's 0.333333 for 1:3, are those of
 * the simplest fraction that rounds to them, where there is one of few shares.
 */
function fractionOf(text: string): Sides {
  const number = Number(text);
  const digits = /\.(\d*?)0*$/.exec(text)?.[1]?.length ?? 0;
  for (const [to, from] of digits < ROUNDED_DECIMALS ? [] : convergents(number)) {
    if (from > (to === 1 ? MOST_FOR_ONE : MOST_OLD_SHARES)) break;
    if (to > 0 && Math.abs(to / from - number) <= 0.500001 * 10 ** -digits) return { from, to };
  }
  const unit = 10 ** digits;
  const [to, from] = [Math.round(number * unit), unit];
  if (!Number.isSafeInteger(to) || to === 0) return { from: 1, to: number };
  const divisor = Number(greatestCommonDivisor(BigInt(to), BigInt(from)));
  return { from: from / divisor, to: to / divisor };
}

/** The fractions of a number's continued fraction: each the nearest of no larger denominator. */
function* convergents(number: number): Generator<readonly [number, number]> {
  let [last, next] = [[0, 1], [1, 0]] as [[number, number], [number, number]];
  for (let rest = number; Number.isFinite(rest); rest = 1 / (rest % 1)) {
    const whole = Math.floor(rest);
    [last, next] = [next, [whole * next[0] + last[0], whole * next[1] + last[1]]];
    yield next;
  }
}

function shares(value: unknown, name: string): number {
  const number = numberIn(value);
  if (isShares(number)) return number;
  throw new SyntaxError(`found ${name} ${shown(value)}, want a number of shares such as 3`);
}

function isShares(number: number): boolean {
  return number >= 1e-9 && number <= 1e15;
}
