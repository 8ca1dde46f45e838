/**
 * Gives way in the midst of long work, so that no signal and no timer has to wait for its end.
 *
 * @module
 */

const EVERY_MS = 50;

/**
 * Makes a function to be called between two pieces of one long work. When that has held the thread
 * for 50 milliseconds, the promise waits until everything else that is due has run.
 */
export function givingWay(): () => Promise<void> {
  let sinceMs = performance.now();
  return async () => {
    if (performance.now() - sinceMs < EVERY_MS) return;
    await new Promise<void>((resolve) => setTimeout(resolve));
    sinceMs = performance.now();
  };
}
