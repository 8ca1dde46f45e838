/**
 * The rows of a flat file as the texts of bars' rows: JSON, with the file's own digits.
 *
 * @module
 */

import { quote } from "../errors.ts";
import { type ColumnName, type Columns, COUNTS, type FileRow, PRICES } from "./row_search.ts";

/** Why a row is none, in words that need the place of its line before them. */
export class RowFlaw {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** A column does not have what it must. */
  static of(name: ColumnName, found: string, wanted: string): RowFlaw {
    return new RowFlaw(`column "${name}" is ${quote(found)}, want ${wanted}`);
  }
}

/**
 * Reads rows, each as `[timestamp,open,high,low,close,volume,transactions]`, the timestamp in
 * milliseconds since the epoch, or as what is wrong with it.
 */
export function toRowTexts(rows: readonly FileRow[]): (string | RowFlaw)[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { columns } = first;
  const change = rows.findIndex((row) => row.columns !== columns);
  if (change !== -1) {
    return [...toRowTexts(rows.slice(0, change)), ...toRowTexts(rows.slice(change))];
  }
  if (columns.width > MAX_WIDTH) return rows.map(readFields);
  const { pattern, replacement } = rewriting(columns);
  const lines = rows.map(({ line }) => line).join("\n");
  const texts = lines.replace(pattern, replacement).split("\n");
  return rows.map((row, i) => texts[i] === row.line ? readFields(row) : texts[i]!);
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
  const fields = Array<string>(width).fill('[^,"\\0\\n]*');
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

function readFields({ line, columns: { at, width }, flaw, fields }: FileRow): string | RowFlaw {
  if (flaw !== undefined) return new RowFlaw(flaw);
  const texts = fields ?? line.split(",");
  if (texts.length !== width) {
    return new RowFlaw(`it has ${texts.length} fields, want ${width}`);
  }
  const numbers = [
    stampText(texts[at.window_start]!),
    ...PRICES.map((name) => numberText(name, texts[at[name]]!)),
    ...COUNTS.map((name) => at[name] === -1 ? "null" : numberText(name, texts[at[name]]!)),
  ];
  return numbers.find((number) => number instanceof RowFlaw) ?? `[${numbers.join(",")}]`;
}

const IS_JSON_DECIMAL = new RegExp(`^${JSON_DECIMAL}$`);
/** So that sums and products of numbers stay within a double's range. */
const TOO_LARGE = 1e100;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberText(name: ColumnName, text: string): string | RowFlaw {
  if (IS_JSON_DECIMAL.test(text)) return text;
  const value = NUMBER.test(text) ? Number(text) : NaN;
  if (Math.abs(value) < TOO_LARGE) return JSON.stringify(value);
  return RowFlaw.of(
    name,
    text,
    Number.isNaN(value) ? "a number" : "a number of at most 100 digits",
  );
}

/** Digits of a nanosecond that are less than a millisecond. */
const SUB_MS_DIGITS = 6;

/** Nanoseconds, as the file has them, in whole milliseconds. */
function stampText(text: string): string | RowFlaw {
  const whole = text.slice(0, -SUB_MS_DIGITS).replace(/^-?$/, "0");
  const ms = /^-?\d{1,30}$/.test(text) ? Number(whole) : NaN;
  return Math.abs(ms) <= 8.64e15
    ? String(ms + 0)
    : RowFlaw.of("window_start", text, "nanoseconds since the epoch");
}
