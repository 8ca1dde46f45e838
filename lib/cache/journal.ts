/**
 * The journal: the progress marker of one symbol, period and interval.
 *
 * ## Format, version 1
 *
 * UTF-8 lines, each sealed as `line.ts` tells. The first is the header, sealed with 0:
 *
 *     {"format":"flatfetch-journal","version":1,"nonce":"1f2e3d4c","of":{…},"crc":"…"}
 *
 * `of` says what the journal is of: `host`, `bucket`, `dataset`, `ticker`, `symbol`,
 * `period`, `interval`. `nonce` is random. Each further line is the record of one object
 * (see `record.ts`), sealed with the nonce's value, so that a line of another journal
 * does not count here.
 *
 * A record is valid if and only if its line ends in LF and its CRC holds. Where a key
 * comes twice the later record counts. Whether a valid record is *current* is for the
 * plan to say: only if key, size and ETag equal the listing's.
 *
 * ## Reading
 *
 * Lines that are not valid are skipped and counted. What follows the last LF is a torn
 * tail, left by an append that was interrupted, and is no line.
 *
 * ## Writing
 *
 * Under the ticker's lock. The writer cuts the torn tail off, then only appends; an
 * append that fails is cut off again. Appends are synced in groups: after 16 records,
 * 8 MiB or a second. A record that was appended survives the end of the process at any
 * moment; one that was synced survives the machine's.
 *
 * A journal of something else or of an older format is moved aside to `….aside`; one of
 * a newer format is refused and left untouched.
 *
 * @module
 */

import { JournalError, quote } from "../errors.ts";
import { onDisk } from "./disk_error.ts";
import { readLines, sealLine, unsealLine } from "./line.ts";
import { asRecord, type ObjectRecord } from "./record.ts";

/** What a journal is of. */
export interface JournalIdentity {
  /** Host of the endpoint, without its port. */
  readonly host: string;
  readonly bucket: string;
  readonly dataset: string;
  readonly ticker: string;
  readonly symbol: string;
  readonly period: string;
  readonly interval: string;
}

/** What was read of a journal. */
export interface JournalContent {
  readonly of: JournalIdentity;
  readonly nonce: string;
  /** The valid records, by key. */
  readonly records: Map<string, ObjectRecord>;
  /** Lines that did not prove themselves. */
  readonly badLines: number;
  /** Bytes up to the last LF. */
  readonly validBytes: number;
}

const FORMAT = "flatfetch-journal";
const VERSION = 1;

/**
 * Reads a journal without touching it.
 *
 * @returns `undefined` when there is none, `"foreign"` when the file is no journal of
 * this version.
 * @throws {JournalError} when its format is newer than this program.
 * @throws {StorageError} when it cannot be read.
 */
export async function readJournal(
  path: string,
): Promise<JournalContent | "foreign" | undefined> {
  return await onDisk("read journal", path, async () => {
    using file = await openRegular(path, { read: true });
    return file && await readContent(path, file);
  });
}

/** The first line of a journal. */
export function headerLine(nonce: string, of: JournalIdentity): string {
  return sealLine({ format: FORMAT, version: VERSION, nonce, of }, 0);
}

/** What the records of a journal are sealed with. */
export const seedOf = (nonce: string) => parseInt(nonce, 16);

const IDENTITY = [
  "host",
  "bucket",
  "dataset",
  "ticker",
  "symbol",
  "period",
  "interval",
] as const;

/** Whether two journals are of the same. */
export function isSameJournal(a: JournalIdentity, b: JournalIdentity): boolean {
  return IDENTITY.every((name) => a[name] === b[name]);
}

async function readContent(
  path: string,
  file: Deno.FsFile,
): Promise<JournalContent | "foreign" | undefined> {
  const records = new Map<string, ObjectRecord>();
  let header: Header | undefined;
  let badLines = 0;
  let validBytes = 0;
  for await (const { bytes, end } of readLines(file)) {
    validBytes = end;
    if (header === undefined) {
      const found = readHeader(path, bytes);
      if (found === "foreign") return found;
      header = found;
      continue;
    }
    const value = unsealLine(bytes, seedOf(header.nonce));
    const record = value && asRecord(value);
    if (record) records.set(record.key, record);
    else badLines++;
  }
  return header && { ...header, records, badLines, validBytes };
}

type Header = Pick<JournalContent, "of" | "nonce">;

function readHeader(path: string, line: Uint8Array): Header | "foreign" {
  const header = unsealLine(line, 0);
  if (header?.format !== FORMAT || typeof header.version !== "number") {
    return "foreign";
  }
  if (header.version > VERSION) {
    throw new JournalError(
      `Cannot use journal ${quote(path)}: its format is ${header.version}, ` +
        `this program knows formats up to ${VERSION}`,
      { path },
    );
  }
  const { nonce, of } = header;
  const isOurs = typeof nonce === "string" && /^[0-9a-f]{8}$/.test(nonce) &&
    isIdentity(of);
  return header.version === VERSION && isOurs ? { nonce, of } : "foreign";
}

function isIdentity(value: unknown): value is JournalIdentity {
  return typeof value === "object" && value !== null &&
    IDENTITY.every((name) => typeof (value as Record<string, unknown>)[name] === "string");
}

/** Opens a regular file, or nothing when there is none: a FIFO would block for ever. */
async function openRegular(
  path: string,
  options: Deno.OpenOptions,
): Promise<Deno.FsFile | undefined> {
  try {
    if (!(await Deno.lstat(path)).isFile) {
      throw new Error("it is not a regular file");
    }
    return await Deno.open(path, options);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
