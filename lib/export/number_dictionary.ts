/**
 * Finds the different values among numbers of 64 bits, by their bits.
 *
 * @module
 */

import type { Dictionary } from "./column.ts";

/** Of more different values Zstandard makes less by itself, in less time. */
const MOST_VALUES = 1 << 12;
const SLOT_BITS = 14;

/** Takes the numbers of one column after another, and uses its memory again. */
export class NumberDictionary {
  readonly #values = new Int32Array(2 * MOST_VALUES);
  /** Open addressing; 0 is free, else a value's place and one. */
  readonly #slots = new Int32Array(1 << SLOT_BITS);
  #indices = new Uint32Array(0);

  /**
   * @param halves Halves of 32 bits, the lower one of each number first.
   * @param most Of more different values there is no dictionary.
   */
  of(halves: Int32Array, most: number): Dictionary | undefined {
    const [values, slots] = [this.#values, this.#slots.fill(0)];
    const limit = Math.min(most, MOST_VALUES);
    const numbers = halves.length / 2;
    if (this.#indices.length < numbers) this.#indices = new Uint32Array(numbers);
    const indices = this.#indices;
    let count = 0;
    for (let i = 0; i < numbers; i++) {
      const [low, high] = [halves[2 * i]!, halves[2 * i + 1]!];
      let slot = Math.imul(low ^ Math.imul(high, 0x85eb_ca6b), 0x9e37_79b1) >>> 32 - SLOT_BITS;
      let place;
      while ((place = slots[slot]! - 1) !== -1) {
        if (values[2 * place] === low && values[2 * place + 1] === high) break;
        slot = slot + 1 & slots.length - 1;
      }
      if (place === -1) {
        if (count >= limit) return undefined;
        place = count++;
        slots[slot] = count;
        values[2 * place] = low;
        values[2 * place + 1] = high;
      }
      indices[i] = place;
    }
    return {
      count,
      values: new Uint8Array(values.buffer, 0, 8 * count),
      indices: indices.subarray(0, numbers),
    };
  }
}
