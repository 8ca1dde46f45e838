/**
 * Writes bars to the places that the user names.
 *
 * @module
 */

import { fileName } from "../cache/directory.ts";
import { makeDirectory } from "../cache/folders.ts";
import { OutputFile, type OutputOptions } from "../cache/output_file.ts";
import { unfinishedIn } from "../cache/replacement.ts";
import { quote } from "../errors.ts";
import {
  checkGiven,
  checkOptions,
  either,
  FLAG,
  FUNCTION,
  needed,
  object,
  oneOf,
  PATH,
  STREAM,
  text,
} from "../given.ts";
import { type BarBatch, type BarBatches, checkedBatches } from "../market/bar.ts";
import { formatBars, type FormatOptions, OUTPUT_FORMATS, type OutputFormat } from "./format.ts";

/** How bars are written. */
export interface WriteOptions extends FormatOptions {
  /** The format of each file. */
  readonly format: OutputFormat;
}

/** The same where each symbol has a file. */
export interface WriteBySymbolOptions extends Pick<WriteOptions, "format" | "tickers"> {
  /** What the Parquet file of a symbol says of itself, or all do. @default {{}} */
  readonly metadata?:
    | FormatOptions["metadata"]
    | ((symbol: string) => NonNullable<FormatOptions["metadata"]>);
}

/** What was written to a place. */
export interface WrittenBars {
  /** Bars, each of which is a row. */
  readonly rows: number;
  /** Bytes, compressed where they are. */
  readonly bytes: number;
}

/** What was written to a file. */
export interface WrittenFile extends WrittenBars {
  /** As it was given, or made of the directory's and the symbol's name. */
  readonly path: string;
}

/** For whoever the user's own settings (umask) let read and write. */
const FOLDER_MODE = 0o777;

const OUTPUT = {
  wanted: "an open OutputFile",
  isRight: (value: unknown) => typeof (value as { write?: unknown } | null)?.write === "function",
};
const PLACE = needed(either(PATH, OUTPUT));

const WRITE_KINDS = {
  format: needed(oneOf(OUTPUT_FORMATS)),
  tickers: FLAG,
  metadata: object(),
};

/**
 * Writes all bars to one file, which is replaced when they are all written: after a failure the
 * old one is untouched. A device or a pipe takes them as they come.
 *
 * @param place its path, or what is open for them.
 * @returns what was written, for a device or a pipe until its reader went.
 * @throws {StorageError} when the disk does not take it; what the batches throw is passed on.
 * @throws {UsageError} when an argument, or a field of a bar, is none of what it may be.
 */
export async function writeBars(
  place: string | OutputFile,
  batches: BarBatches,
  options: WriteOptions,
): Promise<WrittenFile> {
  checkGiven({ place, batches }, { place: PLACE, batches: needed(STREAM) });
  checkOptions(options, WRITE_KINDS);
  const checked = checkedBatches(batches);
  if (typeof place === "string") return await writeFile(place, checked, options);
  return await writeTo(place, checked, options);
}

async function writeFile(
  path: string,
  batches: BarBatches,
  { unfinished, ...options }: WriteOptions & OutputOptions,
): Promise<WrittenFile> {
  using file = await OutputFile.open(path, { ...(unfinished && { unfinished }) });
  return await writeTo(file, batches, options);
}

async function writeTo(
  file: OutputFile,
  batches: BarBatches,
  options: WriteOptions,
): Promise<WrittenFile> {
  checkMetadata(options);
  const { chunks, counts } = countBars(batches, options);
  await file.write(chunks);
  return { path: file.name, ...counts };
}

/** Other values than texts would make a Parquet file that readers refuse. */
function checkMetadata({ metadata = {} }: WriteOptions): void {
  checkGiven({ metadata }, { metadata: WRITE_KINDS.metadata });
  const values = Object.fromEntries(Object.keys(metadata).map((name) => [name, text()]));
  checkGiven(metadata, values, "metadata.");
}

/**
 * Writes the bars of each symbol to a file of its own in a directory, which is made when it is
 * missing. A symbol without a bar gets no file. The files of symbols that were written before a
 * failure stay.
 *
 * @returns what was written to each file, in the order of the symbols.
 * @throws {TypeError} when the batches of a symbol do not follow each other, or two symbols
 * would have one file.
 * @throws as {@linkcode writeBars} does.
 */
export async function writeBarsBySymbol(
  directory: string,
  batches: BarBatches,
  options: WriteBySymbolOptions,
): Promise<WrittenFile[]> {
  checkGiven({ directory, batches }, { directory: needed(PATH), batches: needed(STREAM) });
  checkOptions(options, { ...WRITE_KINDS, metadata: either(WRITE_KINDS.metadata, FUNCTION) });
  const { format, tickers, metadata } = options;
  await makeDirectory(directory, { mode: FOLDER_MODE });
  const unfinished = await unfinishedIn(directory);
  const symbols = new Map<string, string>();
  const written: WrittenFile[] = [];
  for await (const { symbol, batches: own } of bySymbol(checkedBatches(batches))) {
    const path = `${directory.replace(/(?<=.)\/$/, "")}/${outputName(symbol, format)}`;
    const other = symbols.get(path);
    if (other === symbol) {
      throw new TypeError(
        `Cannot write batches of ${quote(symbol)}: they do not follow each other`,
      );
    }
    if (other !== undefined) {
      throw new TypeError(
        `Cannot write ${quote(path)} for ${quote(symbol)}: it is ${quote(other)}'s`,
      );
    }
    symbols.set(path, symbol);
    const ofSymbol = typeof metadata === "function" ? metadata(symbol) : metadata;
    const of = { format, tickers, metadata: ofSymbol };
    written.push(await writeFile(path, own, { ...of, unfinished }));
  }
  return written;
}

/**
 * The name of a symbol's file: `TSLA.csv`, `BRK.B.csv`, `^GSPC.csv`, `EURUSD_X.csv` for
 * `EURUSD=X`, `X_BTC-USD.csv` for `X:BTC-USD`, `BAC%70B.csv` for `BACpB`. That is
 * {@linkcode fileName}, but with `^` as it is, and `_` for `:` and `=`.
 */
export function outputName(symbol: string, format: OutputFormat): string {
  return `${fileName(symbol).replaceAll("%5E", "^").replaceAll(/%3[AD]/g, "_")}.${format}`;
}

/** Bars as {@linkcode formatBars} makes bytes of them, and how many of both there were so far. */
function countBars(batches: BarBatches, { format, ...options }: WriteOptions) {
  const counts = { rows: 0, bytes: 0 };
  const counted = async function* () {
    for await (const batch of batches) {
      counts.rows += batch.bars.length;
      yield batch;
    }
  };
  const chunks = async function* () {
    for await (const chunk of formatBars(counted(), format, options)) {
      counts.bytes += chunk.length;
      yield chunk;
    }
  };
  return { chunks: chunks(), counts };
}

/** The batches of one symbol. */
export interface SymbolBatches {
  readonly symbol: string;
  /** To be read to its end before the next symbol is asked for. */
  readonly batches: AsyncIterable<BarBatch>;
}

/** The batches of each symbol that has a bar, as they come. */
export async function* bySymbol(batches: BarBatches): AsyncGenerator<SymbolBatches> {
  const source = withBars(batches);
  const take = async () => (await source.next()).value;
  try {
    let next = await take();
    const symbolsOwn = async function* (symbol: string) {
      for (; next?.symbol === symbol; next = await take()) yield next;
    };
    while (next !== undefined) {
      const { symbol } = next;
      yield { symbol, batches: symbolsOwn(symbol) };
    }
  } finally {
    await source.return(undefined);
  }
}

/** Whoever makes the batches hears of a `return()` that no more are wanted. */
async function* withBars(batches: BarBatches): AsyncGenerator<BarBatch, undefined, void> {
  for await (const batch of batches) if (batch.bars.length > 0) yield batch;
}
