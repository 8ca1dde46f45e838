/**
 * Reads the cells of a column of one row group, as `export/column_chunk.ts` writes them: one page of
 * values, plain or by a dictionary that stands before it, compressed with Zstandard.
 *
 * Of a page's head only its length and its CRC-32 are believed, which is proved; all else is known
 * from the footer.
 *
 * @module
 */

import { crc32, zstdDecompressSync } from "node:zlib";
import {
  deserializeTCompactProtocol,
  readRleBitPackedHybrid,
  readVarInt,
} from "../deps/hyparquet.ts";

/** What the footer says of a column of one row group. */
export interface ColumnChunk {
  readonly type: "BYTE_ARRAY" | "DOUBLE" | "INT64" | "INT32";
  readonly rows: number;
  readonly hasDictionary: boolean;
}

/** Whether the text between two places of some bytes is wanted. */
export type TextTest = (bytes: Uint8Array, start: number, end: number) => boolean;

/** Pages are read into no more: a row group has 64 MiB of text and a row, or 123,000 numbers. */
const MOST_PAGE_BYTES = 1 << 28;
const LEAST_CHUNK_BYTES = 1 << 10;
const MOST_CHUNK_BYTES = 1 << 22;

const decoder = new TextDecoder();

/** The cells of a column of one row group; what is wrong with its bytes is thrown when it shows. */
export class ColumnPages {
  readonly #type: ColumnChunk["type"];
  readonly #rows: number;
  /** Values in the order of the rows, or of the indices. */
  readonly #values: Uint8Array;
  /** For each row that has a value, which of the dictionary's. */
  readonly #indices: Uint32Array | undefined;
  /** For each row, how many before it have a value; where all have one, none. */
  readonly #ranks: Uint32Array | undefined;
  #starts: Uint32Array | undefined;

  /**
   * @param bytes those of the chunk.
   * @throws {SyntaxError} when they are not as they were written.
   */
  constructor(bytes: Uint8Array, { type, rows, hasDictionary }: ColumnChunk) {
    this.#type = type;
    this.#rows = rows;
    const dictionary = hasDictionary ? takePage(bytes, 0) : undefined;
    const { page } = takePage(bytes, dictionary?.end ?? 0);
    const levelBytes = numberAt(page, 0, 4);
    const levels = page.subarray(4, 4 + levelBytes);
    this.#ranks = isOneRun(levels, rows) ? undefined : ranksOf(decodeRuns(levels, 1, rows));
    const values = page.subarray(4 + levelBytes);
    this.#values = dictionary?.page ?? values;
    if (dictionary === undefined) return;
    const count = this.#ranks?.at(-1) ?? rows;
    this.#indices = decodeRuns(values.subarray(1), numberAt(values, 0, 1), count);
  }

  /** A cell as a number's or a text's text; empty where there is no value. */
  textAt(row: number): string {
    const place = this.#placeOf(row);
    if (place === undefined) return "";
    if (this.#type === "BYTE_ARRAY") return decoder.decode(this.#textBytes(place));
    const size = this.#type === "INT32" ? 4 : 8;
    const { buffer, byteOffset, byteLength } = this.#values;
    const view = new DataView(buffer, byteOffset, byteLength);
    if (this.#type === "INT32") return String(view.getInt32(size * place, true));
    if (this.#type === "INT64") return String(view.getBigInt64(size * place, true));
    return String(view.getFloat64(size * place, true));
  }

  /** The rows whose texts are wanted, ascending; each text of a dictionary is looked at once. */
  rowsWith(isWanted: TextTest): number[] {
    const starts = this.#textStarts();
    const wanted = new Uint8Array(starts.length - 1);
    let isAny = false;
    for (let place = 0; place < wanted.length; place++) {
      if (!isWanted(this.#values, starts[place]! + 4, starts[place + 1]!)) continue;
      wanted[place] = 1;
      isAny = true;
    }
    const found: number[] = [];
    if (!isAny) return found;
    for (let row = 0; row < this.#rows; row++) {
      const place = this.#placeOf(row);
      if (place !== undefined && wanted[place] === 1) found.push(row);
    }
    return found;
  }

  /** The different texts of the rows, in the order of the file as far as a dictionary tells it. */
  texts(isRow: (row: number) => boolean): string[] {
    const used = new Uint8Array(this.#textStarts().length - 1);
    for (let row = 0; row < this.#rows; row++) {
      const place = isRow(row) ? this.#placeOf(row) : undefined;
      if (place !== undefined) used[place] = 1;
    }
    const texts: string[] = [];
    used.forEach((isUsed, place) => {
      if (isUsed === 1) texts.push(decoder.decode(this.#textBytes(place)));
    });
    return texts;
  }

  /** Where a row's value is among the values; `undefined` where it has none. */
  #placeOf(row: number): number | undefined {
    const ranks = this.#ranks;
    if (ranks !== undefined && ranks[row] === ranks[row + 1]) return undefined;
    const rank = ranks === undefined ? row : ranks[row]!;
    return this.#indices === undefined ? rank : this.#indices[rank]!;
  }

  #textBytes(place: number): Uint8Array {
    const starts = this.#textStarts();
    if (place + 1 >= starts.length) throw new SyntaxError("a text is behind its page's end");
    return this.#values.subarray(starts[place]! + 4, starts[place + 1]);
  }

  /** Where the length of each text is, and where the last text ends. */
  #textStarts(): Uint32Array {
    if (this.#starts !== undefined) return this.#starts;
    const values = this.#values;
    const starts = new Uint32Array((values.length >> 2) + 1);
    let count = 0;
    let at = 0;
    for (const { length } = values; at + 4 <= length;) {
      starts[count++] = at;
      const upper = values[at + 1]! | values[at + 2]! | values[at + 3]!;
      at += 4 + (upper === 0 ? values[at]! : numberAt(values, at, 4));
    }
    if (at !== values.length) throw new SyntaxError("a text goes on behind its page's end");
    starts[count] = at;
    return this.#starts = starts.subarray(0, count + 1);
  }
}

/** The bytes of the page that begins at a place, proved, and where it ends. */
function takePage(bytes: Uint8Array, start: number): { page: Uint8Array; end: number } {
  const { head, headBytes, bytes: own, end } = provedPage(bytes, start);
  const page = zstdDecompressSync(own.subarray(headBytes), {
    // A buffer that takes all of it is the fastest, and nothing else depends on what the head says.
    chunkSize: Math.max(LEAST_CHUNK_BYTES, Math.min(MOST_CHUNK_BYTES, head.field_2 + 1)),
    maxOutputLength: MOST_PAGE_BYTES,
  });
  return { page, end };
}

/**
 * The page that begins at a place, as it is compressed behind its head.
 *
 * @throws {SyntaxError} when its CRC-32 is another one; what is no head may throw anything.
 */
export function provedPage(bytes: Uint8Array, start: number) {
  const reader = readerOf(bytes, start);
  const head = deserializeTCompactProtocol(reader);
  const { field_3: size, field_4: crc } = head;
  const compressed = bytes.subarray(reader.offset, reader.offset + size);
  if (compressed.length !== size || crc32(compressed) !== crc >>> 0) {
    throw new SyntaxError("the CRC of a page is another one");
  }
  const end = reader.offset + size;
  return { head, headBytes: reader.offset - start, bytes: bytes.subarray(start, end), end };
}

/** Whether levels say in one run that each row has a value, as most do. */
function isOneRun(levels: Uint8Array, rows: number): boolean {
  const reader = readerOf(levels);
  return readVarInt(reader) === 2 * rows && levels[reader.offset] === 1;
}

/** How many values there are before each row, and at last in all. */
function ranksOf(levels: Uint32Array): Uint32Array {
  const ranks = new Uint32Array(levels.length + 1);
  for (let row = 0; row < levels.length; row++) ranks[row + 1] = ranks[row]! + levels[row]!;
  return ranks;
}

/** Numbers in Parquet's hybrid of runs and packed bits. @throws when there are fewer than counted. */
function decodeRuns(bytes: Uint8Array, width: number, count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  readRleBitPackedHybrid(readerOf(bytes), width, numbers, bytes.length);
  return numbers;
}

function readerOf(bytes: Uint8Array, offset = 0) {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), offset };
}

/** A number of up to four bytes, the lowest first. */
function numberAt(bytes: Uint8Array, at: number, size: number): number {
  let number = 0;
  for (let i = 0; i < size; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw new SyntaxError("a page ends too early");
    number += byte * 2 ** (8 * i);
  }
  return number;
}
