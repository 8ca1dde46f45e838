/**
 * Gathers the cells of one column for a row group, and finds the different values among them.
 *
 * @module
 */

import type { Rows } from "./rows.ts";

const FIRST_ROWS = 1 << 10;

/** The cells of a column of one row group. */
export abstract class Column {
  /** How many rows there are, and how many of them have a value. */
  rows = 0;
  filled = 0;
  /** For each row 1 when it has a value, else 0. */
  levels = new Uint8Array(FIRST_ROWS);

  /**
   * Adds the cells that stand at a place of some rows. One with nothing in it is null, unless it is
   * text in quotes.
   *
   * @returns the first row whose cell is no value of the column's kind; `to` when there is none.
   */
  abstract add(rows: Rows, place: number, from: number, to: number): number;

  /** The different values, of which there are no more than a number. */
  abstract dictionary(most: number): Dictionary | undefined;

  /** Bytes that the values of all rows take plainly. */
  abstract get plainBytes(): number;

  /** The values of all rows that have one, as Parquet has them plainly. */
  abstract plain(): Uint8Array<ArrayBuffer>;

  /** The least and the greatest value; none where there is no value. */
  abstract range(): { min: Bound; max: Bound } | undefined;

  /** Adds rows without a value. */
  addNulls(count: number): void {
    this.reserve(count);
    this.levels.fill(0, this.rows, this.rows + count);
    this.rows += count;
  }

  /** Begins the next row group. */
  clear(): void {
    this.rows = 0;
    this.filled = 0;
  }

  /** Makes room for more rows. */
  protected reserve(count: number): void {
    if (this.rows + count > this.levels.length) {
      this.levels = grown(this.levels, 2 * (this.rows + count));
    }
  }
}

/** Different values, and which one each row that has a value has. */
export interface Dictionary {
  readonly count: number;
  /** As Parquet has them plainly. */
  readonly values: Uint8Array<ArrayBuffer>;
  readonly indices: Uint32Array;
}

/** A least or greatest value, as the metadata of a column has it. */
export type Bound = bigint | number | Uint8Array;

/** The same numbers, with room for more; the array that is given is empty afterwards. */
export function grown<Numbers extends Uint8Array | Uint32Array | Int32Array>(
  { buffer, length, constructor, BYTES_PER_ELEMENT }: Numbers,
  more: number = length * 2,
): Numbers {
  const larger = (buffer as ArrayBuffer).transfer(more * BYTES_PER_ELEMENT);
  return new (constructor as new (buffer: ArrayBuffer) => Numbers)(larger);
}

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
