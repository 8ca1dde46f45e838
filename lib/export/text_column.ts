/**
 * A column of text. The bytes are the file's own.
 *
 * @module
 */

import { Column, grown, NULL_INDEX } from "./column.ts";

/** Different texts stand one behind another, each behind its length, as Parquet has them plainly. */
export class TextColumn extends Column {
  #store = new Uint8Array(1 << 12);
  #stored = 0;
  /** Where the bytes of each text begin and end. */
  #starts = new Int32Array(1 << 10);
  #ends = new Int32Array(1 << 10);
  #cell: Uint8Array = this.#store;
  #start = 0;
  #end = 0;
  /** The place of the last row's text, if any. */
  last = -1;
  /** Whether all texts so far, also of earlier row groups, are of visible ASCII without quotes. */
  isPlain = true;

  override add(bytes: Uint8Array, start: number, end: number, isQuoted = false): boolean {
    if (start === end && !isQuoted) {
      this.last = -1;
      return this.addNull();
    }
    this.#cell = bytes;
    this.#start = start;
    this.#end = end;
    let hash = 0;
    let isAscii = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      hash = Math.imul(hash ^ byte, 0x0100_0193);
      isAscii |= byte;
    }
    hash ^= hash >>> 15;
    if (isAscii > 127 && !isUtf8(bytes.subarray(start, end))) return false;
    this.addValue(hash);
    this.last = this.indices[this.rows - 1]!;
    return true;
  }

  /** The bytes of a text; they are overwritten when the next row group begins. */
  textAt(place: number): Uint8Array {
    return this.#store.subarray(this.#starts[place]!, this.#ends[place]!);
  }

  override clear(): void {
    super.clear();
    this.#stored = 0;
    this.last = -1;
  }

  override get plainBytes(): number {
    return this.#stored;
  }

  override get rowBytes(): number {
    let bytes = 0;
    for (let row = 0; row < this.rows; row++) {
      const at = this.indices[row]!;
      if (at !== NULL_INDEX) bytes += 4 + this.#ends[at]! - this.#starts[at]!;
    }
    return bytes;
  }

  override writeDistinct(to: Uint8Array<ArrayBuffer>): void {
    to.set(this.#store.subarray(0, this.#stored));
  }

  override writeRows(to: Uint8Array<ArrayBuffer>): void {
    let length = 0;
    for (let row = 0; row < this.rows; row++) {
      const at = this.indices[row]!;
      if (at === NULL_INDEX) continue;
      const text = this.#store.subarray(this.#starts[at]! - 4, this.#ends[at]!);
      to.set(text, length);
      length += text.length;
    }
  }

  override range(): { min: Uint8Array; max: Uint8Array } | undefined {
    if (this.distinct === 0) return undefined;
    let min = this.textAt(0);
    let max = min;
    for (let place = 1; place < this.distinct; place++) {
      const text = this.textAt(place);
      if (compareBytes(text, min) < 0) min = text;
      else if (compareBytes(text, max) > 0) max = text;
    }
    return { min: min.slice(), max: max.slice() };
  }

  protected override isAt(place: number): boolean {
    let at = this.#starts[place]!;
    if (this.#ends[place]! - at !== this.#end - this.#start) return false;
    for (let i = this.#start; i < this.#end; i++) {
      if (this.#store[at++] !== this.#cell[i]) return false;
    }
    return true;
  }

  protected override put(place: number): void {
    const length = this.#end - this.#start;
    const wanted = this.#stored + 4 + length;
    if (wanted > this.#store.length) {
      this.#store = grown(this.#store, Math.max(2 * this.#store.length, wanted));
    }
    if (place >= this.#starts.length) {
      this.#starts = grown(this.#starts);
      this.#ends = grown(this.#ends);
    }
    const [store, at] = [this.#store, this.#stored];
    for (let i = 0; i < 4; i++) store[at + i] = length >>> 8 * i;
    const text = this.#cell.subarray(this.#start, this.#end);
    store.set(text, at + 4);
    this.isPlain &&= text.every(isPlain);
    this.#starts[place] = at + 4;
    this.#ends[place] = at + 4 + length;
    this.#stored = wanted;
  }
}

const isPlain = (byte: number) => byte > 0x20 && byte < 0x7f && byte !== 0x22;

/** By unsigned bytes, as the files are sorted and Parquet orders strings. */
export function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (one[i] !== other[i]) return one[i]! - other[i]!;
  }
  return one.length - other.length;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
