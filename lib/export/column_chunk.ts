/**
 * Encodes the cells of a column of one row group as a Parquet column chunk: by a dictionary where
 * that is smaller, else plainly; one page, compressed with Zstandard. Each page's head has the CRC-32 of its compressed bytes.
 *
 * @see {@link https://parquet.apache.org/docs/file-format/data-pages/}
 * @module
 */

import { constants, crc32, zstdCompressSync } from "node:zlib";
import { ByteWriter, serializeTCompactProtocol } from "../deps/hyparquet_writer.ts";
import type { Column, Dictionary } from "./column.ts";

/** Parquet's numbers for what is used here. */
const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const PLAIN = 0;
const RLE = 3;
const RLE_DICTIONARY = 8;

/** Plain values are compressed better than indices, whose bits are packed. */
const DICTIONARY_SHARE = 0.5;
/** Of more distinct values in a row group, those that stand beside each other compress better. */
const MOST_DISTINCT = 0.2;

/** A run of fewer is packed with its neighbours. */
const SHORTEST_RUN = 8;

/** Its level 3, but for the strategy of level 1, which takes a fifth less time for as many bytes. */
const ZSTD = {
  params: {
    [constants.ZSTD_c_compressionLevel]: 3,
    [constants.ZSTD_c_strategy]: constants.ZSTD_fast,
  },
};

/** What was written of a column. */
export interface WrittenChunk {
  readonly encodings: ("PLAIN" | "RLE" | "RLE_DICTIONARY")[];
  /** Where its pages begin in the file. */
  readonly dictionaryAt: number | undefined;
  readonly dataAt: number;
  readonly bytes: number;
  /** With the pages' heads, as is `bytes`. */
  readonly uncompressedBytes: number;
}

type Writer = InstanceType<typeof ByteWriter>;

/** Writes a column chunk. @param page is where a page is put together; its memory is used again. */
export function writeChunk(writer: Writer, column: Column, page: Writer): WrittenChunk {
  const startAt = writer.offset;
  let uncompressedBytes = 0;
  const writePage = (page: Uint8Array, head: PageHead) => {
    uncompressedBytes += writePageTo(writer, page, head);
  };
  const dictionary = dictionaryOf(column);
  if (dictionary !== undefined) {
    const head = { field_1: dictionary.count, field_2: PLAIN };
    writePage(dictionary.values, { field_1: DICTIONARY_PAGE, field_7: head });
  }
  const dataAt = writer.offset;
  page.index = 0;
  writeLevels(page, column);
  if (dictionary !== undefined) {
    const width = bitsFor(dictionary.count);
    page.appendUint8(width);
    writeRuns(page, dictionary.indices, width);
  } else {
    page.appendBytes(column.plain());
  }
  writePage(page.getBytes(), {
    field_1: DATA_PAGE,
    field_5: {
      field_1: column.rows,
      field_2: dictionary ? RLE_DICTIONARY : PLAIN,
      field_3: RLE,
      field_4: RLE,
    },
  });
  return {
    encodings: dictionary ? ["PLAIN", "RLE", "RLE_DICTIONARY"] : ["PLAIN", "RLE"],
    dictionaryAt: dictionary ? startAt : undefined,
    dataAt,
    bytes: writer.offset - startAt,
    uncompressedBytes,
  };
}

/** Fields of Thrift's PageHeader. */
interface PageHead {
  readonly field_1: number;
  readonly field_5?: object;
  readonly field_7?: object;
}

/** Compresses and writes a page and returns what it takes uncompressed. */
function writePageTo(writer: Writer, page: Uint8Array, head: PageHead): number {
  const compressed = zstdCompressSync(page, ZSTD);
  const { field_1, ...rest } = head;
  const startAt = writer.offset;
  serializeTCompactProtocol(writer, {
    field_1,
    field_2: page.length,
    field_3: compressed.length,
    field_4: crc32(compressed) | 0,
    ...rest,
  });
  const headBytes = writer.offset - startAt;
  writer.appendBytes(compressed);
  return headBytes + page.length;
}

/** The different values, where they and their indices take less than the values of all rows. */
function dictionaryOf(column: Column): Dictionary | undefined {
  const dictionary = column.dictionary(MOST_DISTINCT * column.filled);
  if (dictionary === undefined) return undefined;
  const { count, values, indices } = dictionary;
  const bytes = values.length + indices.length * bitsFor(count) / 8;
  return bytes < DICTIONARY_SHARE * column.plainBytes ? dictionary : undefined;
}

/** Whether each row has a value, behind the length of that. */
function writeLevels(page: Writer, { levels, rows, filled }: Column): void {
  const runs = new ByteWriter(16);
  if (filled === rows) {
    runs.appendVarInt(rows * 2);
    runs.appendUint8(1);
  } else writeRuns(runs, new Uint32Array(levels.subarray(0, rows)), 1);
  page.appendUint32(runs.index);
  page.appendBytes(runs.getBytes());
}

/** How many bits numbers below a limit take. */
function bitsFor(limit: number): number {
  return limit < 2 ? 0 : 32 - Math.clz32(limit - 1);
}

/** Parquet's hybrid of runs and packed bits. Packed groups are of eight, but for the last one. */
function writeRuns(writer: Writer, numbers: Uint32Array, width: number): void {
  const { length } = numbers;
  let packedFrom = 0;
  let at = 0;
  while (at < length) {
    const number = numbers[at]!;
    let end = at + 1;
    while (end < length && numbers[end] === number) end++;
    // What is packed before a run has to be of whole groups, so it may begin later.
    const from = packedFrom + Math.ceil((at - packedFrom) / 8) * 8;
    if (end - from >= SHORTEST_RUN) {
      pack(writer, numbers.subarray(packedFrom, from), width);
      writer.appendVarInt((end - from) * 2);
      for (let bits = 0; bits < width; bits += 8) writer.appendUint8(number >>> bits & 255);
      packedFrom = end;
    }
    at = end;
  }
  pack(writer, numbers.subarray(packedFrom), width);
}

function pack(writer: Writer, numbers: Uint32Array, width: number): void {
  if (numbers.length === 0) return;
  const groups = Math.ceil(numbers.length / 8);
  writer.appendVarInt(groups * 2 + 1);
  const packed = new Uint8Array(groups * width);
  let at = 0;
  let bits = 0;
  let waiting = 0;
  for (const number of numbers) {
    waiting |= number << bits;
    bits += width;
    while (bits >= 8) {
      packed[at++] = waiting;
      waiting >>>= 8;
      bits -= 8;
    }
  }
  if (bits > 0) packed[at] = waiting;
  writer.appendBytes(packed);
}
