/**
 * Bars as Apache Parquet.
 *
 * | column                 | type                                     |
 * | ---------------------- | ---------------------------------------- |
 * | symbol                 | BYTE_ARRAY, STRING, by a dictionary      |
 * | ticker, where asked    | the same                                 |
 * | date                   | INT32, DATE                              |
 * | timestamp              | INT64, TIMESTAMP in milliseconds, UTC    |
 * | open, high, low, close | DOUBLE                                   |
 * | volume                 | DOUBLE, null where the dataset has none  |
 * | transactions           | DOUBLE, null where the dataset has none  |
 *
 * Row groups have at most 100,000 rows and are written as they fill up, pages are compressed
 * with Zstandard. A row group whose rows ascend by symbol and timestamp says so.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { zstdCompressSync } from "node:zlib";
import { DAY_MS } from "../dated_object.ts";
import { ByteWriter, ParquetWriter } from "../deps/hyparquet_writer.ts";
import type { Bar, BarBatch, BarBatches } from "../market/bar.ts";
import { type ColumnOptions, outputColumns } from "./columns.ts";
import type { FormatOptions } from "./format.ts";

/** Rows of a row group, at most. */
const GROUP_ROWS = 100_000;

/** Chunks of a file; no byte is needed again once it is taken. */
export async function* formatParquet(
  batches: BarBatches,
  { metadata = {}, ...columns }: FormatOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const buffer = new ByteWriter();
  const file = new ParquetWriter({
    writer: buffer,
    schema: schemaOf(columns),
    codec: "ZSTD",
    compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: "flatfetch",
  });
  const sorting = sortingOf(columns);
  for await (const group of groupsOf(batches, columns)) {
    file.write({ columnData: group.columns(), rowGroupSize: GROUP_ROWS });
    if (group.isSorted) file.row_groups.at(-1)!.sorting_columns = [...sorting];
    yield take(buffer);
  }
  file.finish();
  yield take(buffer);
}

/** The rows of the batches, in groups that are valid until the next one is asked for. */
async function* groupsOf(batches: BarBatches, columns: ColumnOptions): AsyncGenerator<RowGroup> {
  const group = new RowGroup(GROUP_ROWS, columns);
  for await (const batch of batches) {
    for (const bar of batch.bars) {
      group.add(batch, bar);
      if (!group.isFull) continue;
      yield group;
      group.clear();
    }
  }
  if (group.length > 0) yield group;
}

/** The bytes that were written since the last time. */
function take(buffer: { getBytes(): Uint8Array<ArrayBuffer>; index: number }) {
  const bytes = buffer.getBytes().slice();
  buffer.index = 0;
  return bytes;
}

const PRICE = { type: "DOUBLE", repetition_type: "REQUIRED" } as const;

const LABEL = {
  type: "BYTE_ARRAY",
  converted_type: "UTF8",
  logical_type: { type: "STRING" },
  repetition_type: "REQUIRED",
} as const;

const SCHEMA = [
  {
    name: "date",
    type: "INT32",
    converted_type: "DATE",
    logical_type: { type: "DATE" },
    repetition_type: "REQUIRED",
  },
  {
    name: "timestamp",
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MILLIS" },
    repetition_type: "REQUIRED",
  },
  { name: "open", ...PRICE },
  { name: "high", ...PRICE },
  { name: "low", ...PRICE },
  { name: "close", ...PRICE },
  { name: "volume", type: "DOUBLE", repetition_type: "OPTIONAL" },
  { name: "transactions", type: "DOUBLE", repetition_type: "OPTIONAL" },
] as const;

/** Parquet's schema of the columns, the root first. */
function schemaOf(options: ColumnOptions) {
  const columns = outputColumns(options);
  const labels = columns.slice(0, -SCHEMA.length).map((name) => ({ name, ...LABEL }));
  return [
    { name: "bars", num_children: columns.length },
    ...labels,
    ...SCHEMA.map((element) => ({ ...element })),
  ];
}

/** How the rows of a sorted group are sorted: by symbol, then by timestamp. */
function sortingOf(options: ColumnOptions) {
  const columns = outputColumns(options);
  return ["symbol", "timestamp"].map((name) => ({
    column_idx: columns.indexOf(name),
    descending: false,
    nulls_first: false,
  }));
}

/** Rows that are written together. */
class RowGroup {
  /** How many rows there are. */
  length = 0;
  /** Whether the rows ascend by symbol, bytewise, and timestamp. */
  isSorted = true;
  readonly #symbol: string[] = [];
  readonly #ticker: string[] | undefined;
  readonly #date: Int32Array;
  readonly #timestamp: BigInt64Array;
  readonly #prices: Readonly<Record<"open" | "high" | "low" | "close", Float64Array>>;
  readonly #volume: (number | null)[] = [];
  readonly #transactions: (number | null)[] = [];
  #lastDate = { text: "1970-01-01", days: 0 };

  /** @param size how many rows it can have. */
  constructor(size: number, { tickers }: ColumnOptions) {
    this.#ticker = tickers ? [] : undefined;
    this.#date = new Int32Array(size);
    this.#timestamp = new BigInt64Array(size);
    const prices = () => new Float64Array(size);
    this.#prices = { open: prices(), high: prices(), low: prices(), close: prices() };
  }

  get isFull(): boolean {
    return this.length === this.#date.length;
  }

  add({ symbol, ticker = symbol }: Pick<BarBatch, "symbol" | "ticker">, bar: Bar): void {
    const row = this.length;
    const timestamp = BigInt(Math.trunc(bar.timestamp));
    this.isSorted &&= row === 0 || this.#isBehindLast(symbol, timestamp);
    this.#symbol.push(symbol);
    this.#ticker?.push(ticker);
    this.#date[row] = this.#daysTo(bar.date);
    this.#timestamp[row] = timestamp;
    this.#prices.open[row] = bar.open;
    this.#prices.high[row] = bar.high;
    this.#prices.low[row] = bar.low;
    this.#prices.close[row] = bar.close;
    this.#volume.push(bar.volume);
    this.#transactions.push(bar.transactions);
    this.length++;
  }

  clear(): void {
    this.length = 0;
    this.isSorted = true;
    for (const column of [this.#symbol, this.#ticker, this.#volume, this.#transactions]) {
      if (column !== undefined) column.length = 0;
    }
  }

  /**
   * The columns as the writer takes them. Prices get no dictionary: the writer's own holds 0
   * and -0 for one.
   */
  columns() {
    const { open, high, low, close } = this.#prices;
    const price = (name: string, data: Float64Array) =>
      ({ name, data: data.subarray(0, this.length), encoding: "PLAIN" }) as const;
    const label = (name: string, data: string[]) =>
      ({ name, data, encoding: "RLE_DICTIONARY" }) as const;
    return [
      label("symbol", this.#symbol),
      ...(this.#ticker ? [label("ticker", this.#ticker)] : []),
      { name: "date", data: this.#date.subarray(0, this.length) },
      {
        name: "timestamp",
        data: this.#timestamp.subarray(0, this.length),
        encoding: "DELTA_BINARY_PACKED" as const,
      },
      price("open", open),
      price("high", high),
      price("low", low),
      price("close", close),
      { name: "volume", data: this.#volume, encoding: "PLAIN" as const },
      { name: "transactions", data: this.#transactions, encoding: "PLAIN" as const },
    ];
  }

  #isBehindLast(symbol: string, timestamp: bigint): boolean {
    const lastSymbol = this.#symbol[this.length - 1]!;
    if (lastSymbol !== symbol) {
      return Buffer.compare(Buffer.from(lastSymbol), Buffer.from(symbol)) < 0;
    }
    return this.#timestamp[this.length - 1]! <= timestamp;
  }

  #daysTo(date: string): number {
    if (date === this.#lastDate.text) return this.#lastDate.days;
    const days = Date.parse(date) / DAY_MS;
    this.#lastDate = { text: date, days };
    return days;
  }
}
