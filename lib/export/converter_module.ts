/**
 * Where a converting thread has its module from. The program in one file has another module in the
 * place of this one, which holds the thread's as text: see `tools/bundle.ts`.
 *
 * @module
 */

/** None in a bundle that others make, which has the thread's module nowhere. */
export const CONVERTER_URL: URL | undefined = import.meta.url.endsWith("/converter_module.ts")
  ? new URL("./convert_worker.ts", import.meta.url)
  : undefined;

/**
 * Nobody calls it: so that Deno has the thread's module with all others before the program says
 * anything, and puts it into a binary.
 */
export const converterModule = () => import("./convert_worker.ts");
