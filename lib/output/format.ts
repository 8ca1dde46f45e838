/**
 * Bars in the formats in which they are written.
 *
 * @module
 */

import type { Bar, BarBatch, BarBatches } from "../market/bar.ts";
import { formatText } from "./text.ts";

/** The forms in which bars are written. */
export const OUTPUT_FORMATS = ["csv", "ndjson", "json", "parquet"] as const;

/** A form in which bars are written. */
export type OutputFormat = typeof OUTPUT_FORMATS[number];

/** What else a format can hold. */
export interface FormatOptions {
  /**
   * What a Parquet file says of itself, such as `{ interval: "1d", adjusted: "no" }`; the other
   * formats have no place for it.
   *
   * @default {{}}
   */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * Bars as the bytes of a file, in the order given, chunk by chunk: memory does not grow with
 * their number.
 *
 * The columns are `symbol,date,timestamp,open,high,low,close,volume,transactions` in every
 * format. In text, `timestamp` is ISO 8601 in UTC, such as `2024-03-07T05:00:00Z`; a number has
 * all the digits that it needs to be read back exactly; what a dataset does not have, or what
 * is not finite, is empty in CSV (RFC 4180, but with LF) and `null` in NDJSON and JSON. The types
 * of Parquet's columns are at the head of `lib/output/parquet.ts`.
 *
 * @throws {RangeError} when a value does not fit its column in Parquet.
 */
export async function* formatBars(
  batches: BarBatches,
  format: OutputFormat,
  { metadata = {} }: FormatOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (format !== "parquet") return yield* formatText(batches, format);
  const { formatParquet } = await loadParquet();
  yield* formatParquet(batches, metadata);
}

/** What writes Parquet takes as long to load as all the rest. */
const loadParquet = () => import("./parquet.ts");

/**
 * Bars by their symbol, such as those of a `PreloadResult`, as batches; all of them, or those of
 * some symbols. The bars of a symbol are not read before its turn.
 */
export function* toBatches(
  bars: Readonly<Record<string, readonly Bar[]>>,
  symbols: Iterable<string> = Object.keys(bars),
): Generator<BarBatch> {
  for (const symbol of symbols) yield { symbol, bars: bars[symbol] ?? [] };
}
