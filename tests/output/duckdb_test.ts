import { assertEquals } from "@std/assert";
import { withDirectory } from "../cache/samples.ts";
import type { Bar, BarBatch } from "../../lib/market/bar.ts";
import { writeBars } from "../../lib/output/write_bars.ts";
import { isThere, query, word } from "./duckdb.ts";
import { AWKWARD, BAR, named } from "./samples.ts";

async function withParquet(batches: readonly BarBatch[], run: (table: string) => Promise<void>) {
  await withDirectory(async (directory) => {
    const path = `${directory}/bars.parquet`;
    await writeBars(path, batches, { format: "parquet", metadata: { interval: "1d" } });
    await run(`'${path.replaceAll("'", "''")}'`);
  });
}

Deno.test({
  name: `DuckDB reads from Parquet the types and the values that were written${word}`,
  ignore: !isThere,
  fn: async () => {
    const batches = ["TSLA", "^GSPC"].map((symbol) => ({ symbol, bars: AWKWARD }));
    await withParquet(batches, async (table) => {
      const types = await query(`SELECT column_name, column_type FROM (DESCRIBE FROM ${table})`);
      assertEquals(types.rows, [
        ["symbol", "VARCHAR"],
        ["date", "DATE"],
        ["timestamp", "TIMESTAMP WITH TIME ZONE"],
        ...["open", "high", "low", "close", "volume", "transactions"].map((
          name,
        ) => [name, "DOUBLE"]),
      ]);
      const { rows } = await query(
        `SELECT symbol, date::VARCHAR, epoch_ms("timestamp"), open, high, low, close, volume, ` +
          `transactions FROM ${table}`,
      );
      assertEquals(rows, named(batches).map(toRow));
      const told = await query(
        `SELECT key::VARCHAR, value::VARCHAR FROM parquet_kv_metadata(${table})`,
      );
      assertEquals(told.rows, [["interval", "1d"]]);
    });
  },
});

Deno.test({
  name: `DuckDB reads from Parquet several row groups, and none${word}`,
  ignore: !isThere,
  fn: async () => {
    const bars = Array.from({ length: 150_000 }, (_, i): Bar => {
      return { ...BAR, timestamp: BAR.timestamp + i * 60_000, volume: i % 3 ? i : null };
    });
    await withParquet(["A", "B"].map((symbol) => ({ symbol, bars })), async (table) => {
      const { rows } = await query(
        `SELECT symbol, count(*), count(volume), sum(volume)::BIGINT, max(epoch_ms("timestamp")) ` +
          `FROM ${table} GROUP BY symbol ORDER BY symbol`,
      );
      const want = ["150000", "100000", "7500000000", String(bars.at(-1)!.timestamp)];
      assertEquals(rows, [["A", ...want], ["B", ...want]]);
    });
    await withParquet([], async (table) => {
      assertEquals((await query(`SELECT count(*) FROM ${table}`)).rows, [["0"]]);
    });
  },
});

function toRow({ symbol, date, timestamp, ...numbers }: Bar & { symbol: string }) {
  const { open, high, low, close, volume, transactions } = numbers;
  const values = [timestamp, open, high, low, close, volume, transactions];
  return [symbol, date, ...values.map(numberText)];
}

function numberText(value: number | null): string | null {
  return value === null ? null : Object.is(value, -0) ? "-0" : String(value);
}
