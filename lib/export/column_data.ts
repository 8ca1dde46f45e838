/**
 * The cells of one column of a row group, as the Parquet writer takes them.
 *
 * @module
 */

import { putInteger, readDouble } from "./cells.ts";
import type { ColumnKind } from "./columns.ts";

/** A row group of an export has so many rows, but for the last one of a file. */
export const GROUP_ROWS = 122_880;

/** A column that is filled cell by cell. */
export interface ColumnData {
  /** Takes a cell; false when it is none of this column's kind. */
  put(place: number, bytes: Uint8Array, start: number, end: number, quoted: number): boolean;
  /** The first `rows` values, with null where a cell was empty. */
  values(rows: number): ColumnValues;
  clear(): void;
}

/** What the writer takes. */
export type ColumnValues =
  | BigInt64Array
  | Float64Array
  | Int32Array
  | (bigint | number | string | null)[];

/** An empty column of a kind. */
export function columnData(kind: ColumnKind): ColumnData {
  switch (kind) {
    case "timestamp":
    case "integer":
      return new IntegerData();
    case "double":
      return new DoubleData();
    case "text":
      return new TextData();
  }
}

/** Places of a column that are null. */
class Nulls {
  readonly #at: number[] = [];

  add(place: number): void {
    this.#at.push(place);
  }

  clear(): void {
    this.#at.length = 0;
  }

  in<T>(values: ArrayLike<T>): (T | null)[] | undefined {
    if (this.#at.length === 0) return undefined;
    const all: (T | null)[] = Array.from(values);
    for (const place of this.#at) all[place] = null;
    return all;
  }
}

class IntegerData implements ColumnData {
  readonly #values = new BigInt64Array(GROUP_ROWS);
  readonly #halves = new Uint32Array(this.#values.buffer);
  readonly #nulls = new Nulls();

  put(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (start < end) return putInteger(bytes, start, end, this.#halves, place);
    this.#nulls.add(place);
    this.#values[place] = 0n;
    return true;
  }

  values(rows: number) {
    const values = this.#values.subarray(0, rows);
    return this.#nulls.in(values) ?? values;
  }

  clear(): void {
    this.#nulls.clear();
  }
}

class DoubleData implements ColumnData {
  readonly #values = new Float64Array(GROUP_ROWS);
  readonly #nulls = new Nulls();

  put(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end) {
      this.#nulls.add(place);
      this.#values[place] = 0;
      return true;
    }
    const value = readDouble(bytes, start, end);
    this.#values[place] = value ?? 0;
    return value !== undefined;
  }

  values(rows: number) {
    const values = this.#values.subarray(0, rows);
    return this.#nulls.in(values) ?? values;
  }

  clear(): void {
    this.#nulls.clear();
  }
}

/** Texts, of which one that comes again is the same string. */
class TextData implements ColumnData {
  readonly #values: (string | null)[] = [];
  readonly #known = new Map<string, string>();
  readonly #decoder = new TextDecoder();
  /** The bytes of the last cell, and its text. */
  #last = new Uint8Array(0);
  #text = "";

  put(place: number, bytes: Uint8Array, start: number, end: number, quoted: number): boolean {
    if (start === end && quoted === 0) {
      this.#values[place] = null;
      return true;
    }
    if (!this.#isLast(bytes, start, end)) this.#text = this.#decode(bytes, start, end, quoted);
    this.#values[place] = this.#text;
    return true;
  }

  values(rows: number) {
    return this.#values.slice(0, rows);
  }

  clear(): void {
    this.#values.length = 0;
    this.#known.clear();
  }

  #isLast(bytes: Uint8Array, start: number, end: number): boolean {
    const last = this.#last;
    if (last.length !== end - start) return false;
    for (let i = 0; i < last.length; i++) if (last[i] !== bytes[start + i]) return false;
    return true;
  }

  #decode(bytes: Uint8Array, start: number, end: number, quoted: number): string {
    this.#last = bytes.slice(start, end);
    const decoded = this.#decoder.decode(this.#last);
    const text = quoted === 2 ? decoded.replaceAll('""', '"') : decoded;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, text);
    return text;
  }
}
