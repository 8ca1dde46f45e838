/**
 * Reads a text file that a person has made, whatever editor has saved it and whatever its path
 * leads to: it never waits without end, and never takes more than a bound.
 *
 * @module
 */

import { delay } from "./deps/std_async.ts";

/** How a text file is read. */
export interface TextFileOptions {
  /** Ends a wait for what a pipe is to give. */
  readonly signal?: AbortSignal | undefined;
  /** How long a pipe or a device may take in all. @default {8_000} */
  readonly patienceMs?: number;
  /** A larger file is refused. @default {8 MiB} */
  readonly maxBytes?: number;
}

/** Why a text cannot be read, in words that follow a colon. */
export class UnreadableTextError extends Error {
  static {
    this.prototype.name = "UnreadableTextError";
  }

  /** Whether there is no file. */
  readonly isMissing: boolean;

  /** The words are those of the user's trouble, never a part of the text. */
  constructor(reason: string, { isMissing = false, cause }: {
    isMissing?: boolean;
    cause?: unknown;
  } = {}) {
    super(reason, { cause });
    this.isMissing = isMissing;
  }
}

const LOOK_EVERY_MS = 20;
const CHUNK_BYTES = 1 << 16;
const MAX_BYTES = 8 << 20;

/**
 * The text, whose lines end in LF: UTF-8, with a byte order mark or without, or UTF-16 with
 * one; lines may end in CR LF or CR as well. A pipe, such as the shell makes for `<(command)`, is
 * read to its end.
 *
 * @throws {UnreadableTextError} when there is none, the system does not give it, it is too large,
 * it does not come in time, or it is in another encoding.
 */
export async function readTextFile(path: string, options: TextFileOptions = {}): Promise<string> {
  return textOf(await readBytes(path, options));
}

/**
 * The text of a stream, likewise, read to its end however long that takes. An abort rejects with
 * the signal's reason.
 *
 * @throws {UnreadableTextError} when it is too large, or in another encoding.
 */
export async function readTextStream(
  stream: ReadableStream<Uint8Array>,
  { signal, maxBytes = MAX_BYTES }: Pick<TextFileOptions, "signal" | "maxBytes"> = {},
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readChunks(stream, signal)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
  }
  return textOf(join(chunks, length));
}

/**
 * What comes out of a stream, which is cancelled once no more of it is wanted. An abort rejects with
 * the signal's reason, also while nothing comes.
 */
export async function* readChunks(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  const reader = stream.getReader();
  const end = () => void reader.cancel();
  signal?.addEventListener("abort", end, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal?.removeEventListener("abort", end);
    await reader.cancel();
  }
}

async function readBytes(
  path: string,
  { signal, patienceMs = 8_000, maxBytes = MAX_BYTES }: TextFileOptions,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const endMs = performance.now() + patienceMs;
  using file = await openAtOnce(path);
  for (;;) {
    const chunk = file.read();
    if (chunk?.length === 0) {
      if (length > 0 || !file.isPipe) return join(chunks, length);
      throw new UnreadableTextError("it is a pipe out of which nothing comes");
    } else if (chunk !== undefined) {
      chunks.push(chunk);
      length += chunk.length;
    } else if (performance.now() < endMs) {
      await delay(LOOK_EVERY_MS, signal && { signal });
    } else {
      throw new UnreadableTextError(`it did not end within ${patienceMs / 1_000} seconds`);
    }
    if (length > maxBytes) throw tooLarge(maxBytes);
  }
}

interface OpenFile extends Disposable {
  readonly isPipe: boolean;
  /** The next bytes: none at the end, `undefined` when they have still to come. */
  read(): Uint8Array | undefined;
}

/** A file that neither holds whoever opens it nor whoever reads it, as a silent pipe does else. */
async function openAtOnce(path: string): Promise<OpenFile> {
  const { closeSync, constants, fstatSync, openSync, readSync } = await import("node:fs");
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const file = onSystem(() => openSync(path, flags))!;
  const buffer = new Uint8Array(CHUNK_BYTES);
  return {
    isPipe: fstatSync(file).isFIFO(),
    read() {
      const length = onSystem(() => readSync(file, buffer));
      return length === undefined ? undefined : buffer.slice(0, length);
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

/** What a call of the system gives; `undefined` when it has nothing yet. */
function onSystem<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (codeOf(error) === "EAGAIN") return undefined;
    throw unreadable(error);
  }
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "permission denied",
  EISDIR: "it is a directory",
  ELOOP: "it is a symbolic link to itself",
  ENXIO: "nothing is there to read from",
};

/** The lack of one of Deno's own permissions is passed on as it is. */
function unreadable(error: unknown): unknown {
  if (error instanceof Deno.errors.NotCapable) return error;
  const code = codeOf(error);
  const reason = code === undefined ? (error as Error).message : REASONS[code] ?? code;
  return new UnreadableTextError(reason, { isMissing: reason === REASONS.ENOENT, cause: error });
}

function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : undefined;
}

function tooLarge(maxBytes: number): UnreadableTextError {
  return new UnreadableTextError(`it has more than ${maxBytes >> 20} MiB`);
}

function textOf(bytes: Uint8Array): string {
  return decodeText(bytes).replace(/\r\n?/g, "\n");
}

function decodeText(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw notText(bytes, encoding);
  }
  if (!text.includes("\0")) return text;
  throw new UnreadableTextError("it has NUL characters; save it as UTF-8 text");
}

/** By the mark with which an editor begins a file. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}

function notText(bytes: Uint8Array, encoding: string): UnreadableTextError {
  const before = new TextDecoder(encoding).decode(bytes).split("\ufffd", 1)[0]!;
  const line = before.split(/\r\n?|\n/).length;
  const name = encoding.slice(0, 6).toUpperCase().replace(/-$/, "");
  return new UnreadableTextError(`line ${line} is no ${name}; save it as UTF-8 text`);
}
