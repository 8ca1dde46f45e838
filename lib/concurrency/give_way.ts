/**
 * Gives way in the midst of long work, so that no signal and no timer has to wait for its end.
 *
 * @module
 */

const EVERY_MS = 50;

/**
 * Makes a function to be called between two pieces of one long work. When that has held the thread
 * for 50 milliseconds, the promise waits until everything else that is due has run.
 *
 * @param now the time in milliseconds.
 */
export function givingWay(now: () => number = () => performance.now()): () => Promise<void> {
  let sinceMs = now();
  return async () => {
    if (now() - sinceMs < EVERY_MS) return;
    await new Promise<void>((resolve) => setTimeout(resolve));
    sinceMs = now();
  };
}
