/**
 * The columns of a Parquet row group, filled bar by bar.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { DAY_MS } from "../dated_object.ts";
import type { Bar, BarBatch } from "../market/bar.ts";
import { type ColumnOptions, outputColumns } from "./columns.ts";

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
export function schemaOf(options: ColumnOptions) {
  const columns = outputColumns(options);
  const labels = columns.slice(0, -SCHEMA.length).map((name) => ({ name, ...LABEL }));
  return [
    { name: "bars", num_children: columns.length },
    ...labels,
    ...SCHEMA.map((element) => ({ ...element })),
  ];
}

/** How the rows of a sorted group are sorted: by symbol, then by timestamp. */
export function sortingOf(options: ColumnOptions) {
  const columns = outputColumns(options);
  return ["symbol", "timestamp"].map((name) => ({
    column_idx: columns.indexOf(name),
    descending: false,
    nulls_first: false,
  }));
}

/** Rows that are written together. */
export class RowGroup {
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
