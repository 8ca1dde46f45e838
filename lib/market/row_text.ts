/**
 * A row of a flat file as the text of a bar's row: JSON, with the file's own digits.
 *
 * @module
 */

import { type IntegrityError, quote } from "../errors.ts";
import type { ColumnName, FlatFile } from "./flat_file.ts";

/** A row, and the time by which rows are put in order. */
export interface RowText {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  /** `[timestamp,open,high,low,close,volume,transactions]`, as JSON. */
  readonly text: string;
}

const PRICES = ["open", "high", "low", "close"] as const;
const COUNTS = ["volume", "transactions"] as const;

/**
 * Reads the fields of a row.
 *
 * @throws {IntegrityError} with check `"format"` when one is not what it must be.
 */
export function toRowText(file: FlatFile, fields: readonly string[]): RowText {
  const { at, width } = file.columns;
  if (fields.length !== width) {
    throw unreadable(file, fields, `it has ${fields.length} fields, want ${width}`);
  }
  const timestamp = parseTimestamp(file, fields);
  let text = `[${timestamp}`;
  for (const name of PRICES) text += `,${numberText(file, fields, name)}`;
  for (const name of COUNTS) {
    text += at[name] === -1 ? ",null" : `,${numberText(file, fields, name)}`;
  }
  return { timestamp, text: `${text}]` };
}

/** What JSON takes as it stands. */
const JSON_DECIMAL = /^(?:0|[1-9]\d{0,99})(?:\.\d{1,99})?$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberText(file: FlatFile, fields: readonly string[], name: ColumnName): string {
  const text = fields[file.columns.at[name]]!;
  if (JSON_DECIMAL.test(text)) return text;
  const value = NUMBER.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return JSON.stringify(value);
  throw unreadable(file, fields, `column "${name}" is ${quote(text)}, want a number`);
}

/** Digits of a nanosecond that are less than a millisecond. */
const SUB_MS_DIGITS = 6;

/** Nanoseconds, as the file has them, in whole milliseconds. */
function parseTimestamp(file: FlatFile, fields: readonly string[]): number {
  const text = fields[file.columns.at.window_start]!;
  const whole = text.slice(0, -SUB_MS_DIGITS).replace(/^-?$/, "0");
  const ms = /^-?\d{1,30}$/.test(text) ? Number(whole) : NaN;
  if (Math.abs(ms) <= 8.64e15) return ms + 0;
  const want = "want nanoseconds since the epoch";
  throw unreadable(file, fields, `column "window_start" is ${quote(text)}, ${want}`);
}

function unreadable(file: FlatFile, fields: readonly string[], what: string): IntegrityError {
  const ticker = quote(fields[file.columns.at.ticker] ?? "");
  return file.error(`Cannot read a row of ${ticker} in ${quote(file.key)}: ${what}`);
}
