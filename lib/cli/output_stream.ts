/**
 * Writing to a stream completely.
 *
 * @module
 */

/** What is used of `Deno.stdout` and `Deno.stderr`. */
export interface OutputStream {
  /** Writes some of the bytes, at least one, and returns how many. */
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

/**
 * Writes every byte before it returns, text as UTF-8. A pipe that another process has
 * made non-blocking refuses writes while it is full: they are tried again until its
 * reader has made room.
 *
 * @throws the system's error, `BrokenPipe` when the reader has gone.
 */
export function writeAll(
  stream: OutputStream,
  content: string | Uint8Array,
): void {
  let rest = typeof content === "string" ? new TextEncoder().encode(content) : content;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(stream.writeSync(rest));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      pause();
    }
  }
}

/** Sleeps for some milliseconds; nothing else runs meanwhile. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}
