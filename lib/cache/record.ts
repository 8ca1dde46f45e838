/**
 * A record: one object's version and the rows of one ticker in it, possibly none.
 *
 * @module
 */

/** Numbers of one row, in an order that the kind of row defines. */
export type Row = readonly (number | null)[];

/** What is kept of one object for one ticker. */
export interface ObjectRecord {
  /** The object's key in the bucket. */
  readonly key: string;
  /** Bytes of the object. */
  readonly size: number;
  /** The ETag that names its version. */
  readonly etag: string;
  /** The ticker's rows in it, in the file's order. */
  readonly rows: readonly Row[];
}

/**
 * The record in what a line or a caller holds, or `undefined` when that is no record: a
 * number that is not finite, for instance, could not be written down.
 */
export function asRecord(
  value: Readonly<Record<keyof ObjectRecord, unknown>> | Record<string, unknown>,
): ObjectRecord | undefined {
  const { key, size, etag, rows } = value;
  if (typeof key !== "string" || typeof etag !== "string") return undefined;
  if (
    !isSize(size) || !Array.isArray(rows) || !rows.every(isRow)
  ) return undefined;
  return { key, size, etag, rows };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRow(row: unknown): row is Row {
  return Array.isArray(row) &&
    row.every((value) => value === null || Number.isFinite(value));
}
