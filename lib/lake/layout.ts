/**
 * How a lake is laid out: the paths of its objects, and what each says of itself.
 *
 * A Parquet object's own metadata name what it was made of; beside any other file stands its mark,
 * under its name with `.mark`.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { DatedObject, ObjectVersion } from "../dated_object.ts";
import { quote } from "../errors.ts";

/** Of the types, the metadata and the layout of rows: part of the mark of each object. */
export const FORMAT_VERSION = 2;

/** The names in a Parquet object's metadata. */
export const METADATA = {
  /** What the object is made of, and how, in one line. */
  mark: "flatfetch.mark",
  /** {@linkcode FORMAT_VERSION}. */
  format: "flatfetch.format",
  /** The program's. */
  version: "flatfetch.version",
  /** Its flat files, by date: a JSON list of `{ key, size, etag }`. */
  sources: "flatfetch.sources",
  /** Where it has rows of some tickers alone, their patterns: a JSON list. */
  tickers: "flatfetch.tickers",
  /** How many rows there are. */
  rows: "flatfetch.rows",
  /**
   * Where it is there, every flat file has rows, and all text in them is of ASCII's visible
   * characters without quotes: a reader of lines finds the same rows in them as one of cells.
   */
  isPlain: "flatfetch.plain",
  /** The CRC-32 of the footer, see `footer.ts`. */
  seal: "flatfetch.seal",
} as const;

/** How the objects are made. */
export interface Layout {
  /** An object for each date, or for each month. */
  readonly by: "date" | "month";
  /** Parquet, or each file as it came. */
  readonly format: "parquet" | "csv.gz";
  /** Only rows of these tickers, with `*` and `?`. */
  readonly tickers: readonly string[] | undefined;
}

/** How flat files lie in a lake that has them as they came. */
export const MIRROR = { by: "date", format: "csv.gz" } as const;

/** The object of the lake that has the rows of a flat file, by its path in the place. */
export function pathOf(
  dataset: string,
  { key, date }: DatedObject,
  { by, format }: Pick<Layout, "by" | "format">,
): string {
  if (format === "csv.gz") return key;
  const partition = by === "date" ? `date=${date}` : `month=${date.slice(0, 7)}`;
  return `${dataset}/${partition}/part.parquet`;
}

/** The layout that an object's path is of, and its date or month; `undefined` for what no export makes. */
export function layoutOf(
  dataset: string,
  path: string,
): Pick<Layout, "by" | "format"> & { readonly day: string } | undefined {
  if (!path.startsWith(`${dataset}/`)) return undefined;
  const [, date, month, copied] = OWN_PATH.exec(path.slice(dataset.length + 1)) ?? [];
  if (copied !== undefined) return { ...MIRROR, day: copied };
  if (date !== undefined) return { by: "date", format: "parquet", day: date };
  return month === undefined ? undefined : { by: "month", format: "parquet", day: month };
}

/** The date, month or year of a folder in which objects lie; `undefined` for any other path. */
export function dayOfFolder(dataset: string, path: string): string | undefined {
  const [, day] = OWN_FOLDER.exec(path.slice(dataset.length + 1)) ?? [];
  return day?.replaceAll("/", "-");
}

const OWN_FOLDER = /^(?:(?:date|month)=)?(\d{4}(?:[-/]\d\d){0,2})$/;
/** The paths within a dataset that an export writes. */
export const OWN_PATH =
  /^(?:date=(\d{4}-\d\d-\d\d)\/part\.parquet|month=(\d{4}-\d\d)\/part\.parquet|\d{4}\/\d\d\/(\d{4}-\d\d-\d\d)\.csv\.gz)$/;

/** What an object is made of and how, so that equal marks are equal objects. */
export function markOf(sources: readonly ObjectVersion[], { by, format, tickers }: Layout): string {
  const what = sources.map(({ key, size, etag }) => [key, size, etag]);
  const hash = createHash("sha256").update(JSON.stringify([what, by, namesOf(tickers)]));
  const [first] = sources;
  const etag = sources.length === 1 && /^[\x21-\x7e]{1,100}$/.test(first!.etag) ? first!.etag : "-";
  return `${FORMAT_VERSION} ${format} ${hash.digest("hex").slice(0, 32)} ${etag}`;
}

/** Each name once, in whatever order they are given. */
function namesOf(tickers: Layout["tickers"]): string[] | null {
  return tickers === undefined ? null : [...new Set(tickers)].sort();
}

/** The flat files in an object's metadata. @throws {SyntaxError} when they are no list of such. */
export function parseSources(text: string): readonly ObjectVersion[] {
  return listIn(text, (value): value is ObjectVersion => {
    const { key, size, etag } = (value ?? {}) as Partial<ObjectVersion>;
    return typeof key === "string" && typeof size === "number" && typeof etag === "string";
  });
}

/** The tickers in an object's metadata. @throws {SyntaxError} when they are no list of texts. */
export function parseTickers(text: string): readonly string[] {
  return listIn(text, (value) => typeof value === "string");
}

function listIn<T>(text: string, isOne: (value: unknown) => value is T): readonly T[] {
  const list: unknown = JSON.parse(text);
  if (Array.isArray(list) && list.every(isOne)) return list;
  throw new SyntaxError(`its metadata have ${quote(text)}`);
}
