/**
 * The end of a Parquet object of a lake: its footer, four bytes for how long that is, and `PAR1`.
 *
 * A footer of this program is sealed: among its metadata, behind all others, is the CRC-32 of its own
 * bytes up to the end of the object, in eight hexadecimal digits, which are left out of it. With the
 * CRCs in the heads of the pages no byte that a reader goes by is without a proof.
 *
 * @module
 */

import { crc32 } from "node:zlib";
import { METADATA } from "./layout.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const MAGIC = encoder.encode("PAR1");

/** The footer of most objects is in their last bytes, so that one request brings it. */
const TAIL_BYTES = 1 << 16;
const MOST_FOOTER_BYTES = 1 << 26;
/** Bytes behind the footer. */
const TRAILER_BYTES = 8;
const SEAL_BYTES = 8;

/** What stands in the metadata before they are sealed. */
export const UNSEALED = { [METADATA.seal]: "0".repeat(SEAL_BYTES) };

/** How many bytes a footer takes, by the last eight of its object; `undefined` if that is no end. */
export function footerBytes(tail: Uint8Array): number | undefined {
  const at = tail.length - TRAILER_BYTES;
  if (at < 0 || !MAGIC.every((byte, i) => tail[at + 4 + i] === byte)) return undefined;
  return new DataView(tail.buffer, tail.byteOffset + at).getUint32(0, true) + TRAILER_BYTES;
}

/**
 * Asks for the bytes at a file's two ends, span by span, and is to be given them, fewer where the file is
 * shorter.
 *
 * @returns the footer and what stands behind it, or what is wrong with the file, in words.
 */
export function* readEnds(
  size: number,
): Generator<{ readonly start: number; readonly end: number }, Uint8Array | string, Uint8Array> {
  const tailAt = Math.max(0, size - TAIL_BYTES);
  let tail = yield { start: tailAt, end: size };
  const length = footerBytes(tail);
  if (length === undefined) return "it does not end as a Parquet file";
  if (length > size - MAGIC.length) return "its footer is longer than the file";
  if (length > MOST_FOOTER_BYTES) return `its footer has ${length} bytes`;
  const head = tailAt === 0 ? tail : yield { start: 0, end: MAGIC.length };
  if (!MAGIC.every((byte, i) => head[i] === byte)) return "it does not begin as a Parquet file";
  if (length > tail.length) tail = yield { start: size - length, end: size };
  return tail.subarray(tail.length - length);
}

/** Seals the footer that some bytes end with. */
export function sealFooter(bytes: Uint8Array): void {
  const footer = bytes.subarray(bytes.length - footerBytes(bytes)!);
  const at = valueOf(footer, METADATA.seal)!.start;
  footer.set(encoder.encode(crcText(footer, at)), at);
}

/** Whether a footer, with what stands behind it, is as it was sealed. */
export function isSealed(footer: Uint8Array): boolean {
  const seal = valueOf(footer, METADATA.seal);
  if (seal === undefined || seal.end - seal.start !== SEAL_BYTES) return false;
  return metadataIn(footer, METADATA.seal) === crcText(footer, seal.start);
}

/**
 * A value of an object's metadata.
 *
 * @returns `undefined` when the bytes are no end of a Parquet file, or have no such key.
 */
export function metadataIn(tail: Uint8Array, key: string): string | undefined {
  const value = footerBytes(tail) === undefined ? undefined : valueOf(tail, key);
  return value && decoder.decode(tail.subarray(value.start, value.end));
}

/** The CRC-32 of all but the seal at a place. */
function crcText(footer: Uint8Array, at: number): string {
  const crc = crc32(footer.subarray(at + SEAL_BYTES), crc32(footer.subarray(0, at)));
  return crc.toString(16).padStart(SEAL_BYTES, "0");
}

/** Where a key's value is: behind the key, a byte for its type, and its length. */
function valueOf(tail: Uint8Array, key: string): { start: number; end: number } | undefined {
  const wanted = encoder.encode(key);
  const at = lastIndexOf(tail, wanted);
  if (at === -1) return undefined;
  let start = at + wanted.length + 1;
  let [length, shift] = [0, 0];
  for (;;) {
    const byte = tail[start++];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
    shift += 7;
  }
  return { start, end: start + length };
}

function lastIndexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const { length } = wanted;
  for (let at = bytes.lastIndexOf(wanted[0]!, bytes.length - length); at !== -1;) {
    let i = 1;
    while (i < length && bytes[at + i] === wanted[i]) i++;
    if (i === length) return at;
    at = at === 0 ? -1 : bytes.lastIndexOf(wanted[0]!, at - 1);
  }
  return -1;
}
