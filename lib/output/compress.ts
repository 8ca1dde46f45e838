/**
 * Compresses the bytes of a text format.
 *
 * @module
 */

import { pipeline } from "node:stream/promises";
import { createGzip, createZstdCompress } from "node:zlib";
import type { Compression } from "./format.ts";

/** The chunks as one gzip member, or one frame of Zstandard, which every reader takes. */
export async function* compress(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  compression: Compression,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const compressor = compression === "gz" ? createGzip() : createZstdCompress();
  // A failure of the chunks destroys the compressor, whose reader gets the failure.
  const fed = pipeline(chunks, compressor).catch(() => {});
  try {
    for await (const chunk of compressor) yield new Uint8Array(chunk);
  } finally {
    compressor.destroy();
    await fed;
  }
}
