/**
 * Estimates how long files take.
 *
 * @module
 */

import type { FileTotal } from "../settings.ts";

/** What the time depends on. */
export interface EstimateSecondsOptions {
  /** How many files are worked on at once. */
  readonly concurrency: number;
  /** How many bytes of files may be worked on at once. */
  readonly maxMemoryBytes: number;
  /** How many bytes a second may be read. @default {any number} */
  readonly maxBytesPerSecond?: number | undefined;
  /** How long a small request takes; what is not known counts as no time. */
  readonly latencyMs: number | undefined;
}

/** What users report of one connection to the vendor: 0.9 MB/s, and 12.4 MB/s over twelve. */
const CONNECTION_BYTES_PER_SECOND = 1e6;

/** `deno task bench:micro` extracts a day of stocks, 0.22 MB, in 1.4 to 2.4 ms on one core. */
const KEPT_BYTES_PER_SECOND = 100e6;

/**
 * Seconds for downloading some files and reading others that are kept, to a tenth:
 *
 *     connections = the least of concurrency, files, and files that fit into the memory
 *     speed = connections × 1 MB/s, at most the limit
 *     files × latency ÷ connections  +  bytes ÷ speed  +  kept bytes ÷ 100 MB/s
 */
export function estimateSeconds(
  { fetch, kept }: { readonly fetch: FileTotal; readonly kept: FileTotal },
  { concurrency, maxMemoryBytes, maxBytesPerSecond = Infinity, latencyMs = 0 }:
    EstimateSecondsOptions,
): number {
  const { files, bytes } = fetch;
  const fitting = Math.floor(maxMemoryBytes * files / bytes) || 1;
  const connections = Math.max(1, Math.min(concurrency, files, fitting));
  const speed = Math.min(maxBytesPerSecond, connections * CONNECTION_BYTES_PER_SECOND);
  const seconds = files * latencyMs / 1000 / connections +
    bytes / speed +
    kept.bytes / KEPT_BYTES_PER_SECOND;
  return Math.round(seconds * 10) / 10;
}
