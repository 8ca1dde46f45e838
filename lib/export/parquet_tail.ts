/**
 * Reads what a Parquet file of an export says of itself out of the bytes at its end.
 *
 * @module
 */

const END = new TextEncoder().encode("PAR1");

/**
 * A value of the file's metadata: its key and its value follow each other there, the value with a byte
 * for its type and its length before it.
 *
 * @returns `undefined` when the bytes are no end of a Parquet file, or have no such key.
 */
export function metadataIn(tail: Uint8Array, key: string): string | undefined {
  if (!END.every((byte, i) => tail[tail.length - END.length + i] === byte)) return undefined;
  const wanted = new TextEncoder().encode(key);
  const at = lastIndexOf(tail, wanted);
  if (at === -1) return undefined;
  let place = at + wanted.length + 1;
  let [length, shift] = [0, 0];
  for (;;) {
    const byte = tail[place++];
    if (byte === undefined) return undefined;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
    shift += 7;
  }
  return new TextDecoder().decode(tail.subarray(place, place + length));
}

function lastIndexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.length - wanted.length; at >= 0; at--) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
