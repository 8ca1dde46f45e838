/**
 * A terminal in memory: what a person would see after the bytes that were written.
 *
 * It knows the sequences that the program and Deno use, and refuses every other.
 *
 * @module
 */

import type { OutputStream } from "../../../lib/cli/terminal/output_stream.ts";

interface Row {
  /** One text a column; the second column of a wide sign is empty. */
  cells: string[];
  /** Whether the next row is the rest of this line. */
  continued: boolean;
}

export class Screen implements OutputStream {
  cursorVisible = true;
  cursor = { row: 0, column: 0 };
  writes = 0;
  #wraps = true;
  #rows: Row[] = [{ cells: [], continued: false }];
  readonly #decoder = new TextDecoder();

  constructor(public columns: number) {}

  isTerminal(): boolean {
    return true;
  }

  /** Takes at most a hundred bytes at a time, as a slow terminal does. */
  writeSync(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, 100);
    this.#take(this.#decoder.decode(taken, { stream: true }));
    this.writes++;
    return taken.length;
  }

  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(this.writeSync(bytes));
  }

  /** The rows from the top, without empty ones at the end. */
  get lines(): string[] {
    const lines = this.#rows.map(({ cells }) => cells.join("").trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** Becomes as wide as told, and moves what no longer fits to rows of its own. */
  reflow(columns: number): void {
    const offset = this.#offsetInLine();
    const lines = this.#joined();
    const line = this.#rows.slice(0, this.cursor.row)
      .filter(({ continued }) => !continued).length;
    this.columns = columns;
    this.#rows = [];
    lines.forEach((cells, i) => {
      if (i === line) this.#placeCursor(offset);
      do {
        const part = cells.splice(0, columns);
        this.#rows.push({ cells: part, continued: cells.length > 0 });
      } while (cells.length > 0);
    });
  }

  /** Becomes as wide as told, and forgets what no longer fits. */
  cut(columns: number): void {
    this.columns = columns;
    for (const { cells } of this.#rows) {
      cells.length = Math.min(cells.length, columns);
    }
  }

  #pending = "";

  #take(text: string): void {
    this.#pending += text;
    while (this.#pending !== "") {
      // deno-lint-ignore no-control-regex
      const match = /^(?:\x1b\[([?\d;]*)([A-Za-z])|[^\x1b])/u.exec(
        this.#pending,
      );
      if (match === null) return;
      this.#pending = this.#pending.slice(match[0].length);
      if (match[2] === undefined) this.#char(match[0]);
      else this.#sequence(match[1]! + match[2]);
    }
  }

  #sequence(sequence: string): void {
    if (sequence === "?25l") this.cursorVisible = false;
    else if (sequence === "?25h") this.cursorVisible = true;
    else if (sequence === "?7l") this.#wraps = false;
    else if (sequence === "?7h") this.#wraps = true;
    else if (sequence === "J") this.#eraseBelow();
    else if (sequence === "0G") this.cursor.column = 0;
    else if (sequence === "K") this.#rows[this.cursor.row]!.cells.splice(this.cursor.column);
    else if (sequence === "2K") this.#rows[this.cursor.row]!.cells = [];
    else if (/^\d+A$/.test(sequence)) {
      this.cursor.row = Math.max(0, this.cursor.row - parseInt(sequence));
    } else if (/^\d+B$/.test(sequence)) {
      this.cursor.row = Math.min(this.#rows.length - 1, this.cursor.row + parseInt(sequence));
    } else if (!/^(0|3[1-6]|38;5;\d+|39|90)m$/.test(sequence)) {
      throw new Error(`unknown sequence ${sequence}`);
    }
  }

  #char(char: string): void {
    if (char === "\r") this.cursor.column = 0;
    else if (char === "\n") this.#nextRow(false);
    else if (/\p{Cc}/u.test(char)) throw new Error("unknown control character");
    else this.#print(char, /\p{Emoji_Presentation}/u.test(char) ? 2 : 1);
  }

  #print(char: string, width: number): void {
    if (this.cursor.column + width > this.columns) {
      if (this.#wraps) this.#nextRow(true);
      else this.cursor.column = Math.max(0, this.columns - width);
    }
    const { cells } = this.#rows[this.cursor.row]!;
    while (cells.length < this.cursor.column) cells.push(" ");
    cells.splice(this.cursor.column, width, char, ...width > 1 ? [""] : []);
    this.cursor.column += width;
  }

  #nextRow(continued: boolean): void {
    this.#rows[this.cursor.row]!.continued = continued;
    this.cursor = { row: this.cursor.row + 1, column: 0 };
    if (this.cursor.row === this.#rows.length) {
      this.#rows.push({ cells: [], continued: false });
    }
  }

  #eraseBelow(): void {
    const { row, column } = this.cursor;
    this.#rows.length = row + 1;
    const last = this.#rows[row]!;
    last.cells.length = Math.min(last.cells.length, column);
    last.continued = false;
  }

  #offsetInLine(): number {
    let offset = this.cursor.column;
    for (let row = this.cursor.row; this.#rows[row - 1]?.continued; row--) {
      offset += this.#rows[row - 1]!.cells.length;
    }
    return offset;
  }

  #placeCursor(offset: number): void {
    const row = this.#rows.length + Math.floor(offset / this.columns);
    this.cursor = { row, column: offset % this.columns };
  }

  #joined(): string[][] {
    const lines: string[][] = [];
    let open = false;
    for (const { cells, continued } of this.#rows) {
      if (open) lines.at(-1)!.push(...cells);
      else lines.push([...cells]);
      open = continued;
    }
    return lines;
  }
}
