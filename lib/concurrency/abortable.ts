/**
 * Ends the wait for a promise when a signal aborts.
 *
 * @module
 */

/**
 * The promise, unless a signal aborts first: then it rejects with the signal's reason, and what
 * becomes of the promise counts no more. A signal that has aborted already goes before any result.
 */
export async function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await promise;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([aborted.promise, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
