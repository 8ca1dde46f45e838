/**
 * Cuts the bytes of a CSV text into rows and cells as they come, in pieces of any length.
 *
 * Cells are separated by commas and may stand in double quotes, within which a quote is doubled;
 * rows end in LF, CR LF, or the end of the text. Empty lines are passed over, and so is a mark of the
 * byte order at the beginning. Nothing may follow a closing quote: what seems to is another row's where a
 * quote is missing.
 *
 * @module
 */

const [QUOTE, COMMA, LF, CR] = [0x22, 0x2c, 0x0a, 0x0d];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** A longer row is none of a flat file. */
const MOST_ROW_BYTES = 1 << 20;

/** Where the cells of a row are: valid while it is looked at. */
export interface Cells {
  readonly bytes: Uint8Array;
  /** How many there are. */
  count: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 for a cell that stood in quotes, which may be empty and yet text; 2 where some are doubled. */
  readonly quoted: Uint8Array;
}

/** Takes pieces of a text and gives rows. */
export class RowCutter {
  readonly #onRow: (cells: Cells) => void;
  #rest: Uint8Array = new Uint8Array(0);
  #isAtStart = true;
  #rows = 0;
  #starts = new Int32Array(64);
  #ends = new Int32Array(64);
  #quoted = new Uint8Array(64);

  /**
   * @param onRow is called with each row; what it throws is thrown on.
   */
  constructor(onRow: (cells: Cells) => void) {
    this.#onRow = onRow;
  }

  /**
   * Takes the next piece.
   *
   * @throws {SyntaxError} when a row is too long, or something follows a closing quote.
   */
  take(piece: Uint8Array): void {
    let bytes = this.#rest.length === 0 ? piece : joined(this.#rest, piece);
    if (this.#isAtStart) {
      if (bytes.length < BYTE_ORDER_MARK.length) return void (this.#rest = bytes.slice());
      if (BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte)) bytes = bytes.subarray(3);
      this.#isAtStart = false;
    }
    const used = this.#cut(bytes, false);
    if (bytes.length - used > MOST_ROW_BYTES) {
      throw new SyntaxError(`a row has more than ${MOST_ROW_BYTES} bytes`);
    }
    this.#rest = bytes.slice(used);
  }

  /** Takes the end of the text. */
  end(): void {
    if (this.#rest.length > 0) this.#cut(this.#rest, true);
    this.#rest = new Uint8Array(0);
  }

  /** Gives the rows that are whole and returns where the last of them ends. */
  #cut(bytes: Uint8Array, isLast: boolean): number {
    let rowStart = 0;
    let i = 0;
    let count = 0;
    let cellStart = 0;
    const { length } = bytes;
    while (i < length) {
      const byte = bytes[i]!;
      if (byte === QUOTE && i === cellStart) {
        const close = closingQuote(bytes, i + 1);
        if (close === -1 || close + 1 >= length && !isLast) break;
        const [start, end] = [i + 1, close];
        i = close + 1;
        if (bytes[i] === CR && (i + 1 === length || bytes[i + 1] === LF)) i++;
        if (i >= length && !isLast) break;
        if (i < length && bytes[i] !== COMMA && bytes[i] !== LF) {
          throw new SyntaxError(`row ${this.#rows + 1} has a cell that goes on behind its quotes`);
        }
        this.#put(count++, start, end, hasQuote(bytes, start, end) ? 2 : 1);
        if (i < length && bytes[i] === COMMA) {
          cellStart = ++i;
          if (i === length && isLast) this.#put(count++, i, i, 0);
          continue;
        }
        this.#row(bytes, count);
        [count, cellStart, rowStart] = [0, i + 1, i + 1];
        i++;
        continue;
      }
      if (byte === COMMA) {
        this.#put(count++, cellStart, i, 0);
        cellStart = ++i;
        continue;
      }
      if (byte === LF) {
        const end = i > cellStart && bytes[i - 1] === CR ? i - 1 : i;
        this.#put(count++, cellStart, end, 0);
        if (count > 1 || end > rowStart) this.#row(bytes, count);
        [count, cellStart, rowStart] = [0, i + 1, i + 1];
      }
      i++;
    }
    if (!isLast) return rowStart;
    if (rowStart < length && (count > 0 || cellStart < length)) {
      const end = bytes[length - 1] === CR ? length - 1 : length;
      if (cellStart <= end && i >= length) {
        this.#put(count++, cellStart, Math.max(cellStart, end), 0);
      }
      this.#row(bytes, count);
    }
    return length;
  }

  #put(place: number, start: number, end: number, quoted: number): void {
    if (place === this.#starts.length) this.#grow();
    this.#starts[place] = start;
    this.#ends[place] = end;
    this.#quoted[place] = quoted;
  }

  #row(bytes: Uint8Array, count: number): void {
    this.#rows++;
    this.#onRow({ bytes, count, starts: this.#starts, ends: this.#ends, quoted: this.#quoted });
  }

  #grow(): void {
    const size = 2 * this.#starts.length;
    const larger = <A extends Int32Array | Uint8Array>(to: A, from: A) => (to.set(from), to);
    this.#starts = larger(new Int32Array(size), this.#starts);
    this.#ends = larger(new Int32Array(size), this.#ends);
    this.#quoted = larger(new Uint8Array(size), this.#quoted);
  }
}

/** Where the quote is that ends a cell, or −1 when it is not there yet. */
function closingQuote(bytes: Uint8Array, from: number): number {
  for (let i = from; i < bytes.length; i++) {
    if (bytes[i] !== QUOTE) continue;
    if (bytes[i + 1] !== QUOTE) return i;
    i++;
  }
  return -1;
}

function hasQuote(bytes: Uint8Array, start: number, end: number): boolean {
  const at = bytes.indexOf(QUOTE, start);
  return at !== -1 && at < end;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
