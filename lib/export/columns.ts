/**
 * The columns of a flat file, by the names in its header, what each is in Parquet, and what is wrong
 * with a cell that is nothing of the kind.
 *
 * | column                                                      | type                                    |
 * | ----------------------------------------------------------- | --------------------------------------- |
 * | window_start, timestamp, sip_, trf_, participant_timestamp  | INT64, TIMESTAMP in nanoseconds, UTC    |
 * | transactions, exchanges, sequence_number, correction, tape… | INT64                                   |
 * | prices, volumes, sizes, value                               | DOUBLE                                  |
 * | all else, ticker, id, conditions, indicators                | BYTE_ARRAY, STRING                      |
 *
 * Every column may be null: an empty cell is. What a name says is tried, not believed: where a cell
 * of a file is no number of that kind, the column of that file is wider.
 *
 * @module
 */

import { IntegrityError, quote } from "../errors.ts";
import type { Rows } from "./rows.ts";

/** What the cells of a column are. */
export type ColumnKind = "timestamp" | "integer" | "double" | "text";

/** A column of a flat file. */
export interface NamedColumn {
  /** As the header has it. */
  readonly name: string;
  /** As the Parquet file has it: another one where a partition has the name. */
  readonly as: string;
  readonly kind: ColumnKind;
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  ...of("timestamp", "window_start timestamp sip_timestamp trf_timestamp participant_timestamp"),
  ...of("integer", "transactions exchange ask_exchange bid_exchange sequence_number correction"),
  ...of("integer", "tape trf_id"),
  ...of("double", "open high low close volume vwap dollar_volume price ask_price bid_price"),
  ...of("double", "size ask_size bid_size value"),
};

function of(kind: ColumnKind, names: string): Record<string, ColumnKind> {
  return Object.fromEntries(names.split(" ").map((name) => [name, kind]));
}

/** More columns than any file of the vendor has. */
const MOST_COLUMNS = 1_000;

/** Names that partitions have. */
const PARTITIONS = ["date", "month"];

/** The error for a file that is no flat file. */
export function formatError(key: string, what: string): IntegrityError {
  return new IntegrityError(`Cannot read ${quote(key)}: ${what}`, { key, check: "format" });
}

/**
 * The columns that a header names.
 *
 * @param key The file, for errors.
 * @throws {IntegrityError} with check `"format"` when a name is empty, is no text or comes twice, or
 * there are too many.
 */
export function columnsOf(key: string, names: readonly string[]): NamedColumn[] {
  const fail = (what: string) => formatError(key, what);
  if (names.length > MOST_COLUMNS) {
    throw fail(`its header has ${names.length} columns, want at most ${MOST_COLUMNS}`);
  }
  const taken = new Set<string>();
  return names.map((name, i) => {
    if (name === "") throw fail(`column ${i + 1} of its header has no name`);
    if (/[\p{Cc}\ufffd]/u.test(name)) {
      throw fail(`column ${i + 1} of its header has a name that is no text`);
    }
    const as = PARTITIONS.includes(name.toLowerCase()) ? `file_${name}` : name;
    if (taken.has(as.toLowerCase())) throw fail(`its header has ${quote(name)} twice`);
    taken.add(as.toLowerCase());
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name]! : "text";
    return { name, as, kind };
  });
}

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
