/**
 * Proves the pages of an object of a lake, as `export/column_chunk.ts` writes them: their bytes by
 * their CRC-32, their heads by the footer. Nothing is inflated.
 *
 * @module
 */

import { ByteWriter, serializeTCompactProtocol } from "../deps/hyparquet_writer.ts";
import type { GroupFacts, ReadBytes } from "./check_footer.ts";
import { provedPage } from "./column_pages.ts";

type ChunkFacts = GroupFacts["chunks"][number];

/** What is wrong with the pages of an object, whose footer is right; `undefined` when nothing is. */
export async function pagesDefect(
  groups: readonly GroupFacts[],
  read: ReadBytes,
): Promise<string | undefined> {
  for (const [i, { start, rows, chunks }] of groups.entries()) {
    const size = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
    const bytes = await read(start, start + size);
    let at = 0;
    for (const chunk of chunks) {
      const own = bytes.subarray(at, at += chunk.bytes);
      if (isProved(own, rows, chunk)) continue;
      return `column ${chunk.name} of row group ${i + 1} is not as it was written`;
    }
  }
  return undefined;
}

function isProved(bytes: Uint8Array, rows: number, chunk: ChunkFacts): boolean {
  const { hasDictionary } = chunk;
  try {
    const dictionary = hasDictionary ? provedPage(bytes, 0) : undefined;
    const data = provedPage(bytes, dictionary?.end ?? 0);
    // Parquet's numbers for a page of data or a dictionary, and for encodings.
    const ofData = { field_1: rows, field_2: hasDictionary ? 8 : 0, field_3: 3, field_4: 3 };
    const isData = isHead(data, { field_1: 0, field_5: ofData });
    const count = dictionary?.head.field_7?.field_1;
    const ofDictionary = { field_1: 2, field_7: { field_1: count, field_2: 0 } };
    const isDictionary = dictionary === undefined || isHead(dictionary, ofDictionary);
    const pages = dictionary === undefined ? [data] : [dictionary, data];
    const uncompressed = pages.reduce((sum, one) => sum + one.headBytes + one.head.field_2, 0);
    return isData && isDictionary && data.end === bytes.length &&
      uncompressed === chunk.uncompressedBytes;
  } catch {
    // Bytes that are no page at all end in any kind of error.
    return false;
  }
}

/** Whether a page's head is, byte by byte, the one that is written with these fields. */
function isHead(
  { head, headBytes, bytes }: ReturnType<typeof provedPage>,
  { field_1, ...rest }: {
    readonly field_1: number;
    readonly field_5?: object;
    readonly field_7?: object;
  },
): boolean {
  const writer = new ByteWriter(64);
  const { field_2, field_3, field_4 } = head;
  serializeTCompactProtocol(writer, { field_1, field_2, field_3, field_4, ...rest });
  const wanted = writer.getBytes();
  return wanted.length === headBytes && wanted.every((byte, i) => bytes[i] === byte);
}
