/**
 * Columns of numbers, whose values are compared by their 64 bits.
 *
 * @module
 */

import { putInteger, readDouble } from "./cells.ts";
import { Column, grown, NULL_INDEX } from "./column.ts";

/** Values are pairs of 32 bits, the lower one first, as the file has them. */
abstract class NumberColumn extends Column {
  protected values = new Int32Array(1 << 11);
  /** The halves of the value that is added. */
  protected low = 0;
  protected high = 0;

  override get plainBytes(): number {
    return 8 * this.distinct;
  }

  override get rowBytes(): number {
    return 8 * (this.rows - this.nulls);
  }

  override writeDistinct(to: Uint8Array<ArrayBuffer>): void {
    to.set(new Uint8Array(this.values.buffer, 0, this.plainBytes));
  }

  override writeRows(to: Uint8Array<ArrayBuffer>): void {
    const numbers = new Int32Array(to.buffer, 0, to.length / 4);
    let at = 0;
    for (let row = 0; row < this.rows; row++) {
      const place = this.indices[row]!;
      if (place === NULL_INDEX) continue;
      numbers[at++] = this.values[2 * place]!;
      numbers[at++] = this.values[2 * place + 1]!;
    }
  }

  protected addPair(): true {
    const mixed = Math.imul(this.low ^ Math.imul(this.high, 0x85eb_ca6b), 0xc2b2_ae35);
    return this.addValue(mixed ^ mixed >>> 15 ^ this.high);
  }

  protected override isAt(place: number): boolean {
    return this.values[2 * place] === this.low && this.values[2 * place + 1] === this.high;
  }

  protected override put(place: number): void {
    if (2 * place >= this.values.length) this.values = grown(this.values);
    this.values[2 * place] = this.low;
    this.values[2 * place + 1] = this.high;
  }
}

/** Whole numbers of 64 bits. */
export class IntegerColumn extends NumberColumn {
  readonly #halves = new Uint32Array(2);
  /** Whether the last row has a value; its upper half, and its lower half without a sign. */
  isLastThere = false;
  lastHigh = 0;
  lastLow = 0;

  override add(bytes: Uint8Array, start: number, end: number): boolean {
    this.isLastThere = start !== end;
    if (start === end) return this.addNull();
    if (!putInteger(bytes, start, end, this.#halves, 0)) return false;
    this.low = this.#halves[0]! | 0;
    this.high = this.#halves[1]! | 0;
    this.lastHigh = this.high;
    this.lastLow = this.low >>> 0;
    return this.addPair();
  }

  override range(): { min: bigint; max: bigint } | undefined {
    if (this.distinct === 0) return undefined;
    const values = new BigInt64Array(this.values.buffer, 0, this.distinct);
    let [min, max] = [values[0]!, values[0]!];
    for (const value of values) {
      if (value < min) min = value;
      else if (value > max) max = value;
    }
    return { min, max };
  }
}

/** Numbers with fractions, each the nearest double. */
export class DoubleColumn extends NumberColumn {
  readonly #number = new Float64Array(1);
  readonly #halves = new Int32Array(this.#number.buffer);

  override add(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end) return this.addNull();
    const value = readDouble(bytes, start, end);
    if (value === undefined) return false;
    this.#number[0] = value;
    this.low = this.#halves[0]!;
    this.high = this.#halves[1]!;
    return this.addPair();
  }

  override range(): { min: number; max: number } | undefined {
    if (this.distinct === 0) return undefined;
    const values = new Float64Array(this.values.buffer, 0, this.distinct);
    let [min, max] = [values[0]!, values[0]!];
    for (const value of values) {
      if (value < min) min = value;
      else if (value > max) max = value;
    }
    // Of the two zeros the lower one is the lower bound.
    return { min: min === 0 ? -0 : min, max: max === 0 ? 0 : max };
  }
}

/** Integers among which are fractions: doubles, as long as no digit of a whole number is lost. */
export class WidenedColumn extends DoubleColumn {
  override add(bytes: Uint8Array, start: number, end: number): boolean {
    const isExact = end - start <= 15 || Math.abs(readDouble(bytes, start, end) ?? 0) < 2 ** 53;
    return isExact && super.add(bytes, start, end);
  }
}

/** Dates, as days since the epoch; each is given. */
export class DateColumn extends Column {
  #values = new Int32Array(1 << 5);
  #value = 0;

  override get plainBytes(): number {
    return 4 * this.distinct;
  }

  override get rowBytes(): number {
    return 4 * this.rows;
  }

  /** Adds a date. */
  addDays(days: number): void {
    this.#value = days;
    this.addValue(days);
  }

  override add(): boolean {
    return false;
  }

  override writeDistinct(to: Uint8Array<ArrayBuffer>): void {
    to.set(new Uint8Array(this.#values.buffer, 0, this.plainBytes));
  }

  override writeRows(to: Uint8Array<ArrayBuffer>): void {
    const days = new Int32Array(to.buffer);
    for (let row = 0; row < this.rows; row++) days[row] = this.#values[this.indices[row]!]!;
  }

  override range(): { min: number; max: number } | undefined {
    const values = this.#values.subarray(0, this.distinct);
    if (values.length === 0) return undefined;
    return { min: Math.min(...values), max: Math.max(...values) };
  }

  protected override isAt(place: number): boolean {
    return this.#values[place] === this.#value;
  }

  protected override put(place: number): void {
    if (place >= this.#values.length) this.#values = grown(this.#values);
    this.#values[place] = this.#value;
  }
}
