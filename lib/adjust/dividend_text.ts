/**
 * Reads dividends from text: a CSV or JSON file, or the rows of the vendor's answer.
 *
 * @module
 */

import { type Dividend, type FileDividend, uniqueDividends } from "./dividend_factors.ts";
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
  valueOf,
} from "./table_file.ts";

/** The fields of a dividend and what each may be called; the first is the vendor's name. */
const DATE = ["ex_dividend_date", "ex_date", "date"];
const AMOUNT = ["cash_amount", "amount", "dividend"];
const TYPE = ["distribution_type", "dividend_type", "type"];
const CURRENCY = ["currency"];
const FACTOR = ["historical_adjustment_factor"];
/** An amount for one share of today: the vendor's second one, where there is no first. */
const FOR_TODAY = ["split_adjusted_cash_amount"];
/** yfinance's columns, which also have rows without one, and for one share of today as well. */
const YFINANCE = [["dividends", ""], ["capital gains", "capital gains"]] as const;

const WANTED = "ex_dividend_date, ex_date or date, and cash_amount or amount, or yfinance's " +
  "Dividends; and ticker, where they are of several";

/**
 * Reads the text of a file with dividends, CSV or JSON as `readSplits()` reads them, with
 *
 * - `ticker`, or `symbol`; a file without it is of one ticker, as yfinance's are,
 * - `ex_dividend_date`, `ex_date` or `date`, of which a time and zone are left out,
 * - `cash_amount` or `amount`, what one share of that date pays; or what one of today does:
 *   `split_adjusted_cash_amount`, or yfinance's `Dividends` and `Capital Gains`, where 0 is none,
 * - and, if it likes, `currency` (else USD), `distribution_type`, `historical_adjustment_factor`.
 *
 * What is there twice counts once.
 *
 * @param name The file, for errors.
 * @throws {UsageError} that names the file, the line or place, what stands there and what is wanted.
 */
export function readDividends(text: string, name: string): FileDividend[] {
  const context = { name, what: "dividends", wanted: WANTED, isEnough };
  const rows = readRows(text, context, (row) => partsOf(row).map(readFields));
  return uniqueDividends(rows).map(({ place: _, ...dividend }) => dividend);
}

/**
 * The dividend in a row of the vendor's.
 *
 * @throws {SyntaxError} that says what was found and what is wanted.
 */
export function readDividend(value: unknown): Dividend {
  return readVendorRow(value, WANTED, readFields);
}

function isEnough(columns: readonly string[]): boolean {
  const amounts = [...AMOUNT, ...FOR_TODAY, YFINANCE[0][0]];
  return hasColumn(columns, DATE) && hasColumn(columns, amounts);
}

/** A row for each amount of yfinance's that there is on the date; another row is itself. */
function partsOf(row: TableRow): TableRow[] {
  if (!row.has(YFINANCE[0][0])) return [row];
  return YFINANCE.flatMap(([name, type]) => {
    const value = row.get(name);
    if (isNothing(value)) return [];
    return [new Map([...row, [FOR_TODAY[0]!, value], ["type", type]])];
  });
}

function readFields(row: TableRow): FileDividend {
  const isForToday = !AMOUNT.some((name) => row.has(name));
  const value = valueOf(row, isForToday ? FOR_TODAY : AMOUNT);
  const amount = numberIn(value);
  const ticker = tickerIn(row);
  const exDate = dateIn(row, DATE);
  if (!(amount >= 0 && amount <= 1e15)) {
    throw new SyntaxError(`found the amount ${shown(value)}, want what a share pays such as 0.24`);
  }
  return {
    ticker,
    exDate,
    amount,
    currency: textIn(row, CURRENCY, /^[a-z]{3}$/i).toUpperCase() || "USD",
    type: textIn(row, TYPE, /^[\w -]{1,40}$/),
    isForToday,
    vendorFactor: factorIn(row),
  };
}

/** A word that may be missing. @throws {SyntaxError} when it is of another form. */
function textIn(row: TableRow, names: readonly string[], form: RegExp): string {
  const value = valueOf(row, names) ?? "";
  if (value === "" || typeof value === "string" && form.test(value)) return value as string;
  throw new SyntaxError(`found ${names[0]} ${shown(value)}, want a word`);
}

/** None where it cannot be one: it is only compared with. */
function factorIn(row: TableRow): number | undefined {
  const factor = numberIn(valueOf(row, FACTOR));
  return factor > 0 && factor < 1e9 ? factor : undefined;
}
