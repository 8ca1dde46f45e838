/**
 * The formats in which bars are written.
 *
 * To add one, add its name to {@linkcode OutputFormat} and a line to the table of formats, and write
 * the file that the line loads.
 *
 * @module
 */

import { alternatives, quote, UsageError } from "../errors.ts";
import type { BarBatches } from "../market/bar.ts";
import type { ColumnOptions } from "./columns.ts";
import type { TextFormat } from "./text.ts";

/** What a format is. */
interface Format {
  /** The extensions of its files, the usual one first. */
  readonly extensions: readonly string[];
  /** Whether it compresses its bytes by itself, so that nothing else has to. */
  readonly isCompressed: boolean;
  /** Loads what writes it. */
  readonly load: () => Promise<FormatWriter>;
}

/** Makes the chunks of a file. */
type FormatWriter = (
  batches: BarBatches,
  options: FormatOptions,
) => AsyncGenerator<Uint8Array<ArrayBuffer>>;

/** A form without its compression. */
type FormatName = Exclude<OutputFormat, `${string}.${string}`>;

const FORMATS: Readonly<Record<FormatName, Format>> = {
  csv: textFormat("csv"),
  ndjson: textFormat("ndjson", "jsonl"),
  json: textFormat("json"),
  parquet: {
    extensions: ["parquet", "pq"],
    isCompressed: true,
    // It takes as long to load as all the rest.
    load: async () => (await import("./parquet.ts")).formatParquet,
  },
};

function textFormat(name: TextFormat, ...others: readonly string[]): Format {
  const load = async (): Promise<FormatWriter> => {
    const { formatText } = await import("./text.ts");
    return (batches, options) => formatText(batches, name, options);
  };
  return { extensions: [name, ...others], isCompressed: false, load };
}

/** How bytes are compressed, by the extension of their files. */
export type Compression = "gz" | "zst";

const COMPRESSIONS: readonly Compression[] = ["gz", "zst"];

/**
 * A form in which bars are written: the name of a format, and behind a point, unless the format
 * compresses by itself, `gz` or `zst`.
 */
export type OutputFormat = TextFormat | `${TextFormat}.${Compression}` | "parquet";

/** Every form in which bars are written. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = Object.entries(FORMATS).flatMap(
  ([name, { isCompressed }]) =>
    [name, ...isCompressed ? [] : COMPRESSIONS.map((how) => `${name}.${how}`)] as OutputFormat[],
);

const namesOf = (isCompressed: boolean) =>
  Object.entries(FORMATS).filter(([, one]) => one.isCompressed === isCompressed).map(([name]) =>
    name
  );

/** The formats in a phrase: `csv, ndjson or json, each also with .gz or .zst, or parquet`. */
export const FORMATS_PHRASE: string = [
  `${alternatives(namesOf(false))}, each also with .gz or .zst`,
  ...namesOf(true),
].join(", or ");

/** Whether a form is no text, which a screen cannot show. */
export function isBinary(format: OutputFormat): boolean {
  return format.includes(".") || FORMATS[format as FormatName].isCompressed;
}

/** What else a format can hold. */
export interface FormatOptions extends ColumnOptions {
  /**
   * What a Parquet file says of itself, such as `{ interval: "1d", adjusted: "no" }`; the other
   * formats have no place for it.
   *
   * @default {{}}
   */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * Bars as the bytes of a file, in the order given, chunk by chunk: memory does not grow with
 * their number.
 *
 * The columns are `symbol,date,timestamp,open,high,low,close,volume,transactions` in every
 * format, and behind `symbol` `ticker` where it is asked for. In text, `timestamp` is ISO 8601 in
 * UTC, such as `2024-03-07T05:00:00Z`; a number has all the digits that it needs to be read back
 * exactly; what a dataset does not have is empty in CSV (RFC 4180, but with LF) and `null` in NDJSON
 * and JSON. The types of Parquet's columns are at the head of `lib/output/parquet.ts`.
 */
export async function* formatBars(
  batches: BarBatches,
  format: OutputFormat,
  options: FormatOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const [name, compression] = format.split(".") as [FormatName, Compression?];
  const write = await FORMATS[name].load();
  const chunks = write(batches, options);
  if (compression === undefined) return yield* chunks;
  const { compress } = await import("./text.ts");
  yield* compress(chunks, compression);
}

/**
 * Reads the name of a format.
 *
 * @throws {UsageError} when there is none of that name.
 */
export function parseFormat(text: string): OutputFormat {
  const format = text.toLowerCase();
  if (isFormat(format)) return format;
  throw new UsageError(`Cannot write format ${quote(text)}: want ${alternatives(OUTPUT_FORMATS)}`);
}

/**
 * The format of a file by its extensions, such as `bars.csv.gz`; CSV where it has none.
 *
 * @param given the format that is asked for, to which a path adds its compression.
 * @throws {UsageError} when no format has such an extension, when the name says another format than
 * the given one, or compression is asked for of what compresses by itself.
 */
export function formatOfPath(path: string, given?: OutputFormat): OutputFormat {
  const name = path.toLowerCase().replace(/^.*[/\\](?=[^/\\]*$)/, "");
  const compression = COMPRESSIONS.find((one) => name.endsWith(`.${one}`));
  const plain = compression === undefined ? name : name.slice(0, -compression.length - 1);
  const extension = /\.([^.]*)$/.exec(plain)?.[1] ?? "";
  const named = formatOfExtension(extension);
  if (given !== undefined && named !== undefined) {
    const isSaid = given === named || given === `${named}.${compression}`;
    if (!isSaid) throw new UsageError(differentNames(path, given));
  }
  const format = given ?? named ?? (extension === "" ? "csv" : refuseExtension(path));
  if (compression === undefined || format.endsWith(`.${compression}`)) return format;
  const compressed = `${format}.${compression}`;
  if (isFormat(compressed)) return compressed;
  throw new UsageError(
    `Cannot write ${
      quote(path)
    }: ${format} is compressed already, want a name without .${compression}`,
  );
}

function differentNames(path: string, given: OutputFormat): string {
  return `Cannot write ${given} to ${quote(path)}: its name says another format, ` +
    `want one that ends in .${given}, or no --format`;
}

function formatOfExtension(extension: string): FormatName | undefined {
  const [name] =
    Object.entries(FORMATS).find(([, { extensions }]) => extensions.includes(extension)) ?? [];
  return name as FormatName | undefined;
}

function refuseExtension(path: string): never {
  const known = Object.values(FORMATS).flatMap(({ extensions }) => extensions);
  throw new UsageError(
    `Cannot tell the format of ${quote(path)} by its extension: want .${known.join(", .")}, ` +
      "the text formats also with .gz or .zst, or a format by --format",
  );
}

function isFormat(text: string): text is OutputFormat {
  return OUTPUT_FORMATS.some((format) => format === text);
}
