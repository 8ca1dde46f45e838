/** What moves the prices of invented stocks: numbers of variance 1, from a seed. */

import { hashText, unit } from "../../fixtures/random.ts";

/** Numbers of the normal distribution. */
export function normal(seed: number): () => number {
  const hash = hashText("walk", seed);
  let n = 0;
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - unit(hash, n++)));
    return radius * Math.cos(2 * Math.PI * unit(hash, n++));
  };
}

/** Student's t with 3 degrees of freedom: as fat as the tails of a wild stock. */
export function fatTailed(seed: number): () => number {
  const next = normal(seed);
  return () => next() / Math.hypot(next(), next(), next());
}
