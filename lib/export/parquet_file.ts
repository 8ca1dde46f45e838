/**
 * Makes a Parquet file row group by row group.
 *
 * @module
 */

import { ByteWriter, ParquetWriter } from "../deps/hyparquet_writer.ts";
import { sealFooter, UNSEALED } from "../lake/footer.ts";
import type { Column } from "./column.ts";
import { writeChunk } from "./column_chunk.ts";
import type { ColumnKind } from "./columns.ts";

/** A column's name and kind; a date is a partition's. */
export interface ColumnHead {
  readonly name: string;
  readonly kind: ColumnKind | "date";
}

type Schema = ConstructorParameters<typeof ParquetWriter>[0]["schema"];
type RowGroup = ParquetWriter["row_groups"][number];

const ELEMENTS: Readonly<Record<ColumnHead["kind"], Omit<Schema[number], "name">>> = {
  date: { type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } },
  timestamp: {
    type: "INT64",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" },
  },
  integer: { type: "INT64" },
  double: { type: "DOUBLE" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
};

/** A file of which everything but its end is given away as it is made. */
export class ParquetFile {
  readonly #heads: readonly ColumnHead[];
  readonly #schema: Schema;
  readonly #buffer = new ByteWriter(1 << 20);
  readonly #page = new ByteWriter(1 << 20);
  readonly #file: ParquetWriter;

  constructor(heads: readonly ColumnHead[], createdBy: string) {
    this.#heads = heads;
    this.#schema = [
      { name: "rows", num_children: heads.length },
      ...heads.map(({ name, kind }) => (
        { name, repetition_type: "OPTIONAL" as const, ...ELEMENTS[kind] }
      )),
    ];
    this.#file = new ParquetWriter({
      writer: this.#buffer,
      schema: this.#schema,
      createdBy,
    });
  }

  /** The bytes of a row group. */
  write(columns: readonly Column[]): Uint8Array<ArrayBuffer> {
    const startAt = this.#buffer.offset;
    const rows = BigInt(columns[0]!.rows);
    const chunks = columns.map((column, i) => this.#writeColumn(column, i));
    const sum = (size: (chunk: Chunk) => bigint) =>
      chunks.reduce((all, one) => all + size(one), 0n);
    this.#file.row_groups.push({
      columns: chunks,
      total_byte_size: sum(({ meta_data }) => meta_data.total_uncompressed_size),
      num_rows: rows,
      file_offset: BigInt(startAt),
      total_compressed_size: sum(({ meta_data }) => meta_data.total_compressed_size),
    });
    this.#file.num_rows += rows;
    return this.#take();
  }

  /** The bytes of the end. @param sorted the places of the columns that all rows ascend by. */
  end(sorted: readonly number[], metadata: Readonly<Record<string, string>>) {
    const sorting = sorted.map((place) => (
      { column_idx: place, descending: false, nulls_first: false }
    ));
    if (sorting.length > 0) {
      for (const group of this.#file.row_groups) group.sorting_columns = sorting;
    }
    this.#file.kvMetadata = Object.entries({ ...metadata, ...UNSEALED })
      .map(([key, value]) => ({ key, value }));
    this.#file.finish();
    const bytes = this.#take();
    sealFooter(bytes);
    return bytes;
  }

  #writeColumn(column: Column, i: number): Chunk {
    const { encodings, dictionaryAt, dataAt, bytes, uncompressedBytes } = writeChunk(
      this.#buffer,
      column,
      this.#page,
    );
    const { min, max } = column.range() ?? {};
    return {
      file_offset: BigInt(dictionaryAt ?? dataAt),
      meta_data: {
        type: this.#schema[i + 1]!.type!,
        encodings,
        path_in_schema: [this.#heads[i]!.name],
        codec: "ZSTD",
        num_values: BigInt(column.rows),
        total_uncompressed_size: BigInt(uncompressedBytes),
        total_compressed_size: BigInt(bytes),
        data_page_offset: BigInt(dataAt),
        ...(dictionaryAt !== undefined && { dictionary_page_offset: BigInt(dictionaryAt) }),
        statistics: {
          null_count: BigInt(column.rows - column.filled),
          ...(min !== undefined && { min_value: min }),
          ...(max !== undefined && { max_value: max }),
        },
      },
    };
  }

  /** The bytes that were written since the last time. */
  #take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#buffer.getBytes().slice();
    this.#buffer.index = 0;
    return bytes;
  }
}

type Chunk = RowGroup["columns"][number] & {
  readonly meta_data: NonNullable<RowGroup["columns"][number]["meta_data"]>;
};
