/**
 * Columns of numbers, which are read out of the bytes of cells: exact, without a string where it can
 * be helped, and no integer through a double.
 *
 * @module
 */

import { Column, type Dictionary, grown, type NumberDictionary } from "./column.ts";
import type { Rows } from "./rows.ts";

/** Values of 64 bits: halves of 32 bits, the lower one first, as the file has them. */
abstract class NumberColumn extends Column {
  halves = new Int32Array(2 * this.levels.length);
  readonly #dictionary: NumberDictionary;

  /** @param dictionary may be that of other columns too. */
  constructor(dictionary: NumberDictionary) {
    super();
    this.#dictionary = dictionary;
  }

  override get plainBytes(): number {
    return 8 * this.filled;
  }

  override add({ bytes, width, starts, ends }: Rows, place: number, from: number, to: number) {
    this.reserve(to - from);
    const { levels } = this;
    let at = from * width + place;
    for (let row = from; row < to; row++, at += width) {
      const [start, end] = [starts[at]!, ends[at]!];
      const isThere = start === end ? 0 : 1;
      levels[this.rows++] = isThere;
      if (isThere === 0) continue;
      if (!this.put(bytes, start, end)) return row;
      this.filled++;
    }
    return to;
  }

  override dictionary(most: number): Dictionary | undefined {
    return this.#dictionary.of(this.halves.subarray(0, 2 * this.filled), most);
  }

  override plain(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.halves.buffer, 0, this.plainBytes);
  }

  /** Puts the value of a cell behind the others, unless it is none. */
  protected abstract put(bytes: Uint8Array, start: number, end: number): boolean;

  protected override reserve(count: number): void {
    super.reserve(count);
    if (this.halves.length < 2 * this.levels.length) {
      this.halves = grown(this.halves, 2 * this.levels.length);
    }
  }
}

/** Whole numbers of 64 bits. */
export class IntegerColumn extends NumberColumn {
  protected override put(bytes: Uint8Array, start: number, end: number): boolean {
    return putInteger(bytes, start, end, this.halves, this.filled);
  }

  override range(): { min: bigint; max: bigint } | undefined {
    if (this.filled === 0) return undefined;
    let [min, max] = [0, 0];
    for (let place = 1; place < this.filled; place++) {
      if (this.#isLess(place, min)) min = place;
      else if (this.#isLess(max, place)) max = place;
    }
    const values = new BigInt64Array(this.halves.buffer);
    return { min: values[min]!, max: values[max]! };
  }

  /** Whether one value is less than another. */
  #isLess(place: number, other: number): boolean {
    const { halves } = this;
    const [high, otherHigh] = [halves[2 * place + 1]!, halves[2 * other + 1]!];
    if (high !== otherHigh) return high < otherHigh;
    return halves[2 * place]! >>> 0 < halves[2 * other]! >>> 0;
  }
}

/** Numbers with fractions, each the nearest double. */
export class DoubleColumn extends NumberColumn {
  #doubles = new Float64Array(this.halves.buffer);

  protected override put(bytes: Uint8Array, start: number, end: number): boolean {
    const value = readDouble(bytes, start, end);
    this.#doubles[this.filled] = value;
    return !Number.isNaN(value);
  }

  protected override reserve(count: number): void {
    super.reserve(count);
    if (this.#doubles.buffer !== this.halves.buffer) {
      this.#doubles = new Float64Array(this.halves.buffer);
    }
  }

  override range(): { min: number; max: number } | undefined {
    if (this.filled === 0) return undefined;
    let [min, max] = [Infinity, -Infinity];
    for (let place = 0; place < this.filled; place++) {
      const value = this.#doubles[place]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    // Of the two zeros the lower one is the lower bound.
    return { min: min === 0 ? -0 : min, max: max === 0 ? 0 : max };
  }
}

/** Integers among which are fractions: doubles, as long as no digit of a whole number is lost. */
export class WidenedColumn extends DoubleColumn {
  protected override put(bytes: Uint8Array, start: number, end: number): boolean {
    const isExact = end - start <= 15 || Math.abs(readDouble(bytes, start, end)) < 2 ** 53;
    return isExact && super.put(bytes, start, end);
  }
}

/** Dates, as days since the epoch; each is given for many rows, the earliest first. */
export class DateColumn extends Column {
  #days = new Int32Array(this.levels.length);

  override get plainBytes(): number {
    return 4 * this.rows;
  }

  /** Adds the same date for some rows. */
  addDays(days: number, count: number): void {
    this.reserve(count);
    this.levels.fill(1, this.rows, this.rows + count);
    this.#days.fill(days, this.rows, this.rows + count);
    this.rows += count;
    this.filled = this.rows;
  }

  override add(_rows: Rows, _place: number, from: number): number {
    return from;
  }

  /** Zstandard makes next to nothing of so few values. */
  override dictionary(): undefined {}

  override plain(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#days.buffer, 0, this.plainBytes);
  }

  override range(): { min: number; max: number } | undefined {
    if (this.rows === 0) return undefined;
    return { min: this.#days[0]!, max: this.#days[this.rows - 1]! };
  }

  protected override reserve(count: number): void {
    super.reserve(count);
    if (this.#days.length < this.levels.length) {
      this.#days = grown(this.#days, this.levels.length);
    }
  }
}

const [ZERO, MINUS, POINT] = [0x30, 0x2d, 0x2e];

/** Powers of ten that a double holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, n) => 10 ** n);

const TWO_32 = 2 ** 32;

/**
 * Puts the whole number of a cell into a place of an array of 64-bit integers, given as halves of 32
 * bits, the lower one first.
 *
 * @returns false when the cell is no whole number of at most 18 digits, or 19 from a positive one
 * that fits.
 */
export function putInteger(
  bytes: Uint8Array,
  start: number,
  end: number,
  halves: Int32Array,
  place: number,
): boolean {
  const isNegative = bytes[start] === MINUS;
  let i = isNegative ? start + 1 : start;
  const digits = end - i;
  if (digits === 0 || digits > 19) return false;
  // The last nine digits and those before them, of which 64 bits are made.
  const split = end - 9;
  let [upper, lower] = [0, 0];
  for (; i < split; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >>> 0 > 9) return false;
    upper = upper * 10 + digit;
  }
  for (; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >>> 0 > 9) return false;
    lower = lower * 10 + digit;
  }
  if (digits < 10) {
    halves[2 * place] = isNegative ? -lower : lower;
    halves[2 * place + 1] = isNegative && lower > 0 ? -1 : 0;
    return true;
  }
  // 9,223,372,036 × 10⁹ + 854,775,807 is the largest that fits.
  if (upper > 9_223_372_036 || upper === 9_223_372_036 && lower > 854_775_807) return false;
  // upper × 10⁹ + lower = shifted × 2¹⁶ + sum, where each is exact.
  const upperHigh = Math.floor(upper / 65_536);
  const shifted = upperHigh * 1e9;
  const sum = (upper - upperHigh * 65_536) * 1e9 + lower;
  const low = (sum >>> 0) + (shifted & 65_535) * 65_536;
  const high = Math.floor(sum / TWO_32) + Math.floor(shifted / 65_536) + Math.floor(low / TWO_32);
  halves[2 * place] = isNegative ? -low : low;
  halves[2 * place + 1] = isNegative ? ~high + ((low | 0) === 0 ? 1 : 0) : high;
  return true;
}

/** The double of a cell, the nearest to its decimal; NaN when the cell is no number, or has none near. */
export function readDouble(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === MINUS;
  const first = isNegative ? start + 1 : start;
  let [mantissa, point] = [0, -1];
  for (let i = first; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit >>> 0 <= 9) mantissa = mantissa * 10 + digit;
    else if (bytes[i] === POINT && point === -1) point = i;
    else return readSlowly(bytes, start, end);
  }
  const decimals = point === -1 ? 0 : end - point - 1;
  const digits = point === -1 ? end - first : end - first - 1;
  // A whole number below 2⁵³ and a power of ten to 22 are exact, so their quotient is the nearest.
  if (digits === 0 || mantissa >= 2 ** 53 || decimals > 22) return readSlowly(bytes, start, end);
  const value = mantissa / POWERS[decimals]!;
  return isNegative ? -value : value;
}

const decoder = new TextDecoder("latin1");

function readSlowly(bytes: Uint8Array, start: number, end: number): number {
  const text = decoder.decode(bytes.subarray(start, end));
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return NaN;
  const value = Number(text);
  const isLost = value === 0 && /^[^e]*[1-9]/i.test(text);
  return Number.isFinite(value) && !isLost ? value : NaN;
}
