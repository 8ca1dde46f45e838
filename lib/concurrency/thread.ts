/**
 * Starts threads, where the program may.
 *
 * @module
 */

/** With fewer bytes of flat files to work on, threads take longer to start than they save. */
export const THREADS_FROM_BYTES = 1 << 20;

/**
 * What keeps threads from starting: there is no module for them, or Deno may not read it. Asks the
 * user nothing.
 */
export function threadHindrance(module: URL | undefined): "bundled" | "not-readable" | undefined {
  if (module === undefined) return "bundled";
  if (module.protocol !== "file:") return undefined;
  const { state } = Deno.permissions.querySync({ name: "read", path: module });
  return state === "granted" ? undefined : "not-readable";
}

/** A thread whose module has said that it is ready; `undefined` when none can be started. */
export async function startThread(
  module: URL | undefined,
  name: string,
): Promise<Worker | undefined> {
  if (module === undefined || threadHindrance(module) !== undefined) return undefined;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const worker = new Worker(module, { type: "module", name });
  worker.onmessage = () => resolve(true);
  worker.onerror = (event) => {
    event.preventDefault();
    resolve(false);
  };
  if (await promise) return worker;
  worker.terminate();
  return undefined;
}
