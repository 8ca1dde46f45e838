/**
 * How often a request is tried, and how long it waits in between; how often all of a run are.
 *
 * Pure: no clock, no network, no randomness of its own.
 *
 * @module
 */

/** Attempts of one request, the first included. */
export const MAX_ATTEMPTS = 6;
/** The first upper bound of a delay; it doubles with each attempt. */
const BASE_DELAY_MS = 100;
/** The same after an answer that asks to slow down. */
const THROTTLED_BASE_DELAY_MS = 1_000;
/** No upper bound of a delay grows beyond this. */
export const MAX_DELAY_MS = 20_000;
/** The most that a server's own hint can add to a delay. */
export const MAX_HINT_MS = 60_000;
/** What a fresh quota holds. */
export const QUOTA_TOKENS = 500;
/** What a retry takes from the quota. */
export const TOKENS_PER_RETRY = 5;

/**
 * How long to wait before the next attempt, in milliseconds: full jitter, on top of what
 * the server asks for.
 *
 * @param attempt The attempt that failed; the first is 1.
 * @param random Returns a number from 0 up to, not including, 1.
 * @param hintMs What the server asks to wait.
 */
export function backoffMs(
  attempt: number,
  kind: "retry" | "throttle",
  random: () => number,
  hintMs = 0,
): number {
  const base = kind === "throttle" ? THROTTLED_BASE_DELAY_MS : BASE_DELAY_MS;
  const bound = Math.min(MAX_DELAY_MS, base * 2 ** (attempt - 1));
  return Math.min(MAX_HINT_MS, Math.max(0, hintMs)) + random() * bound;
}

/** The retries that all requests of a run may still spend on failures. */
export class RetryQuota {
  #tokens = QUOTA_TOKENS;

  /** Tokens that are left. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Takes what one retry costs; false, and nothing is taken, when too little is left. */
  take(): boolean {
    if (this.#tokens < TOKENS_PER_RETRY) return false;
    this.#tokens -= TOKENS_PER_RETRY;
    return true;
  }

  /** Gives back what this many retries took, once their request has succeeded. */
  giveBack(retries: number): void {
    const tokens = this.#tokens + retries * TOKENS_PER_RETRY;
    this.#tokens = Math.min(QUOTA_TOKENS, tokens);
  }
}
