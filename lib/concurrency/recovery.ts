/**
 * The limit after a throttled request: a cut, then a curve back to what the server bore.
 *
 * Every request under way that is refused lowers the number that was borne by one, whether
 * the server counts requests at once or by the second. The cut leaves nine tenths of it (as
 * Netflix's concurrency-limits do when a request is dropped), but at least half of the limit,
 * since the requests under way at one moment say no more than that moment. The curve is
 * CUBIC's (RFC 9438, section 4.2; the time in seconds, a request in place of a segment): fast
 * at first, flat near the number that was borne, then slowly and ever faster beyond it, in
 * case the server bears more by now.
 *
 * @module
 */

/** C of RFC 9438. */
const SCALE = 0.4;
const KEPT = 0.9;

/** A request that the server refused. */
export interface Refused {
  readonly sentMs: number;
  readonly nowMs: number;
}

/** One cut and the way back from it. */
export class Recovery {
  readonly #half: number;
  #borne: number;
  #sinceMs: number;

  /**
   * @param limit how many tasks were allowed.
   * @param running how many of them ran, the refused one included.
   */
  constructor({ limit, running }: { limit: number; running: number }, { nowMs }: Refused) {
    this.#half = Math.max(1, Math.floor(limit / 2));
    this.#borne = Math.min(limit, running) - 1;
    this.#sinceMs = nowMs;
  }

  /** Counts one more, if it was sent before the cut; tells whether it was. */
  covers({ sentMs, nowMs }: Refused): boolean {
    if (sentMs > this.#sinceMs) return false;
    this.#borne--;
    this.#sinceMs = nowMs;
    return true;
  }

  /** The limit right after the cut. */
  get lowest(): number {
    return Math.max(this.#half, Math.floor(KEPT * this.#borne));
  }

  /** The number that the server bore. */
  get origin(): number {
    return Math.max(this.#half, this.#borne);
  }

  /** From this limit on, so far beyond what was borne, the cut says nothing any more. */
  get forgottenAt(): number {
    return this.origin + Math.max(8, Math.floor(this.origin / 4));
  }

  /** The limit on the curve. */
  limitAt(nowMs: number): number {
    const { origin, lowest } = this;
    const seconds = (nowMs - this.#sinceMs) / 1_000;
    return Math.floor(origin + SCALE * (seconds - Math.cbrt((origin - lowest) / SCALE)) ** 3);
  }
}
