/**
 * Counts what is made of bars while it is made.
 *
 * @module
 */

import type { BarBatches } from "../market/bar.ts";
import { formatBars, type FormatOptions, type OutputFormat } from "./format.ts";

/** The bytes of bars, and how many of both there were so far. */
export interface CountedBars {
  readonly chunks: AsyncIterable<Uint8Array<ArrayBuffer>>;
  readonly counts: { readonly rows: number; readonly bytes: number };
}

/** Bars as {@linkcode formatBars} makes bytes of them. */
export function countBars(
  batches: BarBatches,
  { format, ...options }: FormatOptions & { readonly format: OutputFormat },
): CountedBars {
  const counts = { rows: 0, bytes: 0 };
  const counted = async function* () {
    for await (const batch of batches) {
      counts.rows += batch.bars.length;
      yield batch;
    }
  };
  const chunks = async function* () {
    for await (const chunk of formatBars(counted(), format, options)) {
      counts.bytes += chunk.length;
      yield chunk;
    }
  };
  return { chunks: chunks(), counts };
}
