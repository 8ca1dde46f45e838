/**
 * A record: one object's version and the rows of one ticker in it, possibly none.
 *
 * @module
 */

/** Numbers of one row, in an order that the kind of row defines. */
export type Row = readonly (number | null)[];

/** What is kept of one object for one ticker. */
export interface ObjectRecord {
  readonly key: string;
  /** Bytes of the object. */
  readonly size: number;
  readonly etag: string;
  readonly rows: readonly Row[];
}

/** The record in a line that proved itself, or `undefined` when it holds something else. */
export function asRecord(
  value: Record<string, unknown>,
): ObjectRecord | undefined {
  const { key, size, etag, rows } = value;
  if (typeof key !== "string" || typeof etag !== "string") return undefined;
  if (
    !Number.isSafeInteger(size) || !Array.isArray(rows) || !rows.every(isRow)
  ) return undefined;
  return { key, size: size as number, etag, rows };
}

function isRow(row: unknown): row is Row {
  return Array.isArray(row) &&
    row.every((value) => value === null || typeof value === "number");
}
