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

import { zstdCompressSync } from "node:zlib";
import { ByteWriter, ParquetWriter } from "../deps/hyparquet_writer.ts";
import type { BarBatches } from "../market/bar.ts";
import type { ColumnOptions } from "./columns.ts";
import type { FormatOptions } from "./format.ts";
import { RowGroup, schemaOf, sortingOf } from "./row_group.ts";

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
