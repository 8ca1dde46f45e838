/**
 * The rows of a flat file as the texts of bars' rows: JSON, with the file's own digits.
 *
 * @module
 */

import { type IntegrityError, quote } from "../errors.ts";
import type { ColumnName, Columns, FlatFile, Row } from "./flat_file.ts";

const PRICES = ["open", "high", "low", "close"] as const;
const COUNTS = ["volume", "transactions"] as const;

/**
 * Reads rows, each as `[timestamp,open,high,low,close,volume,transactions]`, the timestamp in
 * milliseconds since the epoch.
 *
 * @throws {IntegrityError} with check `"format"` when a field is not what it must be.
 */
export function toRowTexts(file: FlatFile, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  if (file.columns.width > MAX_WIDTH) {
    return rows.map(({ line, fields }) => readFields(file, fields ?? line.split(",")));
  }
  const { pattern, replacement } = rewriting(file.columns);
  const lines = rows.map(({ line }) => line).join("\n");
  const texts = lines.replace(pattern, replacement).split("\n");
  return rows.map(({ line, fields }, i) =>
    texts[i] === line ? readFields(file, fields ?? line.split(",")) : texts[i]!
  );
}

/** Of more columns no pattern is made: it would have a part for each. */
const MAX_WIDTH = 256;

/** What JSON takes as it stands. */
const JSON_DECIMAL = String.raw`(?:0|[1-9]\d{0,99})(?:\.\d{1,99})?`;

/** Nanoseconds after the epoch, of which the milliseconds are within a date's range. */
const LATER_STAMP = String.raw`(?<window_start>[1-9]\d{0,14})\d{6}`;

/**
 * What replaces the usual ones of many lines by their texts, all at once, and leaves the others
 * as they are.
 */
function rewriting({ at, width }: Columns): { pattern: RegExp; replacement: string } {
  const fields = Array<string>(width).fill("[^,\\n]*");
  fields[at.window_start] = LATER_STAMP;
  const places = [...PRICES, ...COUNTS].map((name) => {
    if (at[name] === -1) return "null";
    fields[at[name]] = `(?<${name}>${JSON_DECIMAL})`;
    return `$<${name}>`;
  });
  return {
    pattern: new RegExp(`(?<=^|\\n)${fields.join(",")}(?=\\n|$)`, "g"),
    replacement: `[$<window_start>,${places.join(",")}]`,
  };
}

function readFields(file: FlatFile, fields: readonly string[]): string {
  const { at, width } = file.columns;
  if (fields.length !== width) {
    throw unreadable(file, fields, `it has ${fields.length} fields, want ${width}`);
  }
  let text = `[${parseTimestamp(file, fields)}`;
  for (const name of PRICES) text += `,${numberText(file, fields, name)}`;
  for (const name of COUNTS) {
    text += at[name] === -1 ? ",null" : `,${numberText(file, fields, name)}`;
  }
  return `${text}]`;
}

const IS_JSON_DECIMAL = new RegExp(`^${JSON_DECIMAL}$`);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberText(file: FlatFile, fields: readonly string[], name: ColumnName): string {
  const text = fields[file.columns.at[name]]!;
  if (IS_JSON_DECIMAL.test(text)) return text;
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
