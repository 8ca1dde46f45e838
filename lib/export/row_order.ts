/**
 * Whether rows ascend by ticker and then by a time, which flat files promise nowhere.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { IntegerColumn } from "./number_column.ts";
import type { TextColumn } from "./text_column.ts";

/** Columns of times, the one that says most of a row's place first. */
const TIMES = ["window_start", "timestamp", "sip_timestamp", "participant_timestamp"];

/** A column of times, and the halves of its last value. */
interface Time {
  readonly name: string;
  readonly column: IntegerColumn;
  ascends: boolean;
  high: number;
  low: number;
}

/** Watches the rows as they are added. */
export class RowOrder {
  readonly #ticker: TextColumn;
  /** The times that the rows may ascend by. */
  #times: Time[];
  /** Whether there are times to ascend by. */
  readonly #hasTimes: boolean;
  /** The last ticker's place, if it is of this row group; else its text, if it is of this file. */
  #place = -1;
  #previous: Uint8Array | undefined;
  #ascends = true;

  constructor(ticker: TextColumn, stamps: ReadonlyMap<string, IntegerColumn>) {
    this.#ticker = ticker;
    this.#times = TIMES.filter((name) => stamps.has(name)).map((name) => (
      { name, column: stamps.get(name)!, ascends: true, high: 0, low: 0 }
    ));
    this.#hasTimes = this.#times.length > 0;
  }

  /** The columns that the rows so far ascend by; none when they do not. */
  get sorted(): string[] {
    if (!this.#ascends) return [];
    return ["ticker", ...this.#times.slice(0, 1).map(({ name }) => name)];
  }

  /** Whether the rows so far ascend as far as the file could. */
  get isSorted(): boolean {
    return this.#ascends && (!this.#hasTimes || this.#times.length > 0);
  }

  /** Takes the rows that were added last. One without a ticker or a time ascends by none. */
  add(count: number): void {
    const { rows, filled, indices } = this.#ticker;
    if (filled < rows) this.#ascends = false;
    if (!this.#ascends) return;
    this.#times = this.#times.filter(({ column }) => column.filled === rows);
    for (let row = rows - count; row < rows; row++) {
      const isSame = indices[row] === this.#place || this.#isSameTicker(indices[row]!);
      for (const time of this.#times) {
        const { halves } = time.column;
        const [low, high] = [halves[2 * row]! >>> 0, halves[2 * row + 1]!];
        const isEarlier = high < time.high || high === time.high && low < time.low;
        if (isSame && isEarlier) time.ascends = false;
        time.high = high;
        time.low = low;
      }
    }
    this.#times = this.#times.filter(({ ascends }) => ascends);
  }

  /** The places of tickers begin anew. */
  endGroup(): void {
    if (this.#place !== -1) this.#previous = this.#ticker.textAt(this.#place);
    this.#place = -1;
  }

  /** The tickers begin anew: a file of a later date follows. */
  beginFile(): void {
    this.#place = -1;
    this.#previous = undefined;
  }

  #isSameTicker(place: number): boolean {
    const order = this.#place !== -1
      ? this.#ticker.compare(place, this.#place)
      : this.#previous
      ? Buffer.compare(this.#ticker.textAt(place), this.#previous)
      : 1;
    if (order < 0) this.#ascends = false;
    this.#place = place;
    return order === 0;
  }
}
