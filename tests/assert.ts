/**
 * The assertions of the tests, which import it as `@std/assert`.
 *
 * @module
 */

import { assertEquals as judge } from "./deps/assert.ts";
import { isSamePlain } from "./plain_data.ts";

export * from "./deps/assert.ts";

/** Leaves to the standard library what is not seen to be the same at once: its look takes longer. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  if (!isSamePlain(actual, expected)) judge(actual, expected, message);
}
