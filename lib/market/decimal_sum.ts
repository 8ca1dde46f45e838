/**
 * Sums numbers that were written as decimals, without the noise of their binary fractions.
 *
 * @module
 */

/** A sum that grows; `null` counts for nothing, and is the sum when there is nothing else. */
export class DecimalSum {
  #count = 0;
  #decimals = 0;
  #sum = 0;
  /** What rounding has taken from the sum so far (Neumaier). */
  #lost = 0;

  /** Adds a number that is not negative. */
  add(value: number | null): void {
    if (value === null) return;
    this.#count++;
    this.#decimals = Math.max(this.#decimals, decimalsOf(value));
    const sum = this.#sum + value;
    const [large, small] = this.#sum < value ? [value, this.#sum] : [this.#sum, value];
    this.#lost += large - sum + small;
    this.#sum = sum;
  }

  /** With as many decimals as the number has that has most. */
  get value(): number | null {
    if (this.#count === 0) return null;
    const sum = this.#sum + this.#lost;
    if (this.#count === 1 || !Number.isFinite(sum)) return this.#sum;
    return Number(sum.toFixed(this.#decimals));
  }
}

/** The decimals that a number is written with, as far as a double can have any that matter. */
function decimalsOf(value: number): number {
  if (Number.isInteger(value)) return 0;
  const [digits = "", exponent = "0"] = String(value).split("e");
  const point = digits.indexOf(".");
  const written = point === -1 ? 0 : digits.length - point - 1;
  return Math.min(100, Math.max(0, written - Number(exponent)));
}
