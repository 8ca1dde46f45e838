/**
 * Gathers the cells of one column for a row group: each different value once, and for each row
 * which one it has.
 *
 * A value is looked up by its bits before anything is made of it, so that most cells cost a
 * comparison and no object. Integers never pass through a JavaScript number.
 *
 * @module
 */

/** Stands for an empty cell among the indices. */
export const NULL_INDEX = 0xffff_ffff;

const FIRST_ROWS = 1 << 12;
const FIRST_SLOTS = 1 << 10;

/** The cells of a column of one row group. */
export abstract class Column {
  /** How many rows there are. */
  rows = 0;
  nulls = 0;
  /** How many different values there are. */
  distinct = 0;
  /** For each row its value's place among the different ones, or {@linkcode NULL_INDEX}. */
  indices = new Uint32Array(FIRST_ROWS);
  /** Open addressing; 0 is free, else the place and one. */
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS);

  /**
   * Adds a cell: what is between two places. Nothing there is null, unless it is text in quotes.
   *
   * @returns false when it is no value of the column's kind; it is not added then.
   */
  abstract add(bytes: Uint8Array, start: number, end: number, isQuoted?: boolean): boolean;

  /** Bytes that the different values take, one after the other, as Parquet has them plainly. */
  abstract get plainBytes(): number;

  /** Bytes that the values of all rows would take. */
  abstract get rowBytes(): number;

  /** Writes values plainly, in the order of their places. */
  abstract writeDistinct(to: Uint8Array<ArrayBuffer>): void;

  /** Writes the values of all rows that have one. */
  abstract writeRows(to: Uint8Array<ArrayBuffer>): void;

  /** The least and the greatest value; none where there is no value. */
  abstract range(): { min: Bound; max: Bound } | undefined;

  /** Begins the next row group. */
  clear(): void {
    this.rows = 0;
    this.nulls = 0;
    this.distinct = 0;
    this.#slots.fill(0);
  }

  /** Whether the value at a place is the one that is looked for. */
  protected abstract isAt(place: number): boolean;

  /** Puts the value that was looked for at a place. */
  protected abstract put(place: number): void;

  protected addNull(): true {
    this.nulls++;
    return this.#addIndex(NULL_INDEX);
  }

  /** Adds the value that {@linkcode isAt} knows. */
  protected addValue(hash: number): true {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let found; (found = this.#slots[slot]!) !== 0; slot = (slot + 1) & mask) {
      if (this.#hashes[found - 1] === hash && this.isAt(found - 1)) {
        return this.#addIndex(found - 1);
      }
    }
    const place = this.distinct++;
    if (place >= this.#hashes.length) this.#hashes = grown(this.#hashes);
    this.#hashes[place] = hash;
    this.#slots[slot] = place + 1;
    this.put(place);
    if (this.distinct * 2 > this.#slots.length) this.#rehash();
    return this.#addIndex(place);
  }

  #addIndex(index: number): true {
    if (this.rows === this.indices.length) this.indices = grown(this.indices);
    this.indices[this.rows++] = index;
    return true;
  }

  #rehash(): void {
    const slots = this.#slots = new Int32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (let place = 0; place < this.distinct; place++) {
      let slot = this.#hashes[place]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = place + 1;
    }
  }
}

/** A least or greatest value, as the metadata of a column has it. */
export type Bound = bigint | number | Uint8Array;

/** A copy of twice the length. */
export function grown<Numbers extends Uint8Array | Uint32Array | Int32Array | Float64Array>(
  numbers: Numbers,
  length: number = numbers.length * 2,
): Numbers {
  const more = new (numbers.constructor as new (length: number) => Numbers)(length);
  more.set(numbers);
  return more;
}
