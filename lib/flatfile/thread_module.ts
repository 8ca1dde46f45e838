/**
 * Where a thread has its module from. The program in one file has another module in the place of
 * this one, which holds the thread's as text: see `tools/bundle.ts`.
 *
 * @module
 */

/** None in a bundle that others make, which has the thread's module nowhere. */
export const THREAD_URL: URL | undefined = import.meta.url.endsWith("/thread_module.ts")
  ? new URL("./extract_worker.ts", import.meta.url)
  : undefined;

/**
 * Nobody calls it: so that Deno has the thread's module with all others before the program says
 * anything, and puts it into a binary.
 */
export const threadModule = () => import("./extract_worker.ts");
