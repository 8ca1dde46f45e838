/**
 * Takes the wanted tickers' rows out of an object of a lake, for each of the flat files that it is
 * made of what `extract.ts` takes out of that file itself.
 *
 * @module
 */

import type { DatedObject, ObjectVersion } from "../dated_object.ts";
import type { TextTest } from "../lake/column_pages.ts";
import { LakeObject, type LakeRow } from "../lake/lake_object.ts";
import { UnorderedError } from "./family_rows.ts";
import { COLUMNS, type Columns, type FileRow, REQUIRED_COLUMNS } from "./row_search.ts";
import { type Extracted, FoundRows } from "./found_rows.ts";
import { TickerSet } from "./ticker_set.ts";

/**
 * What was taken out of the object for one flat file; `undefined` when that file itself has to be
 * read: the object is made of another version of it or has not all the tickers, or a line is unusual, as
 * what is said of one names its number.
 */
export type LakeExtraction = Extracted | undefined;

/**
 * Takes the rows for several flat files, in their order.
 *
 * @throws {import("../lake/lake_object_error.ts").LakeObjectError} when the object is damaged, or none.
 */
export function extractFromLake(
  path: string,
  files: readonly DatedObject[],
  wanted: TickerSet,
): LakeExtraction[] {
  using object = LakeObject.open(path);
  const columns = columnsIn(object);
  const covered = columns === undefined
    ? []
    : files.filter((file) => covers(object.head, file, wanted.names));
  if (columns === undefined || covered.length === 0) return files.map(() => undefined);
  const found = gather(object, columns, { files: covered, wanted });
  return files.map((file) => found.get(file));
}

/**
 * The tickers that an object has of a flat file, each once.
 *
 * @throws as {@linkcode extractFromLake} does.
 */
export function tickersInLake(path: string, { date }: DatedObject): string[] {
  using object = LakeObject.open(path);
  return object.tickersOf(date);
}

/** Whether an object is made of this version of a flat file, and has its rows as they are. */
function isMadeOf(
  { sources, isPlain }: LakeObject["head"],
  { key, size, etag }: ObjectVersion,
): boolean {
  return isPlain &&
    sources.some((one) => one.key === key && one.size === size && one.etag === etag);
}

/** Whether an object has all rows of a file that are wanted. */
export function covers(
  head: LakeObject["head"],
  file: ObjectVersion,
  tickers: readonly string[],
): boolean {
  return isMadeOf(head, file) &&
    (head.tickers === undefined || new TickerSet(head.tickers).hasAll(new TickerSet(tickers)));
}

/** Where the columns of bars stand in its rows; `undefined` when one is missing or of another kind. */
function columnsIn({ head, kinds }: LakeObject): Columns | undefined {
  if (head.sources.length > 1 && !kinds.has("date")) return undefined;
  const names = COLUMNS.filter((name) => kinds.has(name));
  const isUsual = names.every((name) => {
    const kind = kinds.get(name)!;
    if (name === "ticker") return kind === "BYTE_ARRAY";
    return kind === "INT64" || kind === "DOUBLE" && name !== "window_start";
  });
  if (!isUsual || !REQUIRED_COLUMNS.every((name) => kinds.has(name))) return undefined;
  const at = Object.fromEntries(COLUMNS.map((name) => [name, names.indexOf(name)]));
  return { at: at as Columns["at"], width: names.length };
}

interface Gathering {
  readonly files: readonly DatedObject[];
  readonly wanted: TickerSet;
  readonly isOrdered?: boolean;
}

/** What there is for each file, but for those of which a row is unusual. */
function gather(
  object: LakeObject,
  columns: Columns,
  { files, wanted, isOrdered = true }: Gathering,
): Map<DatedObject, Extracted> {
  const all = new Map(
    files.map((
      file,
    ) => [file.date, { file, found: new FoundRows(file.key, wanted, { isOrdered }) }]),
  );
  const [only] = files;
  const names = COLUMNS.filter((name) => columns.at[name] !== -1);
  const query = { isWanted: testOf(wanted), range: rangeOf(wanted), columns: names };
  try {
    for (const rows of object.rows(query)) {
      for (const [date = only!.date, ofDate] of Map.groupBy(rows, ({ date }) => date)) {
        all.get(date)?.found.take(ofDate.map((row) => toRow(row, columns)));
      }
    }
    const done = new Map<DatedObject, Extracted>();
    for (const { file, found } of all.values()) {
      if (found.settle().size === 0) done.set(file, found.end(new Map(), undefined));
    }
    return done;
  } catch (error) {
    if (!(error instanceof UnorderedError)) throw error;
    return gather(object, columns, { files, wanted, isOrdered: false });
  }
}

function toRow({ cells }: LakeRow, columns: Columns): FileRow {
  return { ticker: cells[0]!, line: cells.join(","), columns, fields: cells };
}

/** Tickers are compared as bytes; of families each text is looked at. */
function testOf(wanted: TickerSet): TextTest {
  if (wanted.families.length > 0) {
    const decoder = new TextDecoder();
    return (bytes, start, end) => wanted.has(decoder.decode(bytes.subarray(start, end)));
  }
  const encoder = new TextEncoder();
  const tickers = Array.from(wanted.tickers, (ticker) => encoder.encode(ticker));
  const byHash = Map.groupBy(tickers, (ticker) => hashOf(ticker, 0, ticker.length));
  // Most texts are none of them, which a look into an array shows.
  const isHash = new Uint8Array(HASHES);
  for (const hash of byHash.keys()) isHash[hash] = 1;
  return (bytes, start, end) => {
    const hash = hashOf(bytes, start, end);
    return isHash[hash] === 1 && byHash.get(hash)!.some((one) => isAt(one, bytes, start, end));
  };
}

const HASHES = 1 << 16;

/** Of the length, the ends and the middle of a text. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  const [first, last] = [bytes[start]!, bytes[end - 1]!];
  const middle = bytes[start + (end - start >> 1)]!;
  return (end - start + 31 * (first + 31 * (middle + 31 * last))) & (HASHES - 1);
}

function isAt(ticker: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  return ticker.length === end - start && ticker.every((byte, i) => bytes[start + i] === byte);
}

/** All that is wanted is between these: visible ASCII, as the object's own texts are. */
function rangeOf({ tickers, families }: TickerSet): [string, string] {
  const least = [...tickers, ...families.map(({ prefix }) => prefix)].sort();
  const most = [...tickers, ...families.map(({ prefix }) => `${prefix}\x7f`)].sort();
  return [least[0]!, most.at(-1)!];
}
