/**
 * Reads a body to its last byte, no more and no less than was announced.
 *
 * A body that is cut short without a Content-Length looks complete to `fetch`, hence the
 * counting here.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { connectionError } from "./connections.ts";

/** What a body must keep to. */
export interface ReadBodyOptions {
  /** Ends the reading; rejects with its reason. */
  readonly signal: AbortSignal;
  /** The key, or the prefix of a listing, for errors. */
  readonly key: string;
  /** What an error's message begins with. */
  readonly action: string;
  /** Bytes that it must have, where it is known. */
  readonly size?: number | undefined;
  /** Bytes that it may have. */
  readonly maxBytes: number;
  /** Is called with each chunk. */
  readonly onChunk: (count: number) => void;
  /** Bounds how fast it is read. */
  readonly pace?: ReadPace | undefined;
}

/** What a body is read by where there is a limit of bytes a second. */
export interface ReadPace {
  /** Waits, and resolves with how many of the wanted bytes may be read then. */
  admit(wanted: number): Promise<number>;
  /** Takes back what was admitted and not read. */
  giveBack(count: number): void;
}

/** The Content-Length, where it is a number. */
export function contentLength(response: Response): number | undefined {
  const value = response.headers.get("content-length") ?? "";
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/**
 * Reads the whole body; what it does not read it cancels.
 *
 * @throws {IntegrityError} with check `"size"` when it is shorter or longer than announced.
 * @throws {import("../errors.ts").NetworkError} when the connection breaks.
 */
export async function readBody(
  response: Response,
  options: ReadBodyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { signal } = options;
  const reader = readerOf(response);
  const cancel = () => void reader?.cancel(signal.reason).catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    signal.throwIfAborted();
    const expected = expectedBytes(contentLength(response), options);
    const bytes = await collect(reader, expected, options);
    if (bytes.length === (expected ?? bytes.length)) return bytes;
    throw wrongSize(options, `received ${bytes.length} of ${expected} bytes`);
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}

/** The size that the body must have, if any is known. */
function expectedBytes(
  announced: number | undefined,
  options: ReadBodyOptions,
): number | undefined {
  const { size = announced, maxBytes } = options;
  if (announced !== undefined && announced !== size) {
    throw wrongSize(options, `the server announces ${announced} of ${size} bytes`);
  }
  if (size === undefined || size <= maxBytes) return size;
  throw wrongSize(options, `it has ${size} bytes, at most ${maxBytes} fit`);
}

/** What reads a body: straight into memory that is given, where the body can. */
type Reader = ReadableStreamBYOBReader | ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

function readerOf({ body }: Response): Reader | undefined {
  try {
    return body?.getReader({ mode: "byob" });
  } catch {
    // A stream of chunks that somebody else has made.
    return body?.getReader();
  }
}

/** The body as one array, which has its full size from the start where that is known. */
async function collect(
  reader: Reader | undefined,
  expected: number | undefined,
  options: ReadBodyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const limit = expected ?? options.maxBytes;
  let bytes = new Uint8Array(expected ?? Math.min(limit, 65_536));
  let length = 0;
  for (;;) {
    const { count, ...read } = await readInto(reader, { bytes, length }, options);
    bytes = read.bytes;
    if (read.isEnd) break;
    options.onChunk(count);
    length += count;
    if (length > limit) throw wrongSize(options, `received more than ${limit} bytes`);
    if (length === bytes.length && length < limit) {
      bytes = new Uint8Array(bytes.buffer.transfer(Math.min(limit, bytes.length * 2)));
    }
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

/** An array of which the first bytes are filled. */
interface Filled {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly length: number;
}

interface Read {
  /** The array with what was read in it, as far as there is room; the one before is gone. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  readonly isEnd: boolean;
}

/** Reads what comes next behind what is there. */
async function readInto(
  reader: Reader | undefined,
  filled: Filled,
  { signal, action, pace }: ReadBodyOptions,
): Promise<Read> {
  try {
    if (reader === undefined) return { bytes: filled.bytes, count: 0, isEnd: true };
    return reader instanceof ReadableStreamBYOBReader
      ? await readDirectly(reader, filled, pace)
      : await readChunk(reader, filled, pace);
  } catch (error) {
    throw connectionError(error, { action });
  } finally {
    signal.throwIfAborted();
  }
}

/** Into the array itself; once that is full, one more byte is asked for, which must not come. */
async function readDirectly(
  reader: ReadableStreamBYOBReader,
  { bytes, length }: Filled,
  pace: ReadPace | undefined,
): Promise<Read> {
  const isFull = length === bytes.length;
  const room = bytes.length - length;
  const admitted = isFull || pace === undefined ? room : await pace.admit(room);
  const view = isFull ? new Uint8Array(1) : bytes.subarray(length, length + admitted);
  const { value, done } = await reader.read(view);
  if (!isFull) pace?.giveBack(admitted - (value?.length ?? 0));
  const isKept = isFull || value === undefined;
  return {
    bytes: isKept ? bytes : new Uint8Array(value.buffer),
    count: value?.length ?? 0,
    isEnd: done,
  };
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  { bytes, length }: Filled,
  pace: ReadPace | undefined,
): Promise<Read> {
  const { value, done } = await reader.read();
  if (done) return { bytes, count: 0, isEnd: true };
  const count = value.length;
  for (let left = count; pace !== undefined && left > 0;) left -= await pace.admit(left);
  const grown = length + count > bytes.length
    ? new Uint8Array(bytes.buffer.transfer(Math.max(length + count, bytes.length * 2)))
    : bytes;
  grown.set(value, length);
  return { bytes: grown, count, isEnd: false };
}

function wrongSize(options: ReadBodyOptions, what: string): IntegrityError {
  const { action, key } = options;
  return new IntegrityError(`${action}: ${what}`, { key, check: "size" });
}
