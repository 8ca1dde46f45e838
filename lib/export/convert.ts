/**
 * Makes one Parquet file of the flat files of a day or a month, row group by row group.
 *
 * Rows stay as they are in the files and in their order. A row group whose rows ascend by ticker,
 * bytewise, and time says so in its metadata; one that does not is written as it is. The file's own
 * metadata name its sources: key, size and ETag of each, and how many rows they have.
 *
 * @module
 */

import { Readable } from "node:stream";
import { constants, createGunzip, gunzipSync, zstdCompressSync } from "node:zlib";
import { chunksOf } from "../cache/part_file.ts";
import { openRegular, readWhole } from "../cache/regular_file.ts";
import { ByteWriter, ParquetWriter } from "../deps/hyparquet_writer.ts";
import { IntegrityError, quote } from "../errors.ts";
import { TickerSet } from "../flatfile/ticker_set.ts";
import { type ColumnData, columnData, GROUP_ROWS } from "./column_data.ts";
import { type Column, type ColumnKind, columnsOf, FORMAT_VERSION, sortingOf } from "./columns.ts";
import { type Cells, RowCutter } from "./rows.ts";

/** A flat file that is converted. */
export interface Source {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

/** A flat file with its gzip, already proved to be the object: in memory, or at a path. */
export interface SourceBytes extends Source {
  readonly gzip: Uint8Array | { readonly path: string };
}

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

/** What was made. */
export interface Converted {
  readonly rows: number;
  /** Whether the rows ascend by ticker and time, as far as the files have both. */
  readonly isSorted: boolean;
}

/** A cell is no number of its column's kind: the files have to be converted with a wider one. */
export class WiderColumnError extends Error {
  static {
    this.prototype.name = "WiderColumnError";
  }

  readonly column: string;
  readonly kind: ColumnKind;

  /** The message says which cell it is. */
  constructor(message: string, { column, kind }: { column: string; kind: ColumnKind }) {
    super(message);
    this.column = column;
    this.kind = kind;
  }
}

/** The name in a file's metadata that says what the file is made of, and how. */
export const MARK_KEY = "flatfetch.mark";

const ZSTD_LEVEL = 3;
const SLICE_BYTES = 1 << 18;
const HEAD_BYTES = 1 << 16;
/** A gzip may inflate to 16 MiB, or a hundred times its size. */
const LEAST_LIMIT = 16 << 20;
const MOST_RATIO = 100;

/**
 * The bytes of a Parquet file.
 *
 * @throws {IntegrityError} with check `"gzip"` or `"format"` when a source cannot be read.
 * @throws {WiderColumnError} when a column's kind does not fit.
 */
export async function* convert(
  sources: readonly SourceBytes[],
  options: ConvertOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, Converted> {
  const headers = sources.map(headerOf);
  const converter = new Converter(sources, headers, options);
  for (const [i, source] of sources.entries()) {
    const rows = converter.rowsOf(source, headers[i]!);
    for await (const slice of inflate(source)) {
      inFormat(source, () => rows.take(slice));
      yield* converter.takeChunks();
    }
    inFormat(source, () => rows.end());
  }
  converter.end();
  yield* converter.takeChunks();
  return { rows: converter.rows, isSorted: converter.isSorted };
}

/** The first row of a file, of which the rest need not be inflated for it. */
function headerOf(source: SourceBytes): readonly string[] {
  const { key, size, gzip } = source;
  let header: readonly string[] | undefined;
  const cutter = new RowCutter((cells) => header ??= textsOf(cells));
  try {
    const finishFlush = constants.Z_SYNC_FLUSH;
    const head = gzip instanceof Uint8Array
      ? gzip.subarray(0, HEAD_BYTES)
      : readHead(gzip.path, Math.min(size, HEAD_BYTES));
    cutter.take(gunzipSync(head, { finishFlush }));
    if (header === undefined) cutter.end();
  } catch (cause) {
    if (cause instanceof SyntaxError) throw formatError(key, cause.message);
    throw gzipError(key, cause);
  }
  if (header === undefined) throw formatError(key, "it has no header");
  return header;
}

function textsOf({ bytes, count, starts, ends }: Cells): string[] {
  const decoder = new TextDecoder();
  return Array.from(
    { length: count },
    (_, i) => decoder.decode(bytes.subarray(starts[i], ends[i])),
  );
}

async function* inflate({ key, size, gzip }: SourceBytes): AsyncGenerator<Uint8Array> {
  const limit = Math.max(LEAST_LIMIT, MOST_RATIO * size);
  const gunzip = createGunzip({ chunkSize: SLICE_BYTES });
  let failure: unknown;
  if (gzip instanceof Uint8Array) gunzip.end(gzip);
  else {
    const file = Readable.from(chunksOf(gzip.path, size));
    file.on("error", (error) => gunzip.destroy(failure = error));
    file.pipe(gunzip);
  }
  let length = 0;
  try {
    for await (const slice of gunzip as AsyncIterable<Uint8Array>) {
      length += slice.length;
      if (length > limit) throw new RangeError(`it inflates to more than ${limit} bytes`);
      yield slice;
    }
    const rest = size - gunzip.bytesWritten;
    if (rest !== 0) throw new Error(`${rest} bytes follow its end`);
  } catch (cause) {
    throw failure ?? gzipError(key, cause);
  }
}

function readHead(path: string, length: number): Uint8Array {
  using file = openRegular(path);
  return file === undefined ? new Uint8Array(0) : readWhole(file, length);
}

function gzipError(key: string, cause: unknown): Error {
  if (cause instanceof IntegrityError || cause instanceof WiderColumnError) return cause;
  const message = `Cannot inflate ${quote(key)}: ${(cause as Error).message}`;
  return new IntegrityError(message, { key, check: "gzip", cause });
}

function formatError(key: string, what: string): IntegrityError {
  return new IntegrityError(`Cannot read ${quote(key)}: ${what}`, { key, check: "format" });
}

function inFormat({ key }: Source, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw error instanceof SyntaxError ? formatError(key, error.message) : error;
  }
}

/** Fills row groups and writes them. */
class Converter {
  rows = 0;
  isSorted = true;
  readonly #options: ConvertOptions;
  readonly #columns: readonly Column[];
  readonly #data: readonly ColumnData[];
  readonly #dates: Int32Array | undefined;
  readonly #tickers: TickerSet | undefined;
  readonly #buffer = new ByteWriter();
  readonly #file: ParquetWriter;
  readonly #metadata: { key: string; value: string }[];
  readonly #order: Order;
  #inGroup = 0;

  constructor(
    sources: readonly Source[],
    headers: readonly (readonly string[])[],
    options: ConvertOptions,
  ) {
    this.#options = options;
    this.#columns = unionOf(sources, headers).map((column) => {
      const wider = options.wider[column.name];
      return wider === undefined ? column : { ...column, kind: wider };
    });
    this.#data = this.#columns.map(({ kind }) => columnData(kind));
    this.#dates = options.hasDate ? new Int32Array(GROUP_ROWS) : undefined;
    this.#tickers = options.tickers && new TickerSet(options.tickers);
    this.#order = new Order(this.#columns);
    this.#metadata = [
      { key: MARK_KEY, value: options.mark },
      { key: "flatfetch.format", value: String(FORMAT_VERSION) },
      { key: "flatfetch.version", value: options.programVersion },
      {
        key: "flatfetch.sources",
        value: JSON.stringify(sources.map(({ key, size, etag }) => ({ key, size, etag }))),
      },
    ];
    this.#file = new ParquetWriter({
      writer: this.#buffer,
      schema: schemaOf(this.#columns, options),
      codec: "ZSTD",
      compressors: { ZSTD: compress },
      kvMetadata: this.#metadata,
      createdBy: `flatfetch ${options.programVersion}`,
    });
  }

  /** What takes the text of a source, whose first row is its header. */
  rowsOf(source: Source, header: readonly string[]): RowCutter {
    const days = Date.parse(source.date) / 86_400_000;
    const places = this.#columns.map(({ name }) => header.indexOf(name));
    const ticker = header.indexOf("ticker");
    this.#order.begin();
    let row = 0;
    return new RowCutter((cells) => {
      if (row++ === 0) return;
      if (cells.count !== header.length) {
        const what = `row ${row} has ${cells.count} cells, its header ${header.length}`;
        throw formatError(source.key, what);
      }
      if (this.#tickers && !this.#isWanted(cells, ticker)) return;
      this.#put(cells, places, () => `row ${row} of ${quote(source.key)}`);
      if (this.#dates) this.#dates[this.#inGroup] = days;
      this.#inGroup++;
      this.rows++;
      if (this.#inGroup === GROUP_ROWS) this.#writeGroup();
    });
  }

  /** Writes what is left, and the footer. */
  end(): void {
    if (this.#inGroup > 0) this.#writeGroup();
    this.#metadata.push({ key: "flatfetch.rows", value: String(this.rows) });
    this.#file.finish();
  }

  /** The bytes that were written since the last time. */
  *takeChunks(): Generator<Uint8Array<ArrayBuffer>> {
    if (this.#buffer.index === 0) return;
    yield this.#buffer.getBytes().slice();
    this.#buffer.index = 0;
  }

  #isWanted({ bytes, starts, ends }: Cells, ticker: number): boolean {
    if (ticker === -1) return false;
    const name = new TextDecoder().decode(bytes.subarray(starts[ticker], ends[ticker]));
    return this.#tickers!.has(name);
  }

  #put(cells: Cells, places: readonly number[], where: () => string): void {
    const { bytes, starts, ends, quoted } = cells;
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      const data = this.#data[i]!;
      const isTaken = place === -1
        ? data.put(this.#inGroup, bytes, 0, 0, 0)
        : data.put(this.#inGroup, bytes, starts[place]!, ends[place]!, quoted[place]!);
      if (!isTaken) throw widerError(this.#columns[i]!, cells, place, where());
    }
    this.#order.next(cells, places);
  }

  #writeGroup(): void {
    const rows = this.#inGroup;
    const own = this.#columns.map(({ as, kind, name }, i) => ({
      name: as,
      data: this.#data[i]!.values(rows),
      ...encodingOf(kind, name),
    }));
    const dates = this.#dates && { name: "date", data: this.#dates.subarray(0, rows) };
    this.#file.write({ columnData: dates ? [dates, ...own] : own, rowGroupSize: rows });
    if (this.#order.isSorted) {
      this.#file.row_groups.at(-1)!.sorting_columns = this.#sortingColumns();
    } else this.isSorted = false;
    for (const data of this.#data) data.clear();
    this.#order.clear();
    this.#inGroup = 0;
  }

  #sortingColumns() {
    const { ticker, time } = sortingOf(this.#columns);
    const shift = this.#dates ? 1 : 0;
    const places = [ticker, time].filter((place) => place !== -1).map((place) => place + shift);
    return (this.#dates ? [0, ...places] : places).map((column_idx) => ({
      column_idx,
      descending: false,
      nulls_first: false,
    }));
  }
}

/** The columns of all files, in the order in which they come. */
function unionOf(sources: readonly Source[], headers: readonly (readonly string[])[]): Column[] {
  const all = new Map<string, Column>();
  for (const [i, header] of headers.entries()) {
    for (const column of columnsOf(sources[i]!.key, header)) {
      if (!all.has(column.name)) all.set(column.name, column);
    }
  }
  return [...all.values()];
}

function widerError(
  { name, kind }: Column,
  { bytes, starts, ends }: Cells,
  place: number,
  where: string,
): WiderColumnError {
  const cell = new TextDecoder().decode(bytes.subarray(starts[place], ends[place]));
  const isNumber = kind === "integer" && /^[-+]?\d+(\.\d*)?(e[-+]?\d+)?$/i.test(cell) &&
    Math.abs(Number(cell)) < 2 ** 53;
  const wider = isNumber ? "double" : "text";
  return new WiderColumnError(`${where} has ${quote(cell)} in ${name}: written as ${wider}`, {
    column: name,
    kind: wider,
  });
}

const OPTIONAL = { repetition_type: "OPTIONAL" } as const;
const TYPES = {
  timestamp: {
    type: "INT64",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" },
  },
  integer: { type: "INT64" },
  double: { type: "DOUBLE" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } },
} as const;

function schemaOf(columns: readonly Column[], { hasDate }: ConvertOptions) {
  const date = {
    name: "date",
    type: "INT32",
    converted_type: "DATE",
    logical_type: { type: "DATE" },
    repetition_type: "REQUIRED",
  } as const;
  return [
    { name: "rows", num_children: columns.length + (hasDate ? 1 : 0) },
    ...hasDate ? [date] : [],
    ...columns.map(({ as, kind }) => ({ name: as, ...TYPES[kind], ...OPTIONAL })),
  ];
}

/** Doubles get no dictionary: the writer's own holds 0 and −0 for one. */
function encodingOf(kind: ColumnKind, name: string) {
  if (kind === "double") return { encoding: "PLAIN" } as const;
  if (kind === "timestamp") return { encoding: "DELTA_BINARY_PACKED" } as const;
  return name === "ticker" ? { encoding: "RLE_DICTIONARY" } as const : {};
}

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
  });
}

/** Whether the rows of a group ascend by ticker and time. */
class Order {
  isSorted = true;
  readonly #ticker: number;
  readonly #time: number;
  #lastTicker = new Uint8Array(0);
  #lastTime = "";
  #isFirst = true;

  constructor(columns: readonly Column[]) {
    const { ticker, time } = sortingOf(columns);
    this.#ticker = ticker;
    this.#time = time;
    this.isSorted = ticker !== -1;
  }

  /** Another file follows, of a later date. */
  begin(): void {
    this.#isFirst = true;
  }

  clear(): void {
    this.isSorted = this.#ticker !== -1;
  }

  next({ bytes, starts, ends }: Cells, places: readonly number[]): void {
    if (this.#ticker === -1) return;
    const [at, timeAt] = [places[this.#ticker]!, places[this.#time] ?? -1];
    if (at === -1) return void (this.isSorted = false);
    const [start, end] = [starts[at]!, ends[at]!];
    const order = this.#isFirst ? -1 : compareBytes(this.#lastTicker, bytes, start, end);
    if (order !== 0) {
      if (order > 0) this.isSorted = false;
      this.#lastTicker = bytes.slice(start, end);
      this.#lastTime = "";
      this.#isFirst = false;
    }
    if (timeAt === -1) return;
    const time = latin1(bytes, starts[timeAt]!, ends[timeAt]!);
    const isLater = time.length > this.#lastTime.length ||
      time.length === this.#lastTime.length && time >= this.#lastTime;
    if (!isLater) this.isSorted = false;
    this.#lastTime = time;
  }
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

function compareBytes(a: Uint8Array, b: Uint8Array, start: number, end: number): number {
  const length = Math.min(a.length, end - start);
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[start + i]!;
    if (difference !== 0) return difference;
  }
  return a.length - (end - start);
}
