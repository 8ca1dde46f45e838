/**
 * Whether rows ascend by ticker and then by a time, which flat files promise nowhere.
 *
 * @module
 */

import type { IntegerColumn } from "./number_column.ts";
import { compareBytes, type TextColumn } from "./text_column.ts";

/** Columns of times, the one that says most of a row's place first. */
const TIMES = ["window_start", "timestamp", "sip_timestamp", "participant_timestamp"];

/** A column of times, and its last value. */
interface Time {
  readonly name: string;
  readonly column: IntegerColumn;
  high: number;
  low: number;
}

/** Watches the rows as they are added. */
export class RowOrder {
  readonly #ticker: TextColumn;
  /** The times that the rows may ascend by. */
  #times: Time[];
  #previous = new Uint8Array(0);
  #previousPlace = -1;
  #ascends = true;

  constructor(ticker: TextColumn, stamps: ReadonlyMap<string, IntegerColumn>) {
    this.#ticker = ticker;
    this.#times = TIMES.filter((name) => stamps.has(name)).map((name) => (
      { name, column: stamps.get(name)!, high: 0, low: 0 }
    ));
    this.hasTimes = this.#times.length > 0;
  }

  /** Whether there are times to ascend by. */
  readonly hasTimes: boolean;

  /** The columns that the rows so far ascend by; none when they do not. */
  get sorted(): string[] {
    if (!this.#ascends) return [];
    return ["ticker", ...this.#times.slice(0, 1).map(({ name }) => name)];
  }

  /** Whether the rows so far ascend as far as the file could. */
  get isSorted(): boolean {
    return this.#ascends && (!this.hasTimes || this.#times.length > 0);
  }

  /** The row that was added last. */
  add(): void {
    const place = this.#ticker.last;
    if (place === -1) return void (this.#ascends = false);
    const isSame = place === this.#previousPlace || this.#isPrevious(place);
    if (!isSame) this.#takeTicker(place);
    this.#previousPlace = place;
    let isWorse = false;
    for (const time of this.#times) {
      const { isLastThere, lastHigh, lastLow } = time.column;
      const isLater = lastHigh > time.high || lastHigh === time.high && lastLow >= time.low;
      if (!isLastThere || isSame && !isLater) isWorse = true;
    }
    if (isWorse) this.#drop(isSame);
    for (const time of this.#times) {
      time.high = time.column.lastHigh;
      time.low = time.column.lastLow;
    }
  }

  /** The places of tickers begin anew. */
  beginGroup(): void {
    this.#previousPlace = -1;
  }

  /** The tickers begin anew: a file of a later date follows. */
  beginFile(): void {
    this.#previousPlace = -1;
    this.#previous = new Uint8Array(0);
  }

  #isPrevious(place: number): boolean {
    return this.#previousPlace === -1 && this.#previous.length > 0 &&
      compareBytes(this.#ticker.textAt(place), this.#previous) === 0;
  }

  #takeTicker(place: number): void {
    const text = this.#ticker.textAt(place);
    if (compareBytes(text, this.#previous) < 0) this.#ascends = false;
    this.#previous = text.slice();
  }

  #drop(isSame: boolean): void {
    this.#times = this.#times.filter(({ column, high, low }) => {
      const { isLastThere, lastHigh, lastLow } = column;
      return isLastThere && (!isSame || lastHigh > high || lastHigh === high && lastLow >= low);
    });
  }
}
