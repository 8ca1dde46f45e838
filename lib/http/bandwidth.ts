/**
 * Bounds how many bytes a second are read, over all connections that share it.
 *
 * Reads are booked on one time line, each as long as its bytes take at the limit, and a read waits
 * until its time comes. What a connection did not use of its booking is given back. Pure: whoever
 * books tells the time, and does the waiting.
 *
 * @module
 */

/** So much time that nobody used may be made up for. */
const BURST_MS = 100;
/** No booking is longer than this at the limit, so that connections take turns. */
const TURN_MS = 50;
const MAX_TURN_BYTES = 256 * 1024;

/** How many bytes may be read, and when. */
export interface Turn {
  /** At least 1. */
  readonly bytes: number;
  /** How long to wait before. */
  readonly waitMs: number;
}

/** The time line. */
export class Bandwidth {
  readonly #bytesPerMs: number;
  /** The end of all that is booked. */
  #bookedMs = -Infinity;

  /**
   * Books nothing yet.
   *
   * @throws {RangeError} when the limit is no number of bytes.
   */
  constructor(bytesPerSecond: number) {
    if (!(bytesPerSecond >= 1 && bytesPerSecond < Infinity)) {
      throw new RangeError(
        `Cannot read ${bytesPerSecond} bytes a second: want a number of at least 1`,
      );
    }
    this.#bytesPerMs = bytesPerSecond / 1_000;
  }

  /** Books a read of at most so many bytes. */
  book(wanted: number, nowMs: number): Turn {
    const turn = Math.floor(Math.min(MAX_TURN_BYTES, TURN_MS * this.#bytesPerMs));
    const bytes = Math.max(1, Math.min(wanted, turn));
    const startMs = Math.max(this.#bookedMs, nowMs - BURST_MS);
    this.#bookedMs = startMs + bytes / this.#bytesPerMs;
    return { bytes, waitMs: Math.max(0, startMs - nowMs) };
  }

  /** Takes back what was booked and not read. */
  giveBack(bytes: number): void {
    this.#bookedMs -= bytes / this.#bytesPerMs;
  }
}
