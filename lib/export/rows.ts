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

/** A longer row is none of a flat file, nor one of more cells. */
const MOST_ROW_BYTES = 1 << 20;
const MOST_CELLS = 1 << 14;

/** Rows and where their cells are: valid until the next are asked for. */
export interface Rows {
  readonly bytes: Uint8Array;
  /** How many rows there are, and how many were before. */
  readonly count: number;
  readonly before: number;
  /** How many cells each has: as many as the text's first. */
  readonly width: number;
  /** Where a cell begins and ends: of row r and column c at r × width + c. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 for a cell that stood in quotes, which may be empty and yet text; 2 where some are doubled. */
  readonly quoted: Uint8Array;
}

/** Takes pieces of a text and gives the rows that are whole, of one text after the other. */
export class RowCutter {
  /** The last piece, behind what no row took of those before. */
  #bytes = new Uint8Array(1 << 12);
  #length = 0;
  #used = 0;
  #isAtStart = true;
  #rows = 0;
  #width = 0;
  readonly #starts = new Int32Array(MOST_CELLS);
  readonly #ends = new Int32Array(MOST_CELLS);
  readonly #quoted = new Uint8Array(MOST_CELLS);

  /** Begins a text anew. */
  begin(): void {
    [this.#length, this.#used, this.#rows] = [0, 0, 0];
    this.#isAtStart = true;
  }

  /**
   * Takes the next piece.
   *
   * @throws {SyntaxError} when a row is too long or has not as many cells as the first, or
   * something follows a closing quote.
   */
  *take(piece: Uint8Array): Generator<Rows, void, void> {
    this.#append(piece);
    if (this.#isAtStart && this.#length >= BYTE_ORDER_MARK.length) {
      if (BYTE_ORDER_MARK.every((byte, i) => this.#bytes[i] === byte)) this.#used = 3;
      this.#isAtStart = false;
    }
    for (let isFull = !this.#isAtStart; isFull;) {
      const before = this.#rows;
      isFull = this.#cut(this.#bytes.subarray(0, this.#length));
      const [bytes, width, count] = [this.#bytes, this.#width, this.#rows - before];
      const cells = { starts: this.#starts, ends: this.#ends, quoted: this.#quoted };
      if (count > 0) yield { bytes, width, count, before, ...cells };
      else if (isFull) {
        throw new SyntaxError(`row ${before + 1} has more than ${MOST_CELLS} cells`);
      }
    }
    if (this.#length - this.#used > MOST_ROW_BYTES) {
      throw new SyntaxError(`a row has more than ${MOST_ROW_BYTES} bytes`);
    }
  }

  /**
   * Takes the end of the text.
   *
   * @throws {SyntaxError} as {@linkcode take} does, and when it is within quotes.
   */
  *end(): Generator<Rows, void, void> {
    this.#isAtStart = false;
    yield* this.take(Uint8Array.of(LF));
    if (this.#used === this.#length) return;
    throw new SyntaxError(`row ${this.#rows + 1} has a cell whose quotes do not end`);
  }

  #append(piece: Uint8Array): void {
    const rest = this.#bytes.subarray(this.#used, this.#length);
    const length = rest.length + piece.length;
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(2 * length);
    this.#bytes.set(rest);
    this.#bytes.set(piece, rest.length);
    this.#length = length;
    this.#used = 0;
  }

  /** Finds rows that are whole, from the first on that none was. @returns whether there is no room for more. */
  #cut(bytes: Uint8Array): boolean {
    const { length } = bytes;
    const starts = this.#starts;
    const ends = this.#ends;
    const quotes = this.#quoted;
    let start = this.#used;
    let cells = 0;
    let rowCells = 0;
    for (let i = start; i < length; i++) {
      const byte = bytes[i]!;
      if (byte > COMMA) continue;
      let end = i;
      let quoted = 0;
      if (byte === LF) {
        if (i > start && bytes[i - 1] === CR) end--;
      } else if (byte === QUOTE && i === start) {
        quoted = 1;
        for (end = ++start; end < length; end++) {
          if (bytes[end] !== QUOTE) continue;
          if (bytes[end + 1] !== QUOTE) break;
          quoted = 2;
          end++;
        }
        i = bytes[end + 1] === CR ? end + 2 : end + 1;
        if (i >= length) break;
        if (bytes[i] !== LF && (bytes[i] !== COMMA || i > end + 1)) {
          throw new SyntaxError(`row ${this.#rows + 1} has a cell that goes on behind its quotes`);
        }
      } else if (byte !== COMMA) continue;
      if (cells === MOST_CELLS) return true;
      starts[cells] = start;
      ends[cells] = end;
      quotes[cells++] = quoted;
      start = i + 1;
      if (bytes[i] === COMMA) continue;
      // There is nothing in an empty line.
      if (end === this.#used) cells--;
      else this.#endRow(cells - rowCells);
      this.#used = start;
      rowCells = cells;
    }
    return false;
  }

  #endRow(cells: number): void {
    if (this.#rows++ === 0) this.#width = cells;
    if (cells === this.#width) return;
    throw new SyntaxError(`row ${this.#rows} has ${cells} cells, its header ${this.#width}`);
  }
}
