/**
 * What is wrong with a cell: its file cannot be read, or its column is wider than its name says.
 *
 * @module
 */

import { quote } from "../errors.ts";
import { type ColumnKind, formatError, type NamedColumn } from "./columns.ts";
import type { Rows } from "./rows.ts";

/** A cell is no number of its column's kind: the files have to be converted with a wider one. */
export class WiderColumnError extends Error {
  static {
    this.prototype.name = "WiderColumnError";
  }

  readonly column: string;
  readonly kind: ColumnKind;

  /** The message says which cell it is. */
  constructor(message: string, { column, kind }: { column: string; kind: ColumnKind }) {
    super(message);
    this.column = column;
    this.kind = kind;
  }
}

const decoder = new TextDecoder();

/** The text of a cell, by its place among all. */
export function textOf({ bytes, starts, ends }: Rows, at: number): string {
  return decoder.decode(bytes.subarray(starts[at], ends[at]));
}

/** The error for a cell that is no value of its column's kind. */
export function cellError(
  { name, kind }: NamedColumn,
  rows: Rows,
  { row, place, key }: { readonly row: number; readonly place: number; readonly key: string },
): Error {
  const number = rows.before + row + 1;
  if (kind === "text") return formatError(key, `row ${number} has a ${name} that is not UTF-8`);
  const cell = textOf(rows, row * rows.width + place);
  const isNumber = kind === "integer" && /^[-+]?\d+(\.\d*)?(e[-+]?\d+)?$/i.test(cell) &&
    Math.abs(Number(cell)) < 2 ** 53;
  const wider = isNumber ? "double" : "text";
  const where = `row ${number} of ${quote(key)}`;
  const message = `${where} has ${quote(cell)} in ${name}: written as ${wider}`;
  return new WiderColumnError(message, { column: name, kind: wider });
}
