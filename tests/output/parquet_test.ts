import { assertEquals } from "@std/assert";
import { parquetMetadata } from "hyparquet";
import type { Bar, BarBatch } from "../../lib/market/bar.ts";
import { formatBars } from "../../lib/output/format.ts";
import { BAR, bytesOf, named, readerOf } from "./samples.ts";

const metadataOf = async (batches: Iterable<BarBatch>, metadata?: Record<string, string>) =>
  parquetMetadata((await bytesOf(batches, "parquet", { metadata })).buffer);

/** Minutes of some symbols, in batches. */
function* minutes(symbols: readonly string[], count: number): Generator<BarBatch> {
  for (const symbol of symbols) {
    for (let start = 0; start < count; start += 1_000) {
      const bars = Array.from({ length: Math.min(1_000, count - start) }, (_, i): Bar => {
        const timestamp = BAR.timestamp + (start + i) * 60_000;
        return { ...BAR, timestamp, close: start + i, transactions: i % 7 === 0 ? null : i };
      });
      yield { symbol, bars };
    }
  }
}

Deno.test("formatBars() as parquet has typed columns", async () => {
  const { schema } = await metadataOf([{ symbol: "TSLA", bars: [BAR] }]);
  const typeOf = (name: string) => {
    const { type, logical_type, repetition_type } = schema.find((one) => one.name === name)!;
    return [type, logical_type?.type, repetition_type];
  };
  assertEquals(typeOf("symbol"), ["BYTE_ARRAY", "STRING", "REQUIRED"]);
  assertEquals(typeOf("date"), ["INT32", "DATE", "REQUIRED"]);
  assertEquals(typeOf("timestamp"), ["INT64", "TIMESTAMP", "REQUIRED"]);
  for (const name of ["open", "high", "low", "close"]) {
    assertEquals(typeOf(name), ["DOUBLE", undefined, "REQUIRED"]);
  }
  assertEquals(typeOf("volume"), ["DOUBLE", undefined, "OPTIONAL"]);
  assertEquals(typeOf("transactions"), ["DOUBLE", undefined, "OPTIONAL"]);
  assertEquals(schema.find(({ name }) => name === "timestamp")!.logical_type, {
    type: "TIMESTAMP",
    isAdjustedToUTC: true,
    unit: "MILLIS",
  });
});

Deno.test("formatBars() as parquet says what it is told of the bars", async () => {
  const told = { interval: "1d", adjusted: "no", note: "ä 😀" };
  const { key_value_metadata, created_by } = await metadataOf([], told);
  assertEquals(key_value_metadata, Object.entries(told).map(([key, value]) => ({ key, value })));
  assertEquals(created_by, "flatfetch");
});

Deno.test("formatBars() as parquet begins a row group after 100,000 rows", async () => {
  const batches = [...minutes(["A", "B"], 120_500)];
  const chunks = await Array.fromAsync(formatBars(batches, "parquet"));
  assertEquals(chunks.length, 4);
  const bytes = await new Blob(chunks).bytes();
  const { row_groups } = parquetMetadata(bytes.buffer);
  assertEquals(row_groups.map(({ num_rows }) => num_rows), [100_000n, 100_000n, 41_000n]);
  const rows = await readerOf("parquet")(bytes);
  const want = named(batches);
  assertEquals(rows.length, want.length);
  for (let i = 0; i < rows.length; i += 499) assertEquals(rows[i], want[i]);
  for (const i of [99_999, 100_000, 200_000, 240_999]) assertEquals(rows[i], want[i]);
});

Deno.test("formatBars() as parquet says of a row group that it is sorted only when it is", async () => {
  const at = (symbol: string, ...minutes: number[]) => ({
    symbol,
    bars: minutes.map((minute) => ({ ...BAR, timestamp: minute * 60_000 })),
  });
  const sorting = async (...batches: BarBatch[]) =>
    (await metadataOf(batches)).row_groups[0]!.sorting_columns?.map((
      { column_idx, descending },
    ) => [
      column_idx,
      descending,
    ]);
  const bySymbolAndTime = [[0, false], [2, false]];
  assertEquals(await sorting(at("A", 1, 2, 2), at("A", 3), at("B", 1)), bySymbolAndTime);
  assertEquals(await sorting(at("\uffff", 1), at("😀", 1)), bySymbolAndTime);
  assertEquals(await sorting(at("A", 2, 1)), undefined);
  assertEquals(await sorting(at("B", 1), at("A", 2)), undefined);
  assertEquals(await sorting(at("A", 1), at("B", 1), at("A", 2)), undefined);
});
