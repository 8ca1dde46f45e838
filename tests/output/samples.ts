/**
 * What the tests of the outputs share: bars, and readers of each format.
 *
 * @module
 */

import { gunzipSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { parseCsv } from "../../lib/deps/std_csv.ts";
import type { Bar, BarBatch } from "../../lib/market/bar.ts";
import { formatBars, type FormatOptions, type OutputFormat } from "../../lib/output/format.ts";

/** A bar with a fractional volume. */
export const BAR: Bar = {
  date: "2024-03-07",
  timestamp: Date.parse("2024-03-07T05:00:00Z"),
  open: 174.35,
  high: 180.04,
  low: 173.7,
  close: 178.65,
  volume: 102129047.5,
  transactions: 1074534,
};

/** A bar with its symbol. */
export type NamedBar = Bar & { readonly symbol: string; readonly ticker?: string };

/** Bars of numbers that a careless writer or reader gets wrong. */
export const AWKWARD: readonly Bar[] = [
  { ...BAR, open: 5.2e-7, high: 0.1 + 0.2, low: 5e-324, close: 1.7976931348623157e308 },
  { ...BAR, open: 0, high: -0, low: 0, close: -0, volume: -0, transactions: 0 },
  { ...BAR, open: -0, high: 0, low: -0, close: 0, volume: 0, transactions: 0 },
  { ...BAR, open: 0.123456789012345678901, high: 96.767, volume: 2 ** 53, transactions: 2 ** 53 },
  { ...BAR, open: 1e21, close: 123456789012345680000, volume: 5.871033060000002 },
  { ...BAR, volume: null, transactions: null },
  { ...BAR, volume: 0, transactions: null },
  { ...BAR, timestamp: -68_400_000, date: "1969-12-31" },
  { ...BAR, timestamp: BAR.timestamp + 1, date: "9999-12-31" },
];

/** Bars by their symbol, as batches. */
export function toBatches(bars: Readonly<Record<string, readonly Bar[]>>): BarBatch[] {
  return Object.entries(bars).map(([symbol, bars]) => ({ symbol, bars }));
}

/** Every bar with its symbol, in one list. */
export function named(batches: readonly BarBatch[]): NamedBar[] {
  return batches.flatMap(({ symbol, bars }) => bars.map((bar) => ({ symbol, ...bar })));
}

/** All the bytes of an output. */
export async function bytesOf(
  batches: Iterable<BarBatch> | AsyncIterable<BarBatch>,
  format: OutputFormat,
  options?: FormatOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  return await new Blob(await Array.fromAsync(formatBars(batches, format, options))).bytes();
}

type Reader = (bytes: Uint8Array<ArrayBuffer>) => NamedBar[] | Promise<NamedBar[]>;

/** What a reader that knows nothing of this program makes of a format. */
export function readerOf(format: OutputFormat): Reader {
  const [name, compression] = format.split(".") as [keyof typeof READERS, string?];
  const read = READERS[name];
  if (compression === undefined) return read;
  const inflate = compression === "gz" ? gunzipSync : zstdDecompressSync;
  return (bytes) => read(new Uint8Array(inflate(bytes)));
}

const TEXTS = ["symbol", "ticker", "date", "timestamp"];

const READERS = {
  csv: (bytes: Uint8Array<ArrayBuffer>) => {
    const [names = [], ...rows] = parseCsv(new TextDecoder().decode(bytes));
    return rows.map((row) =>
      toNamedBar(
        Object.fromEntries(
          names.map((name, i) => [name, TEXTS.includes(name) ? row[i] : numberIn(row[i]!)]),
        ),
      )
    );
  },
  ndjson: (bytes: Uint8Array<ArrayBuffer>) => {
    const lines = new TextDecoder().decode(bytes).split("\n").slice(0, -1);
    return lines.map((line) => toNamedBar(JSON.parse(line)));
  },
  json: (bytes: Uint8Array<ArrayBuffer>): NamedBar[] =>
    JSON.parse(new TextDecoder().decode(bytes)).map(toNamedBar),
  parquet: async (bytes: Uint8Array<ArrayBuffer>) => {
    const rows = await parquetReadObjects({
      file: bytes.buffer,
      compressors: { ZSTD: (input) => zstdDecompressSync(input) },
    });
    return rows.map(({ date, ...row }) =>
      toNamedBar({ ...row, date: (date as Date).toISOString().slice(0, 10) })
    );
  },
};

function numberIn(text: string): number | null {
  return text === "" ? null : Number(text);
}

function toNamedBar({ timestamp, ...row }: Record<string, unknown>): NamedBar {
  return { ...row, timestamp: new Date(timestamp as string | Date).getTime() } as NamedBar;
}

const double = fc.double({ noNaN: true, noDefaultInfinity: true });

/** Any bar. */
export const anyBar: fc.Arbitrary<Bar> = fc.record({
  date: fc.constantFrom("2024-03-07", "2003-09-10", "1999-12-31"),
  timestamp: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  open: double,
  high: double,
  low: double,
  close: double,
  volume: fc.option(double),
  transactions: fc.option(fc.maxSafeInteger()),
}, { noNullPrototype: true });

const symbol = fc.oneof(
  fc.constantFrom("TSLA", "BRK-B", "BTC-USD", "EURUSD=X", "^GSPC", "X:BTCUSD", "NULL"),
  fc.constantFrom('A"B', "A,B", "A\nB", '"', ",", "ä 😀"),
);

/** Any batches, in any order. */
export const anyBatches: fc.Arbitrary<BarBatch[]> = fc.array(
  fc.record({ symbol, bars: fc.array(anyBar) }, { noNullPrototype: true }),
);
