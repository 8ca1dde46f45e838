/**
 * Writes many bars in a format to nowhere, and prints how many bytes were written and how much
 * memory was in use at most; run with `--v8-flags=--expose-gc`, so that only what is still
 * needed is counted.
 *
 * @module
 */

import type { Bar, BarBatch } from "../../lib/market/bar.ts";
import { formatBars, type OutputFormat } from "../../lib/output/format.ts";

const BATCH_BARS = 1_000;
const [format, count] = [Deno.args[0] as OutputFormat, Number(Deno.args[1])];

function* generate(): Generator<BarBatch> {
  for (let start = 0; start < count; start += BATCH_BARS) {
    yield { symbol: "TSLA", bars: Array.from({ length: BATCH_BARS }, (_, i) => barAt(start + i)) };
  }
}

function barAt(n: number): Bar {
  const timestamp = 1_600_000_000_000 + n * 60_000;
  const open = 100 + (n * 7919 % 10_007) / 97;
  const prices = { open, high: open * 1.01, low: open / 1.01, close: open + 0.1 };
  const date = new Date(timestamp).toISOString().slice(0, 10);
  return { date, timestamp, ...prices, volume: n * 0.7, transactions: n };
}

function liveBytes(): number {
  (globalThis as unknown as { gc(): void }).gc();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

const before = liveBytes();
let [chunks, written, most] = [0, 0, 0];
for await (const chunk of formatBars(generate(), format)) {
  written += chunk.length;
  const isLook = format === "parquet" || chunks++ % 50 === 0;
  if (isLook) most = Math.max(most, liveBytes() - before);
}
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ written, most })));
