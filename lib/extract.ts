/**
 * Takes the wanted tickers' rows out of one object's bytes.
 *
 * Pure: it does no I/O, so that it can run in a thread of its own as well as in place.
 *
 * @module
 */

import { gunzipSync } from "node:zlib";
import { IntegrityError, quote } from "./errors.ts";
import type { BarRow } from "./market/bar.ts";
import { type ColumnName, FlatFile } from "./market/flat_file.ts";

const MIB = 1 << 20;

/**
 * Finds the rows of the given tickers, in the order of their time. A ticker without a
 * row has an empty list.
 *
 * @param key names the file in errors.
 * @throws {IntegrityError} with check `"gzip"` when the bytes are not whole gzip, or
 * inflate to more than a flat file can; with check `"format"` when a required column is
 * missing or a wanted row cannot be read.
 */
export function extract(
  key: string,
  compressed: Uint8Array,
  tickers: readonly string[],
): ReadonlyMap<string, readonly BarRow[]> {
  const file = new FlatFile(key, inflate(key, compressed));
  const found = new Map(tickers.map((ticker) => [ticker, [] as BarRow[]]));
  for (const fields of file.rowsOf(new Set(tickers))) {
    found.get(fields[file.columns.ticker]!)!.push(toRow(file, fields));
  }
  for (const rows of found.values()) rows.sort((a, b) => a[0] - b[0]);
  return found;
}

/**
 * All tickers of a flat file, each once, in the order of the file.
 *
 * @throws {IntegrityError} as {@linkcode extract} does.
 */
export function tickersOf(key: string, compressed: Uint8Array): string[] {
  return new FlatFile(key, inflate(key, compressed)).tickers();
}

/** How many bytes a gzip of a given length may inflate to. */
function maxTextBytes(compressedBytes: number): number {
  return Math.min(512 * MIB, Math.max(16 * MIB, 100 * compressedBytes));
}

/** Inflates every member to the last byte, which proves gzip's own CRC and length. */
function inflate(key: string, compressed: Uint8Array): string {
  const maxOutputLength = maxTextBytes(compressed.length);
  try {
    return new TextDecoder().decode(gunzipSync(compressed, { chunkSize: MIB, maxOutputLength }));
  } catch (cause) {
    const why = cause instanceof RangeError
      ? `it inflates to more than ${maxOutputLength} bytes`
      : (cause as Error).message;
    throw new IntegrityError(`Cannot inflate ${quote(key)}: ${why}`, { key, check: "gzip", cause });
  }
}

function toRow(file: FlatFile, fields: readonly string[]): BarRow {
  if (fields.length !== file.width) {
    throw unreadable(file, fields, `it has ${fields.length} fields, want ${file.width}`);
  }
  const number = (name: ColumnName) => parseNumber(file, fields, name);
  const optional = (name: ColumnName) => file.columns[name] === -1 ? null : number(name);
  return [
    parseTimestamp(file, fields),
    number("open"),
    number("high"),
    number("low"),
    number("close"),
    optional("volume"),
    optional("transactions"),
  ];
}

function parseNumber(file: FlatFile, fields: readonly string[], name: ColumnName): number {
  const text = fields[file.columns[name]]!;
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  throw unreadable(file, fields, `column "${name}" is ${quote(text)}, want a number`);
}

/** Nanoseconds, as the file has them, in milliseconds. */
function parseTimestamp(file: FlatFile, fields: readonly string[]): number {
  const text = fields[file.columns.window_start]!;
  const ms = /^-?\d{1,30}$/.test(text) ? Number(BigInt(text) / 1_000_000n) : NaN;
  if (Math.abs(ms) <= 8.64e15) return ms;
  const want = "want nanoseconds since the epoch";
  throw unreadable(file, fields, `column "window_start" is ${quote(text)}, ${want}`);
}

function unreadable(file: FlatFile, fields: readonly string[], what: string): IntegrityError {
  const ticker = quote(fields[file.columns.ticker] ?? "");
  return file.error(`Cannot read a row of ${ticker} in ${quote(file.key)}: ${what}`);
}
