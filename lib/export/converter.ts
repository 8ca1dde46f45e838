/**
 * Fills row groups with the rows of one flat file after the other, and writes them.
 *
 * @module
 */

import { type DatedObject, DAY_MS } from "../dated_object.ts";
import { TickerSet } from "../flatfile/ticker_set.ts";
import { FORMAT_VERSION, METADATA } from "../lake/layout.ts";
import { cellError, type ColumnKind, columnsOf, type NamedColumn, textOf } from "./columns.ts";
import { type Column, NumberDictionary } from "./column.ts";
import { DateColumn, DoubleColumn, IntegerColumn, WidenedColumn } from "./number_column.ts";
import { ParquetFile } from "./parquet_file.ts";
import { RowOrder } from "./row_order.ts";
import type { Rows } from "./rows.ts";
import { TextColumn } from "./text_column.ts";

/** How files are converted. */
export interface ConvertOptions {
  /** What the object is made of and how; it stands in the file's metadata. */
  readonly mark: string;
  readonly programVersion: string;
  /** Whether the rows get a column `date`, since the partition is a month. */
  readonly hasDate: boolean;
  /** Only rows of these tickers, with `*` and `?`. */
  readonly tickers: readonly string[] | undefined;
  /** Columns that are wider than their names say, by their names. */
  readonly wider: Readonly<Record<string, ColumnKind>>;
}

/** Rows of a row group, at most; where they take many bytes there are fewer. */
const GROUP_ROWS = 122_880;
const GROUP_BYTES = 1 << 26;

/** Makes one file. */
export class Converter {
  rows = 0;
  readonly #columns: readonly NamedColumn[];
  readonly #data: readonly Column[];
  readonly #dates: DateColumn | undefined;
  readonly #tickers: TickerSet | undefined;
  readonly #file: ParquetFile;
  readonly #metadata: Record<string, string>;
  readonly #order: RowOrder | undefined;
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #inGroup = 0;
  /** Sources of which no row has come. */
  #emptySources = 0;

  constructor(
    sources: readonly DatedObject[],
    headers: readonly (readonly string[])[],
    { mark, programVersion, hasDate, tickers, wider }: ConvertOptions,
  ) {
    this.#columns = unionOf(sources, headers).map((column) => {
      return Object.hasOwn(wider, column.name) ? { ...column, kind: wider[column.name]! } : column;
    });
    const dictionary = new NumberDictionary();
    this.#data = this.#columns.map(({ kind, name }) =>
      kind === "double" && Object.hasOwn(wider, name)
        ? new WidenedColumn(dictionary)
        : emptyColumn(kind, dictionary)
    );
    this.#dates = hasDate ? new DateColumn() : undefined;
    this.#tickers = tickers && new TickerSet(tickers);
    this.#order = orderOf(this.#columns, this.#data);
    this.#metadata = {
      [METADATA.mark]: mark,
      [METADATA.format]: String(FORMAT_VERSION),
      [METADATA.version]: programVersion,
      [METADATA.sources]: JSON.stringify(
        sources.map(({ key, size, etag }) => ({ key, size, etag })),
      ),
      ...(tickers && { [METADATA.tickers]: JSON.stringify(tickers) }),
    };
    const heads = this.#columns.map(({ as, kind }) => ({ name: as, kind }));
    const all = hasDate ? [{ name: "date", kind: "date" } as const, ...heads] : heads;
    this.#file = new ParquetFile(all, `flatfetch ${programVersion}`);
  }

  /** Whether all rows so far ascend by ticker and time, as far as there are times. */
  get isSorted(): boolean {
    return this.#order?.isSorted ?? false;
  }

  /** Begins a source and returns what takes its rows, of which the first is its header. */
  begin({ key, date }: DatedObject, header: readonly string[]): (all: Iterable<Rows>) => void {
    const days = Date.parse(date) / DAY_MS;
    const places = this.#columns.map(({ name }) => header.indexOf(name));
    const ticker = header.indexOf("ticker");
    this.#order?.beginFile();
    this.#emptySources++;
    let isEmpty = true;
    return (all) => {
      for (const rows of all) {
        if (isEmpty && rows.before + rows.count > 1) {
          isEmpty = false;
          this.#emptySources--;
        }
        for (const { from, to } of this.#wanted(rows, ticker)) {
          for (let at = from; at < to;) {
            const end = Math.min(to, at + GROUP_ROWS - this.#inGroup);
            this.#add(rows, { from: at, to: end, places, key });
            this.#dates?.addDays(days, end - at);
            if (this.#isFull()) this.#writeGroup();
            at = end;
          }
        }
      }
    };
  }

  /** Writes what is left, and the footer. */
  end(): void {
    if (this.#inGroup > 0) this.#writeGroup();
    const shift = this.#dates ? 1 : 0;
    const sorted = (this.#order?.sorted ?? [])
      .map((name) => this.#columns.findIndex((column) => column.name === name) + shift);
    const isByDate = shift === 1 && sorted.length > 0;
    const isPlain = this.#emptySources === 0 &&
      this.#data.every((data) => !(data instanceof TextColumn) || data.isPlain);
    const metadata = {
      ...this.#metadata,
      [METADATA.rows]: String(this.rows),
      ...(isPlain && { [METADATA.isPlain]: "true" }),
    };
    this.#chunks.push(this.#file.end(isByDate ? [0, ...sorted] : sorted, metadata));
  }

  /** The bytes that were written since the last time. */
  takeChunks(): Uint8Array<ArrayBuffer>[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  /** Runs of rows that are wanted. */
  *#wanted(rows: Rows, ticker: number): Generator<{ from: number; to: number }> {
    const { count, width, before } = rows;
    let from = before === 0 ? 1 : 0;
    if (this.#tickers === undefined) return yield { from, to: count };
    for (let row = from; row <= count; row++) {
      const isWanted = row < count && ticker !== -1 &&
        this.#tickers.has(textOf(rows, row * width + ticker));
      if (isWanted) continue;
      if (from < row) yield { from, to: row };
      from = row + 1;
    }
  }

  #add(
    rows: Rows,
    { from, to, places, key }: {
      readonly from: number;
      readonly to: number;
      readonly places: readonly number[];
      readonly key: string;
    },
  ): void {
    for (const [i, data] of this.#data.entries()) {
      const place = places[i]!;
      if (place === -1) data.addNulls(to - from);
      else {
        const row = data.add(rows, place, from, to);
        if (row < to) throw cellError(this.#columns[i]!, rows, { row, place, key });
      }
    }
    this.#order?.add(to - from);
    this.#inGroup += to - from;
    this.rows += to - from;
  }

  #isFull(): boolean {
    const bytes = this.#data.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
    return this.#inGroup === GROUP_ROWS || bytes > GROUP_BYTES;
  }

  #writeGroup(): void {
    const all = this.#dates ? [this.#dates, ...this.#data] : this.#data;
    this.#chunks.push(this.#file.write(all));
    this.#order?.endGroup();
    for (const data of all) data.clear();
    this.#inGroup = 0;
  }
}

function emptyColumn(kind: ColumnKind, dictionary: NumberDictionary): Column {
  if (kind === "text") return new TextColumn();
  return kind === "double" ? new DoubleColumn(dictionary) : new IntegerColumn(dictionary);
}

/** There is none without tickers. */
function orderOf(columns: readonly NamedColumn[], data: readonly Column[]): RowOrder | undefined {
  const ticker = data[columns.findIndex(({ name }) => name === "ticker")];
  if (!(ticker instanceof TextColumn)) return undefined;
  const stamps = new Map<string, IntegerColumn>();
  for (const [i, { name, kind }] of columns.entries()) {
    if (kind === "timestamp") stamps.set(name, data[i] as IntegerColumn);
  }
  return new RowOrder(ticker, stamps);
}

/** The columns of all files, in the order in which they come. */
function unionOf(
  sources: readonly DatedObject[],
  headers: readonly (readonly string[])[],
): NamedColumn[] {
  const all = new Map<string, NamedColumn>();
  for (const [i, header] of headers.entries()) {
    for (const column of columnsOf(sources[i]!.key, header)) {
      if (!all.has(column.name)) all.set(column.name, column);
    }
  }
  return [...all.values()];
}
