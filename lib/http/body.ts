/**
 * Reads a body to its last byte, no more and no less than was announced.
 *
 * A body that is cut short without a Content-Length looks complete to `fetch`, hence the
 * counting here.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { connectionError } from "./connection_error.ts";

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
  /** Is told of each chunk. */
  readonly onChunk: (count: number) => void;
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
  const reader = response.body?.getReader();
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

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** The chunks as one array, which has its full size from the start where that is known. */
async function collect(
  reader: Reader | undefined,
  expected: number | undefined,
  options: ReadBodyOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const limit = expected ?? options.maxBytes;
  let bytes = new Uint8Array(expected ?? Math.min(limit, 65_536));
  let length = 0;
  for (;;) {
    const chunk = await nextChunk(reader, options);
    if (chunk === undefined) break;
    options.onChunk(chunk.length);
    if (length + chunk.length > limit) {
      throw wrongSize(options, `received more than ${limit} bytes`);
    }
    if (length + chunk.length > bytes.length) {
      const doubled = Math.max(length + chunk.length, bytes.length * 2);
      bytes = grow(bytes, Math.min(limit, doubled));
    }
    bytes.set(chunk, length);
    length += chunk.length;
  }
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

async function nextChunk(
  reader: Reader | undefined,
  { signal, action }: ReadBodyOptions,
): Promise<Uint8Array | undefined> {
  try {
    return (await reader?.read())?.value;
  } catch (error) {
    throw connectionError(error, { action, phase: "body" });
  } finally {
    signal.throwIfAborted();
  }
}

function grow(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(length);
  grown.set(bytes);
  return grown;
}

function wrongSize(options: ReadBodyOptions, what: string): IntegrityError {
  const { action, key } = options;
  return new IntegrityError(`${action}: ${what}`, { key, check: "size" });
}
