/**
 * Writing to a stream completely.
 *
 * @module
 */

import { delay } from "../deps/deno_std.ts";
import { reasonOf } from "../errors.ts";

/** What is used of `Deno.stdout` and `Deno.stderr`. */
export interface OutputStream {
  /** Writes some of the bytes, at least one, and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** The same at once. */
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
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

/**
 * Writes every byte before it resolves, text as UTF-8. Signals come through while a reader
 * takes its time. A pipe that another process has made non-blocking refuses writes while it is
 * full: they are tried again until its reader has made room.
 *
 * @throws the system's error, `BrokenPipe` when the reader has gone.
 */
export async function writeAll(stream: OutputStream, content: string | Uint8Array): Promise<void> {
  let rest = bytesOf(content);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(await stream.write(rest));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await delay(PAUSE_MS);
    }
  }
}

/**
 * Writes every byte at once, as {@linkcode writeAll} does, though to a full pipe that does not
 * wait itself for half a second at most.
 *
 * @throws the system's error, `WouldBlock` when that time is over.
 */
export function writeAllSync(stream: OutputStream, text: string): void {
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
