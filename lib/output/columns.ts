/**
 * The columns of every output, and how a value of one is written as text.
 *
 * @module
 */

/** The columns, in their order. */
export const COLUMNS = [
  "symbol",
  "date",
  "timestamp",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "transactions",
] as const;

/** The shortest text that is read back as exactly this number; `missing` where there is none. */
export function numberText(value: number | null, missing: string): string {
  if (value === null || !Number.isFinite(value)) return missing;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** ISO 8601 in UTC, with a fraction only where there is one. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
