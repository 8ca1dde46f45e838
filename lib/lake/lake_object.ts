/**
 * Reads the rows of some tickers out of one Parquet object of a lake: its footer, of each row group
 * that can have a ticker the column of tickers, and the others only where it has one.
 *
 * @module
 */

import { openRegular, readWhole } from "../cache/regular_file.ts";
import { parquetMetadata } from "../deps/hyparquet.ts";
import { dateAt, DAY_MS, type ObjectVersion } from "../dated_object.ts";
import { reasonOf } from "../errors.ts";
import { type ColumnChunk, ColumnPages, type TextTest } from "./column_pages.ts";
import { isSealed, metadataIn, readEnds } from "./footer.ts";
import { LakeObjectError } from "./lake_object_error.ts";
import { FORMAT_VERSION, METADATA, parseSources, parseTickers } from "./layout.ts";

/** What an object says of itself. */
export interface LakeHead {
  /** The flat files that it is made of, by date. */
  readonly sources: readonly ObjectVersion[];
  /** Where it has rows of some tickers alone, their patterns. */
  readonly tickers: readonly string[] | undefined;
  /** Whether a reader of lines finds the same rows in its flat files, see `layout.ts`. */
  readonly isPlain: boolean;
}

/** The cells of one row as a flat file could have them, in the order of the columns asked for. */
export interface LakeRow {
  /** `YYYY-MM-DD`, where the object has a month. */
  readonly date: string | undefined;
  readonly cells: readonly string[];
}

/** Which rows are wanted, and what of them. */
export interface Wanted {
  readonly isWanted: TextTest;
  /** The first and the last ticker that is wanted, where these are known. */
  readonly range?: readonly [first: string, last: string] | undefined;
  readonly columns: readonly string[];
}

type Readable = ColumnChunk["type"];

function isReadable(type: string): type is Readable {
  return ["BYTE_ARRAY", "DOUBLE", "INT64", "INT32"].includes(type);
}

const TICKER = "ticker";
const DATE = "date";
const MOST_GROUP_ROWS = 1 << 20;

/** An object that is open. */
export class LakeObject implements Disposable {
  readonly head: LakeHead;
  /** Parquet's types of its columns, by their names. */
  readonly kinds: ReadonlyMap<string, string>;
  readonly #file: Deno.FsFile;
  readonly #size: number;
  readonly #metadata: Metadata;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
    this.#size = file.statSync().size;
    this.#metadata = parquetMetadata(readFooter(file), { geoparquet: false });
    const facts = new Map(this.#metadata.key_value_metadata?.map((one) => [one.key, one.value]));
    this.head = headOf((key) => facts.get(key));
    this.kinds = new Map(
      this.#metadata.schema.slice(1).map(({ name, type }) => [name, String(type)]),
    );
  }

  /** @throws {LakeObjectError} when there is none, it is damaged or not one of this program. */
  static open(path: string): LakeObject {
    const file = explained(() => openRegular(path));
    if (file === undefined) throw new LakeObjectError("it is not there");
    try {
      return explained(() => new LakeObject(file));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /**
   * The wanted rows, row group by row group, in the order of the file.
   *
   * @throws {LakeObjectError} when a column is not there, or its bytes are damaged.
   */
  *rows(wanted: Wanted): Generator<LakeRow[]> {
    for (const group of this.#metadata.row_groups) {
      yield explained(() => this.#rowsOf(group, wanted));
    }
  }

  /**
   * The tickers of a date, each once.
   *
   * @throws {LakeObjectError} as {@linkcode rows} does.
   */
  tickersOf(date: string): string[] {
    return explained(() => {
      const all = new Set<string>();
      for (const group of this.#metadata.row_groups) {
        const dates = this.#datesOf(group);
        const isOf = (row: number) => dates === undefined || dateOf(dates.textAt(row)) === date;
        for (const ticker of this.#read(group, TICKER).texts(isOf)) all.add(ticker);
      }
      return [...all];
    });
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** None of an object of one date. */
  #datesOf(group: RowGroup): ColumnPages | undefined {
    const hasDates = group.columns.some(({ meta_data }) => meta_data?.path_in_schema[0] === DATE);
    return hasDates ? this.#read(group, DATE) : undefined;
  }

  #rowsOf(group: RowGroup, { isWanted, range, columns }: Wanted): LakeRow[] {
    const tickers = columnOf(group, TICKER);
    const { min_value: min, max_value: max } = tickers.statistics ?? {};
    if (typeof min === "string" && typeof max === "string" && range !== undefined) {
      if (range[1] < min || max < range[0]) return [];
    }
    const names = this.#read(group, TICKER);
    const rows = names.rowsWith(isWanted);
    if (rows.length === 0) return [];
    const pages = columns.map((name) => name === TICKER ? names : this.#read(group, name));
    const dates = this.#datesOf(group);
    return rows.map((row) => ({
      date: dates && dateOf(dates.textAt(row)),
      cells: pages.map((one) => one.textAt(row)),
    }));
  }

  #read(group: RowGroup, name: string): ColumnPages {
    const column = columnOf(group, name);
    const { type, codec, data_page_offset: dataAt, dictionary_page_offset: dictionaryAt } = column;
    if (!isReadable(type) || codec !== "ZSTD") {
      throw new LakeObjectError(`its column "${name}" is ${type} by ${codec}`);
    }
    const rows = Number(group.num_rows);
    if (rows > MOST_GROUP_ROWS) throw new LakeObjectError(`a row group has ${rows} rows`);
    const start = Number(dictionaryAt ?? dataAt);
    const end = start + Number(column.total_compressed_size);
    if (end > this.#size) throw new LakeObjectError(`its column "${name}" is cut`);
    const bytes = readSpan(this.#file, start, end);
    return new ColumnPages(bytes, { type, rows, hasDictionary: dictionaryAt !== undefined });
  }
}

/**
 * What an object says of itself, for which no more is read than its footer, and little of that;
 * `undefined` when there is none.
 *
 * @throws {LakeObjectError} when it is damaged or not one of this program.
 */
export function readLakeHead(path: string): LakeHead | undefined {
  using file = explained(() => openRegular(path));
  return file && explained(() => {
    const footer = readFooter(file);
    return headOf((key) => metadataIn(footer, key));
  });
}

type Metadata = ReturnType<typeof parquetMetadata>;
type RowGroup = Metadata["row_groups"][number];

/** The footer and what stands behind it, as they were sealed. */
function readFooter(file: Deno.FsFile): Uint8Array {
  const ends = readEnds(file.statSync().size);
  let step = ends.next();
  while (!step.done) step = ends.next(readSpan(file, step.value.start, step.value.end));
  const footer = step.value;
  if (typeof footer === "string") throw new LakeObjectError(footer);
  if (metadataIn(footer, METADATA.seal) === undefined) {
    throw new LakeObjectError(
      "it has no checksums: another program made it, or an earlier version",
    );
  }
  if (!isSealed(footer)) throw new LakeObjectError("its footer is damaged");
  return footer;
}

function headOf(valueOf: (key: string) => string | undefined): LakeHead {
  const format = valueOf(METADATA.format);
  if (format !== String(FORMAT_VERSION)) {
    throw new LakeObjectError(`its format is ${format}, want ${FORMAT_VERSION}`);
  }
  const tickers = valueOf(METADATA.tickers);
  return {
    sources: parseSources(valueOf(METADATA.sources) ?? ""),
    tickers: tickers === undefined ? undefined : parseTickers(tickers),
    isPlain: valueOf(METADATA.isPlain) !== undefined,
  };
}

function readSpan(file: Deno.FsFile, start: number, end: number): Uint8Array<ArrayBuffer> {
  file.seekSync(start, Deno.SeekMode.Start);
  return readWhole(file, end - start);
}

function columnOf(group: RowGroup, name: string) {
  const column = group.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name);
  if (column?.meta_data === undefined) throw new LakeObjectError(`it has no column "${name}"`);
  return column.meta_data;
}

function dateOf(days: string): string {
  return dateAt(Number(days) * DAY_MS);
}

/** Whatever is thrown over the bytes of an object says that they are damaged. */
function explained<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof LakeObjectError) throw error;
    throw new LakeObjectError(reasonOf(error), { cause: error });
  }
}
