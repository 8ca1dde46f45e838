/**
 * The bars that a ticker has in the file of a date, out of what is recorded of it.
 *
 * A record has the file's rows as they are. Here rows that are the same count once, of those
 * that differ at one stamp the later counts, and the bar of a day gets the stamp of its date.
 *
 * @module
 */

import { type Bar, type BarRow, type Day, dayOf, isBarRow, toBar } from "../market/bar.ts";
import { checkBars } from "../market/bar_defects.ts";
import type { Dataset } from "../market/dataset.ts";
import {
  type DateSpan,
  dayStamps,
  isInTime,
  spanOfDate,
  stampSpan,
  stampText,
  wantedStamp,
} from "../market/stamps.ts";
import type { Finding } from "../market/finding.ts";
import { zoneOf } from "../market/hours.ts";
import type { Asset } from "../market/symbol.ts";

/** What is recorded of a ticker in one file. */
export interface RecordedRows {
  /** A list of rows in the order of their time, as JSON. */
  readonly rowsText: string;
  /** Why the ticker's rows could not be read. */
  readonly failure?: string | undefined;
  /** What is odd about the file. */
  readonly warning?: string | undefined;
}

/** What is seen of a ticker's rows in one file. */
export interface RowsSeen {
  /** How many bars there are. */
  readonly count: number;
  /** What a user should know about them, and about the file. */
  readonly findings: readonly Finding[];
}

const NO_FINDINGS: readonly Finding[] = [];

/** Reads what is recorded of the files of one dataset; ascending dates are fast. */
export class FileRows {
  readonly #dataset: Pick<Dataset, "asset" | "interval">;
  readonly #dayStamp: (date: string, ms: number) => number;
  /** Each worked out once: a family has a date thousands of times. */
  readonly #spans = new Map<string, DateSpan>();
  readonly #ownSpans = new Map<string, DateSpan>();

  constructor(dataset: Pick<Dataset, "asset" | "interval">) {
    this.#dataset = dataset;
    this.#dayStamp = dayStamps(dataset);
  }

  /** Why the rows make no bars of the date; `undefined` when they do. */
  failureOf(date: string, { rowsText, failure }: RecordedRows): string | undefined {
    if (failure !== undefined || this.#isOfDays || rowsText === "[]") return failure;
    const span = this.#spans.getOrInsertComputed(date, () => stampSpan(this.#dataset, date)!);
    const foreign = endStampsOf(rowsText).find((ms) => !isInTime(span, ms));
    if (foreign === undefined) return undefined;
    return `column "window_start" is ${stampText(foreign)}, want ${wantedStamp(date)}`;
  }

  /** The bars, ascending. */
  barsOf(date: string, rows: RecordedRows): Bar[] {
    return this.#read(date, rows).bars;
  }

  /** The first and the last price, if there is a bar; no more than these two numbers are read. */
  dayOf(date: string, { rowsText }: RecordedRows): Day | undefined {
    return dayOf(
      date,
      rowsText,
      this.#isOfDays ? rowsText.lastIndexOf("[") : firstThatCounts(rowsText),
    );
  }

  /** How many bars there are, and what to know of them; rows of other times are not read for it. */
  lookAt(date: string, rows: RecordedRows): RowsSeen {
    const { rowsText, warning } = rows;
    const plainCount = countPlain(rowsText, this.#isOfDays);
    if (plainCount !== undefined && warning === undefined) {
      return { count: plainCount, findings: NO_FINDINGS };
    }
    const of = { severity: "warning", dates: [date] } as const;
    const findings: Finding[] = [];
    if (warning !== undefined) findings.push({ ...of, kind: "odd-file", text: warning });
    if (plainCount !== undefined) return { count: plainCount, findings };
    const { bars, conflicts } = this.#read(date, rows);
    for (const text of conflicts) findings.push({ ...of, kind: "stamp-repeated", text });
    return { count: bars.length, findings };
  }

  /**
   * Which stamps are of another date: that of a day's bar, where the file has another one than
   * the bar gets, and those of minutes, which stay. Where there are none no row is read for it.
   */
  stampFindingsOf(date: string, rows: RecordedRows): Finding[] {
    const { asset } = this.#dataset;
    const own = this.#ownSpans.getOrInsertComputed(date, () => spanOfDate(date, zoneOf(asset)));
    const ms = endStampsOf(rows.rowsText).find((ms) => !isInTime(own, ms));
    if (ms === undefined) return [];
    if (!this.#isOfDays) {
      return checkBars(this.barsOf(date, rows), this.#dataset)
        .filter(({ kind }) => kind === "stamp-outside-date");
    }
    const known = KNOWN_BAD_STAMPS[asset]?.includes(date)
      ? "; this file of the vendor is known for it"
      : "";
    const text = `the file's stamp is ${stampText(ms)}, the date in its key counts${known}`;
    return [{ kind: "stamp-outside-date", severity: "warning", dates: [date], text }];
  }

  get #isOfDays(): boolean {
    return this.#dataset.interval === "1d";
  }

  #read(date: string, { rowsText }: RecordedRows): { bars: Bar[]; conflicts: string[] } {
    const bars: Bar[] = [];
    const conflicts: string[] = [];
    for (const row of JSON.parse(rowsText) as (number | null)[][]) {
      if (!isBarRow(row)) continue;
      const bar = this.#toBar(date, row);
      const last = bars.at(-1);
      if (last === undefined || !this.#isSameTime(last, bar)) {
        bars.push(bar);
        continue;
      }
      bars[bars.length - 1] = bar;
      const difference = differenceOf(last, bar);
      if (difference === "") continue;
      const when = this.#isOfDays ? "" : ` of ${stampText(bar.timestamp)}`;
      conflicts.push(`two rows${when} differ: ${difference}; the later counts`);
    }
    return { bars, conflicts };
  }

  #toBar(date: string, row: BarRow): Bar {
    const bar = toBar(date, row);
    return this.#isOfDays ? { ...bar, timestamp: this.#dayStamp(date, bar.timestamp) } : bar;
  }

  #isSameTime(a: Bar, b: Bar): boolean {
    return this.#isOfDays || a.timestamp === b.timestamp;
  }
}

/** The stamps of the first and the last row, if there is one. */
function endStampsOf(rowsText: string): number[] {
  if (rowsText === "[]") return [];
  return [rowsText.indexOf("[", 1), rowsText.lastIndexOf("[")]
    .map((at) => parseInt(rowsText.slice(at + 1, at + 20)));
}

/** What a row looks like that is a bar: of seven values only the last two may be `null`. */
const BAR = /\[(?:[^n,\]]+,){5}[^,\]]+,[^,\]]+\]/y;

/** How many bars there are; `undefined` when a row is none, or two of them may be of one time. */
function countPlain(rowsText: string, isOfDays: boolean): number | undefined {
  if (rowsText === "[]") return 0;
  let count = 0;
  let last = -Infinity;
  for (let at = rowsText.indexOf("[", 1); at !== -1; at = rowsText.indexOf("[", at + 1)) {
    BAR.lastIndex = at;
    if (isOfDays && count === 1 || !BAR.test(rowsText)) return undefined;
    const ms = isOfDays ? 0 : wholeNumberAt(rowsText, at + 1);
    if (!(ms > last)) return undefined;
    [last, count] = [ms, count + 1];
  }
  return count;
}

/** Where the first row begins that no other one of its time follows. */
function firstThatCounts(rowsText: string): number {
  let first = 1;
  for (let next = rowsText.indexOf("[", 2); next !== -1; next = rowsText.indexOf("[", next + 1)) {
    if (stampAt(rowsText, first) !== stampAt(rowsText, next)) break;
    first = next;
  }
  return first;
}

/** The first number of the row that begins at an index, as text. */
function stampAt(rowsText: string, row: number): string {
  return rowsText.slice(row + 1, rowsText.indexOf(",", row));
}

const [ZERO, NINE] = [48, 57];

/** The value of digits alone that stands at an index, as a number; `NaN` where it is another. */
function wholeNumberAt(text: string, start: number): number {
  let [at, number] = [start, 0];
  for (let code = text.charCodeAt(at); ZERO <= code && code <= NINE; code = text.charCodeAt(++at)) {
    number = number * 10 + code - ZERO;
  }
  return at > start && text[at] === "," ? number : NaN;
}

/** The dates on which a vendor's day file is known to carry wrong stamps in every row. */
const KNOWN_BAD_STAMPS: Readonly<Partial<Record<Asset, readonly string[]>>> = {
  stock: ["2019-08-12"],
  option: ["2025-02-10"],
};

const COLUMNS = ["open", "high", "low", "close", "volume", "transactions"] as const;

/** `volume 2500 and 5000, close 1 and 2`; empty when there is no difference. */
function differenceOf(a: Bar, b: Bar): string {
  return COLUMNS.filter((name) => a[name] !== b[name])
    .map((name) => `${name} ${a[name]} and ${b[name]}`).join(", ");
}
