/**
 * A column of text: each different one once, and for each row which one it has. The bytes are the
 * file's own.
 *
 * @module
 */

import { Column, type Dictionary, grown } from "./column.ts";
import type { Rows } from "./rows.ts";

const QUOTE = 0x22;

/** Different texts stand one behind another, each behind its length, as Parquet has them plainly. */
export class TextColumn extends Column {
  /** For each row that has one its text's place. */
  indices = new Uint32Array(this.levels.length);
  override plainBytes = 0;
  #distinct = 0;
  #store = new Uint8Array(1 << 12);
  #stored = 0;
  /** Where the bytes of each text begin and end. */
  #starts = new Int32Array(1 << 10);
  #ends = new Int32Array(1 << 10);
  /** Whether all texts so far, also of earlier row groups, are of visible ASCII without quotes. */
  isPlain = true;
  #hashes = new Int32Array(1 << 10);
  /** Open addressing; 0 is free, else the place and one. */
  #slots = new Int32Array(1 << 11);

  override add(rows: Rows, place: number, from: number, to: number): number {
    this.reserve(to - from);
    const { bytes, width, starts, ends, quoted } = rows;
    let at = from * width + place;
    let last = -1;
    for (let row = from; row < to; row++, at += width) {
      const [start, end] = [starts[at]!, ends[at]!];
      const isThere = start === end && quoted[at] === 0 ? 0 : 1;
      this.levels[this.rows++] = isThere;
      if (isThere === 0) continue;
      if (quoted[at] === 2) {
        const cell = unquoted(bytes.subarray(start, end));
        last = this.#find(cell, 0, cell.length);
      } else if (last === -1 || !this.#isAt(last, bytes, start, end)) {
        last = this.#find(bytes, start, end);
      }
      if (last === -1) return row;
      this.indices[this.filled++] = last;
      this.plainBytes += 4 + this.#ends[last]! - this.#starts[last]!;
    }
    return to;
  }

  /** A copy of a text. */
  textAt(place: number): Uint8Array {
    return this.#store.slice(this.#starts[place]!, this.#ends[place]!);
  }

  override clear(): void {
    super.clear();
    this.plainBytes = 0;
    this.#distinct = 0;
    this.#stored = 0;
    this.#slots.fill(0);
  }

  override dictionary(most: number): Dictionary | undefined {
    const [count, indices] = [this.#distinct, this.indices.subarray(0, this.filled)];
    if (count > most) return undefined;
    return { count, values: this.#store.subarray(0, this.#stored), indices };
  }

  override plain(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.plainBytes);
    let length = 0;
    for (let row = 0; row < this.filled; row++) {
      const place = this.indices[row]!;
      const text = this.#store.subarray(this.#starts[place]! - 4, this.#ends[place]!);
      all.set(text, length);
      length += text.length;
    }
    return all;
  }

  override range(): { min: Uint8Array; max: Uint8Array } | undefined {
    if (this.#distinct === 0) return undefined;
    let [min, max] = [0, 0];
    for (let place = 1; place < this.#distinct; place++) {
      if (this.compare(place, min) < 0) min = place;
      else if (this.compare(place, max) > 0) max = place;
    }
    return { min: this.textAt(min), max: this.textAt(max) };
  }

  /** By unsigned bytes, as the files are sorted and Parquet orders strings: below 0 when the first is less. */
  compare(place: number, other: number): number {
    let [at, otherAt] = [this.#starts[place]!, this.#starts[other]!];
    const [end, otherEnd] = [this.#ends[place]!, this.#ends[other]!];
    for (; at < end && otherAt < otherEnd; at++, otherAt++) {
      const difference = this.#store[at]! - this.#store[otherAt]!;
      if (difference !== 0) return difference;
    }
    return (end - at) - (otherEnd - otherAt);
  }

  protected override reserve(count: number): void {
    super.reserve(count);
    if (this.indices.length < this.levels.length) {
      this.indices = grown(this.indices, this.levels.length);
    }
  }

  /** The place of a text, which it gets when it is new; −1 when it is not UTF-8. */
  #find(bytes: Uint8Array, start: number, end: number): number {
    let hash = 0;
    let isAscii = 0;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      hash = Math.imul(hash ^ byte, 0x0100_0193);
      isAscii |= byte;
    }
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let found; (found = this.#slots[slot]!) !== 0; slot = slot + 1 & mask) {
      const place = found - 1;
      if (this.#hashes[place] === hash && this.#isAt(place, bytes, start, end)) return place;
    }
    if (isAscii > 127 && !isUtf8(bytes.subarray(start, end))) return -1;
    this.#slots[slot] = this.#distinct + 1;
    return this.#put(bytes.subarray(start, end), hash);
  }

  #isAt(place: number, bytes: Uint8Array, start: number, end: number): boolean {
    let at = this.#starts[place]!;
    if (this.#ends[place]! - at !== end - start) return false;
    for (let i = start; i < end; i++) {
      if (this.#store[at++] !== bytes[i]) return false;
    }
    return true;
  }

  #put(text: Uint8Array, hash: number): number {
    const place = this.#distinct++;
    const at = this.#stored + 4;
    this.#stored = at + text.length;
    if (this.#stored > this.#store.length) this.#store = grown(this.#store, 2 * this.#stored);
    for (let i = 0; i < 4; i++) this.#store[at - 4 + i] = text.length >>> 8 * i;
    this.#store.set(text, at);
    this.isPlain &&= text.every(isPlain);
    this.#starts[place] = at;
    this.#ends[place] = this.#stored;
    this.#hashes[place] = hash;
    if (this.#distinct === this.#starts.length) this.#grow();
    return place;
  }

  /** Makes room for twice as many texts. */
  #grow(): void {
    this.#starts = grown(this.#starts);
    this.#ends = grown(this.#ends);
    this.#hashes = grown(this.#hashes);
    const slots = this.#slots = new Int32Array(2 * this.#slots.length);
    for (let place = 0; place < this.#distinct; place++) {
      let slot = this.#hashes[place]! & slots.length - 1;
      while (slots[slot] !== 0) slot = slot + 1 & slots.length - 1;
      slots[slot] = place + 1;
    }
  }
}

const isPlain = (byte: number) => byte > 0x20 && byte < 0x7f && byte !== 0x22;

/** A cell whose quotes were doubled. */
function unquoted(cell: Uint8Array): Uint8Array {
  const text = new Uint8Array(cell.length);
  let length = 0;
  for (let i = 0; i < cell.length; i++) {
    if (cell[i] === QUOTE) i++;
    text[length++] = cell[i]!;
  }
  return text.subarray(0, length);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
