/**
 * Inflates a gzip slice by slice, so that a large text is never held whole.
 *
 * @module
 */

import { pipeline, Readable } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { IntegrityError, quote, StorageError } from "../errors.ts";

/** The bytes of a gzip: in memory, or chunk by chunk, from the beginning each time. */
export type Compressed = Uint8Array | {
  readonly length: number;
  readonly chunks: () => AsyncIterable<Uint8Array>;
};

const MIB = 1 << 20;
const SLICE_BYTES = 1 << 18;
const MIN_SLICE_BYTES = 1 << 14;

/** Up to this many bytes a text is inflated at once, which takes half the time. */
const AT_ONCE_BYTES = 2 * MIB;

/**
 * Gives the text of a gzip to a reader, slice by slice.
 *
 * @throws {IntegrityError} as {@linkcode inflateBytes} does.
 */
export async function inflate(
  key: string,
  compressed: Compressed,
  read: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const slice of inflateBytes(key, compressed)) {
    read(decoder.decode(slice, { stream: true }));
  }
  read(decoder.decode());
}

/**
 * The bytes of a gzip's text, slice by slice; a small one comes whole. Each slice lasts until the
 * next is asked for. Every member is inflated to its last byte, which proves gzip's own CRC and
 * length.
 *
 * @param key names the file in errors.
 * @throws {IntegrityError} with check `"gzip"` when the bytes are not whole gzip, or inflate
 * to more than a flat file can: 16 MiB, or a hundred times their own number.
 */
export async function* inflateBytes(
  key: string,
  compressed: Compressed,
): AsyncGenerator<Uint8Array> {
  const maxOutputLength = Math.max(16 * MIB, 100 * compressed.length);
  // The byte that stays free shows that the text has ended; a full buffer would ask for a second.
  const chunkSize = compressed instanceof Uint8Array ? toldBytes(compressed) + 1 : Infinity;
  const isSmall = chunkSize <= AT_ONCE_BYTES && compressed.length <= AT_ONCE_BYTES;
  if (isSmall && compressed instanceof Uint8Array) {
    const bytes = inflateAtOnce(key, compressed, { chunkSize, maxOutputLength });
    yield bytes;
    freeWhole(bytes);
  } else yield* inflateSlices(key, compressed, maxOutputLength);
}

function inflateAtOnce(
  key: string,
  compressed: Uint8Array,
  options: { chunkSize: number; maxOutputLength: number },
): Uint8Array {
  try {
    const { buffer, engine } = gunzipSync(compressed, {
      ...options,
      info: true,
    }) as unknown as Inflated;
    requireEnd(engine.bytesWritten, compressed);
    return buffer;
  } catch (cause) {
    throw damaged(key, cause, options.maxOutputLength);
  }
}

/** The free byte included; nothing of this length shares its memory. */
function freeWhole({ buffer }: Uint8Array): void {
  freeBuffer(new Uint8Array(buffer));
}

/** What `info` asks for, of which the types do not know. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/** Zeros behind the last member are passed over in silence. */
function requireEnd(bytesRead: number, { length }: Compressed): void {
  if (bytesRead !== length) throw new Error(`${length - bytesRead} bytes follow its end`);
}

async function* inflateSlices(
  key: string,
  compressed: Compressed,
  maxOutputLength: number,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: SLICE_BYTES });
  if (compressed instanceof Uint8Array) gunzip.end(compressed);
  // Who reads the slices hears of what fails.
  else pipeline(Readable.from(compressed.chunks()), gunzip, () => {});
  let length = 0;
  try {
    for await (const slice of gunzip as AsyncIterable<Uint8Array>) {
      length += slice.length;
      if (length > maxOutputLength) throw new RangeError();
      yield slice;
      freeBuffer(slice);
    }
    requireEnd(gunzip.bytesWritten, compressed);
  } catch (cause) {
    throw cause instanceof StorageError ? cause : damaged(key, cause, maxOutputLength);
  }
}

function damaged(key: string, cause: unknown, maxOutputLength: number): IntegrityError {
  const why = cause instanceof RangeError
    ? `it inflates to more than ${maxOutputLength} bytes`
    : (cause as Error).message;
  return new IntegrityError(`Cannot inflate ${quote(key)}: ${why}`, { key, check: "gzip", cause });
}

/** The length of the text that the last four bytes tell: a hint, true of a single member. */
function toldBytes({ buffer, byteOffset, length }: Uint8Array): number {
  const told = length < 4 ? 0 : new DataView(buffer, byteOffset + length - 4).getUint32(0, true);
  return Math.max(MIN_SLICE_BYTES, told);
}

/**
 * Frees an array's memory, which the collector may not come to for a long time: it looks at the
 * objects, not at the megabytes behind them. The array is empty afterwards. One that shares its
 * memory with others is left alone.
 */
export function freeBuffer(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
