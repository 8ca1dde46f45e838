/**
 * Judges a Parquet object of a lake by its two ends, whatever its rows are.
 *
 * @module
 */

import type { ObjectVersion } from "../dated_object.ts";
import { isSealed, metadataIn, readEnds } from "./footer.ts";
import { METADATA, parseSources, parseTickers } from "./layout.ts";

/** What a file says of itself, or what is wrong with it. */
export type FooterCheck =
  | { readonly kind: "right"; readonly facts: FooterFacts }
  /** It is a Parquet file of somebody else, or none at all. */
  | { readonly kind: "foreign"; readonly text: string }
  | { readonly kind: "damaged"; readonly text: string };

/** What a file says of itself. */
export interface FooterFacts {
  readonly rows: number;
  readonly mark: string;
  /** The flat files that it is made of. */
  readonly sources: readonly ObjectVersion[];
  /** Where it has rows of some tickers alone, their patterns. */
  readonly tickers: readonly string[] | undefined;
  /** Parquet's types of its columns, by their names. */
  readonly types: ReadonlyMap<string, string>;
  readonly groups: readonly GroupFacts[];
}

/** What a footer says of a row group. */
export interface GroupFacts {
  /** Where it begins in the file. */
  readonly start: number;
  readonly rows: number;
  /** By column, one behind the other. */
  readonly chunks: readonly {
    readonly name: string;
    readonly hasDictionary: boolean;
    readonly bytes: number;
    readonly uncompressedBytes: number;
  }[];
}

/** Some bytes of a file; fewer where it is shorter. */
export type ReadBytes = (start: number, end: number) => Uint8Array | Promise<Uint8Array>;

/** Where the rows begin, behind `PAR1`. */
const ROWS_AT = 4;
/** What was written before footers had a seal. */
const UNSEALED_FORMAT = "1";

/**
 * Reads both ends of a file, and nothing between them.
 *
 * @param size Bytes that it has.
 */
export async function checkFooter(size: number, read: ReadBytes): Promise<FooterCheck> {
  const ends = readEnds(size);
  let step = ends.next();
  while (!step.done) step = ends.next(await read(step.value.start, step.value.end));
  const footer = step.value;
  if (typeof footer === "string") return damaged(footer);
  return await judge(footer, size - footer.length);
}

/** @param end The footer and what is behind it. */
async function judge(end: Uint8Array, footerAt: number): Promise<FooterCheck> {
  const [mark, sources] = [metadataIn(end, METADATA.mark), metadataIn(end, METADATA.sources)];
  if (mark === undefined || sources === undefined) {
    return { kind: "foreign", text: "it does not say which flat files it is made of" };
  }
  const wantsSeal = metadataIn(end, METADATA.format) !== UNSEALED_FORMAT;
  if (wantsSeal && !isSealed(end)) return damaged("its footer is not as it was written");
  try {
    const { parquetMetadata } = await import("../deps/hyparquet.ts");
    const metadata = parquetMetadata(end, { geoparquet: false });
    const text = rowsDefect(metadata) ?? chunksDefect(metadata, footerAt);
    if (text !== undefined) return damaged(text);
    const rows = Number(metadata.num_rows);
    const columns = metadata.schema.slice(1);
    const types = new Map(columns.map(({ name, type }) => [name, String(type)]));
    const patterns = metadataIn(end, METADATA.tickers);
    const tickers = patterns === undefined ? undefined : parseTickers(patterns);
    const groups = groupsOf(metadata);
    const facts = { rows, mark, sources: parseSources(sources), tickers, types, groups };
    return { kind: "right", facts };
  } catch (error) {
    return damaged(`its footer cannot be read: ${(error as Error).message}`);
  }
}

type Metadata = ReturnType<typeof import("../deps/hyparquet.ts").parquetMetadata>;

/** The rows are counted three times. */
function rowsDefect({ num_rows, row_groups, key_value_metadata }: Metadata): string | undefined {
  const inGroups = row_groups.reduce((sum, { num_rows }) => sum + num_rows, 0n);
  if (num_rows !== inGroups) {
    return `its footer has ${num_rows} rows, its row groups have ${inGroups}`;
  }
  const noted = key_value_metadata?.find(({ key }) => key === METADATA.rows)?.value;
  if (noted === String(num_rows)) return undefined;
  return `its footer has ${num_rows} rows, its metadata ${noted ?? "none"}`;
}

/** Column chunks follow each other from the file's beginning to its footer. */
function chunksDefect({ row_groups }: Metadata, footerAt: number): string | undefined {
  let at = ROWS_AT;
  for (const [i, { columns, num_rows }] of row_groups.entries()) {
    for (const { meta_data: chunk } of columns) {
      if (chunk === undefined) return `row group ${i + 1} has a column without metadata`;
      const start = Number(chunk.dictionary_page_offset ?? chunk.data_page_offset);
      const name = chunk.path_in_schema.join(".");
      if (start !== at) return `column ${name} of row group ${i + 1} is not where it has to be`;
      if (chunk.num_values !== num_rows) {
        return `column ${name} of row group ${i + 1} has ${chunk.num_values} of ${num_rows} values`;
      }
      at += Number(chunk.total_compressed_size);
    }
  }
  return at === footerAt
    ? undefined
    : `its rows end at byte ${at}, its footer begins at ${footerAt}`;
}

/** Of a footer in which every column has its metadata, one chunk behind the other. */
function groupsOf({ row_groups }: Metadata): GroupFacts[] {
  let start = ROWS_AT;
  return row_groups.map(({ num_rows, columns }) => {
    const chunks = columns.map(({ meta_data: chunk }) => ({
      name: chunk!.path_in_schema.join("."),
      hasDictionary: chunk!.dictionary_page_offset !== undefined,
      bytes: Number(chunk!.total_compressed_size),
      uncompressedBytes: Number(chunk!.total_uncompressed_size),
    }));
    const group = { start, rows: Number(num_rows), chunks };
    start += chunks.reduce((sum, { bytes }) => sum + bytes, 0);
    return group;
  });
}

function damaged(text: string): FooterCheck {
  return { kind: "damaged", text };
}
