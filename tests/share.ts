/**
 * How much tests play of what is many: a sample, or everything in torture's part `bits`.
 *
 * @module
 */

/** Whether everything is played. */
export const playsAll: boolean = Deno.env.has("FLATFETCH_TEST_EVERYTHING");

/** Whether properties are tried with examples that are drawn anew. */
export const drawsAnew: boolean = Deno.env.has("FLATFETCH_TEST_ANEW");

/** Each of some things, or each `step`th unless everything is played. */
export function shareOf<T>(all: readonly T[], step: number): T[] {
  return playsAll ? [...all] : all.filter((_, i) => i % step === 0);
}
