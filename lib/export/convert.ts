/**
 * Makes one Parquet file of the flat files of a day or a month, row group by row group.
 *
 * Rows stay as they are in the files and in their order. When all ascend by ticker, bytewise, and
 * time, the file's metadata say so; else they are written as they are. The file's own
 * metadata name its sources: key, size and ETag of each, and how many rows they have.
 *
 * @module
 */

import { constants, gunzipSync } from "node:zlib";
import type { DatedObject } from "../dated_object.ts";
import { IntegrityError, quote } from "../errors.ts";
import { inFile } from "../flatfile/extractor.ts";
import { inflateBytes } from "../flatfile/inflate.ts";
import { formatError, textOf } from "./columns.ts";
import { Converter, type ConvertOptions } from "./converter.ts";
import { RowCutter } from "./rows.ts";

/** A flat file with its gzip, already proved to be the object: in memory, or at a path. */
export interface SourceBytes extends DatedObject {
  readonly gzip: Uint8Array | { readonly path: string };
}

/** What was made. */
export interface Converted {
  readonly rows: number;
  /** Whether the rows ascend by ticker and time, as far as the files have both. */
  readonly isSorted: boolean;
}

/** So much of a gzip is looked at for its header; the more, when that is not in it. */
const HEAD_BYTES = [1 << 12, 1 << 16];

/**
 * The bytes of a Parquet file. Nothing of it counts before the last ones: only then the sources are
 * whole for sure.
 *
 * @throws {IntegrityError} with check `"gzip"` or `"format"` when a source cannot be read.
 * @throws {WiderColumnError} when a column's kind does not fit.
 */
export async function* convert(
  sources: readonly SourceBytes[],
  options: ConvertOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>, Converted> {
  const cutter = new RowCutter();
  const headers = await Array.fromAsync(sources, (source) => headerOf(source, cutter));
  const converter = new Converter(sources, headers, options);
  for (const [i, source] of sources.entries()) {
    cutter.begin();
    const take = converter.begin(source, headers[i]!);
    for await (const slice of inflateBytes(source.key, compressedOf(source))) {
      inFormat(source, () => take(cutter.take(slice)));
      yield* converter.takeChunks();
    }
    inFormat(source, () => take(cutter.end()));
  }
  converter.end();
  yield* converter.takeChunks();
  const { rows, isSorted } = converter;
  return { rows, isSorted };
}

function compressedOf({ gzip, size }: SourceBytes) {
  return "path" in gzip ? inFile({ path: gzip.path, size }) : gzip;
}

/** The first row of a file, of which the rest need not be inflated for it. */
async function headerOf(source: SourceBytes, cutter: RowCutter): Promise<readonly string[]> {
  const { key } = source;
  const start = await startOf(source);
  try {
    for (const bytes of HEAD_BYTES) {
      const head = start.subarray(0, bytes);
      cutter.begin();
      let [rows] = cutter.take(gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }));
      // Of one that is cut off, columns would be missing.
      if (rows === undefined && head.length === source.size) [rows] = cutter.end();
      if (rows !== undefined) return Array.from({ length: rows.width }, (_, i) => textOf(rows, i));
    }
  } catch (cause) {
    if (cause instanceof SyntaxError) throw formatError(key, cause.message);
    const message = `Cannot inflate ${quote(key)}: ${(cause as Error).message}`;
    throw new IntegrityError(message, { key, check: "gzip", cause });
  }
  throw formatError(key, "it has no header, or a longer one than any flat file");
}

/** As many bytes as come first. */
async function startOf(source: SourceBytes): Promise<Uint8Array> {
  const compressed = compressedOf(source);
  if (compressed instanceof Uint8Array) return compressed;
  for await (const chunk of compressed.chunks()) return chunk;
  return new Uint8Array();
}

function inFormat({ key }: DatedObject, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw error instanceof SyntaxError ? formatError(key, error.message) : error;
  }
}
