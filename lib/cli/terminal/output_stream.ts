/**
 * Writing to a stream completely.
 *
 * @module
 */

import { delay } from "../../deps/std_async.ts";
import { reasonOf } from "../../errors.ts";

/** What is used of `Deno.stdout` and `Deno.stderr`. */
export interface OutputStream {
  /** Writes some of the bytes, at least one, and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** The same at once. */
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
  /** Whether it refuses what it has no room for, instead of waiting. @default {() => false} */
  isNonBlocking?(): boolean;
  /** Waits until what was taken at once has been written. @default {() => Promise.resolve()} */
  written?(): Promise<void>;
}

/** Standard output does not take what is written to it, as on a full disk. */
export class StdoutError extends Error {
  override readonly name = "StdoutError";
  /** The system's code, such as `"ENOSPC"`, where it gave one. */
  readonly code: string | undefined;

  constructor(override readonly cause: unknown) {
    super(`Cannot write to standard output: ${reasonOf(cause)}`, { cause });
    this.code = (cause as { code?: string }).code;
  }
}

/** How long a full pipe that does not wait itself is left alone. */
const PAUSE_MS = 5;

/** How long the process stands still for a reader at most. */
const PATIENCE_MS = 500;

/** Standard output, as far as it is used. */
export const STDOUT: OutputStream = {
  write: (bytes) => Deno.stdout.write(bytes),
  writeSync: (bytes) => Deno.stdout.writeSync(bytes),
  isTerminal: () => Deno.stdout.isTerminal(),
  isNonBlocking: () => isNonBlocking(1),
};

/**
 * Standard error. A terminal is written to at once. What goes to a pipe or a file is taken at
 * once and written in its order meanwhile, so that a reader who takes its time, as `less` does,
 * neither slows the run down nor keeps signals from being heard. Nobody is told when it cannot
 * be written.
 */
export class Stderr implements OutputStream {
  #isClosed = false;
  #writing = Promise.resolve();

  isTerminal(): boolean {
    return Deno.stderr.isTerminal();
  }

  write(bytes: Uint8Array): Promise<number> {
    return Deno.stderr.write(bytes);
  }

  writeSync(bytes: Uint8Array): number {
    if (this.isTerminal()) return Deno.stderr.writeSync(bytes);
    const own = bytes.slice();
    this.#writing = this.#writing.then(() => this.#write(own));
    return bytes.length;
  }

  written(): Promise<void> {
    return this.#writing;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let pausedMs = 0;
    for (let rest = bytes; rest.length > 0 && !this.#isClosed;) {
      try {
        rest = rest.subarray(await Deno.stderr.write(rest));
        pausedMs = 0;
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) this.#isClosed = true;
        if (pausedMs >= PATIENCE_MS) return;
        await delay(PAUSE_MS);
        pausedMs += PAUSE_MS;
      }
    }
  }
}

/**
 * Writes every byte before it resolves, text as UTF-8. Signals come through while a reader
 * takes its time.
 *
 * @throws the system's error, `BrokenPipe` when the reader has gone.
 */
export async function writeAll(stream: OutputStream, content: string | Uint8Array): Promise<void> {
  const bytes = bytesOf(content);
  if (stream.isNonBlocking?.()) return await writePieces(stream, bytes);
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await stream.write(rest));
}

const LF = 10;
const NOTHING = new Uint8Array(0);

/** Fewer bytes than Deno's buffer for standard output holds. */
const PIECE_BYTES = 1_000;

/**
 * Writes to a pipe or a terminal that another process has made non-blocking: while it is full
 * it refuses, and Deno does not tell how much of a write it has taken before that. It is known
 * of some pieces: one without a line's end goes into Deno's buffer, is taken whole though
 * refused, and gets out with a later write; a line's end alone is taken or not. (The buffer is
 * Rust's `LineWriter`, which passes on what a line's end completes.)
 */
async function writePieces(stream: OutputStream, bytes: Uint8Array): Promise<void> {
  for (const piece of piecesOf(bytes)) {
    for (let rest = piece;;) {
      try {
        stream.writeSync(rest);
        break;
      } catch (error) {
        if (!(error instanceof Deno.errors.WouldBlock)) throw error;
        if (piece[0] !== LF) rest = NOTHING;
        await delay(PAUSE_MS);
      }
    }
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    const lf = bytes.indexOf(LF, start);
    end = lf === start ? start + 1 : Math.min(lf === -1 ? bytes.length : lf, start + PIECE_BYTES);
    yield bytes.subarray(start, end);
  }
}

/** Whether the system refuses what an open file has no room for; where it tells. */
function isNonBlocking(descriptor: number): boolean {
  const path = `/proc/self/fdinfo/${descriptor}`;
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return false;
  try {
    const [, flags] = /^flags:\s*([0-7]+)$/m.exec(Deno.readTextFileSync(path)) ?? [];
    return flags !== undefined && (parseInt(flags, 8) & 0o4000) !== 0;
  } catch {
    return false;
  }
}

/**
 * Writes every byte to a stream that has no buffer, such as stderr, at once: to a full pipe that
 * does not wait itself for half a second at most.
 *
 * @throws the system's error, `WouldBlock` when that time is over.
 */
export function writeTextSync(stream: OutputStream, text: string): void {
  let rest = bytesOf(text);
  for (let pausedMs = 0; rest.length > 0;) {
    try {
      rest = rest.subarray(stream.writeSync(rest));
    } catch (error) {
      const waits = error instanceof Deno.errors.WouldBlock && pausedMs < PATIENCE_MS;
      if (!waits) throw error;
      pausedMs += PAUSE_MS;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
