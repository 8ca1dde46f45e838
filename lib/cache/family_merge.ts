/**
 * Reads the files of a family side by side: ticker by ticker, whatever file they are in.
 *
 * @module
 */

import type { FamilyNotes, TickerRows } from "./family_body.ts";
import type { FamilyFile } from "./family_file.ts";

/** What the files of a family have of one ticker. */
export interface Member {
  readonly ticker: string;
  /** In the order in which the files were given; each file that has the ticker. */
  readonly rows: readonly DatedRows[];
}

/** The rows of a ticker in the file of a date. */
export interface DatedRows {
  readonly date: string;
  /** A list in the order of their time, as JSON. */
  readonly rowsText: string;
}

/** A file that is being read. */
interface Cursor {
  readonly file: FamilyFile;
  /** Its place among the files. */
  readonly place: number;
  readonly rest: Generator<TickerRows, FamilyNotes>;
  rowsText: string;
}

/**
 * The tickers of a family in the order of their names. Of each file some tens of kilobytes are in
 * memory at a time.
 *
 * @param onNotes is called with what each file notes when that is through.
 * @throws {StorageError} behind what could be read, as `FamilyFile.read()` does.
 */
export function* mergeFamily(
  files: readonly FamilyFile[],
  onNotes: (file: FamilyFile, notes: FamilyNotes) => void = () => {},
): Generator<Member, void> {
  const waiting = new Map<string, Cursor[]>();
  const tickers = new Heap();
  const advance = (cursor: Cursor) => {
    const { value, done } = cursor.rest.next();
    if (done) return onNotes(cursor.file, value);
    cursor.rowsText = value.rowsText;
    const others = waiting.get(value.ticker);
    if (others !== undefined) return void others.push(cursor);
    waiting.set(value.ticker, [cursor]);
    tickers.push(value.ticker);
  };
  files.forEach((file, place) => advance({ file, place, rest: file.read(), rowsText: "" }));
  for (let ticker = tickers.pop(); ticker !== undefined; ticker = tickers.pop()) {
    const cursors = waiting.get(ticker)!.sort((a, b) => a.place - b.place);
    waiting.delete(ticker);
    yield { ticker, rows: cursors.map(({ file: { date }, rowsText }) => ({ date, rowsText })) };
    for (const cursor of cursors) advance(cursor);
  }
}

/** Texts of which the first one in order is taken out. */
class Heap {
  readonly #texts: string[] = [];

  push(text: string): void {
    let at = this.#texts.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#texts[parent]! <= text) break;
      this.#texts[at] = this.#texts[parent]!;
      at = parent;
    }
    this.#texts[at] = text;
  }

  pop(): string | undefined {
    const [first] = this.#texts;
    const last = this.#texts.pop();
    if (this.#texts.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < this.#texts.length && this.#texts[child + 1]! < this.#texts[child]!) child++;
      if (child >= this.#texts.length || this.#texts[child]! >= last!) break;
      this.#texts[at] = this.#texts[child]!;
      at = child;
    }
    this.#texts[at] = last!;
    return first;
  }
}
