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
 * Lines that are not valid are skipped and counted; so is one of more than 64 MiB, which
 * is never held in memory. What follows the last LF is a torn tail, left by an append that
 * was interrupted, and is no line. A file that is nothing but the beginning of a header is
 * no journal yet; one without a valid header is foreign.
 *
 * ## Writing
 *
 * Under the ticker's lock. The writer cuts the torn tail off, then only appends. Appends
 * are synced in groups: after 16 records, 8 MiB or a second; the first sync makes the
 * file's name durable too. A record that was appended survives the end of the process at
 * any moment; one that was synced survives the machine's.
 *
 * A journal that would grow over 1 MiB is replaced by its compressed form (`members.ts`),
 * written beside its name, synced and renamed; from then on each append is a member of its
 * own, and the torn tail is what follows the last valid one.
 *
 * An append that fails is cut off again, and is the last: a disk that has failed once, in
 * an append or in a sync, is not written to any more.
 *
 * A journal of something else, of an older format or without a valid header is moved aside
 * to `….aside`, or `….aside-2` and so on when that is taken; one of a newer format is
 * refused and left untouched.
 *
 * @module
 */

import { onDisk } from "./disk_error.ts";
import { formatLine, readHeader, seedOf } from "./file_format.ts";
import { unsealBody } from "./line.ts";
import { readStoredLines } from "./members.ts";
import { KeptRecord } from "./record.ts";
import { openRegular } from "./regular_file.ts";

/** What a journal is of. */
export interface JournalIdentity {
  /** Host of the endpoint, without its port. */
  readonly host: string;
  /** The bucket there. */
  readonly bucket: string;
  /** Such as `us_stocks_sip/day_aggs_v1`. */
  readonly dataset: string;
  /** The vendor's spelling of the symbol. */
  readonly ticker: string;
  /** The symbol as it was asked for. */
  readonly symbol: string;
  /** `5y`, or `FROM_TO`. */
  readonly period: string;
  /** The length of a bar, such as `1d`. */
  readonly interval: string;
}

/** What was read of a journal. */
export interface JournalContent {
  readonly of: JournalIdentity;
  readonly nonce: string;
  /** The valid records, by key. */
  readonly records: Map<string, KeptRecord>;
  /** Lines that did not prove themselves. */
  readonly badLines: number;
  /** Bytes up to the last LF, or the end of the last valid member. */
  readonly validBytes: number;
  /** Whether it is in its compressed form. */
  readonly isCompressed: boolean;
}

const FORMAT = { format: "flatfetch-journal", version: 1 };

/**
 * Reads a journal without touching it.
 *
 * @returns `undefined` when there is none, `"foreign"` when the file is no journal of
 * this version.
 * @throws {JournalError} when its format is newer than this program.
 * @throws {StorageError} when it cannot be read.
 */
export async function readJournal(path: string): Promise<JournalContent | "foreign" | undefined> {
  return await onDisk("read journal", path, async () => {
    using file = openRegular(path);
    return file && await readContent(path, file);
  });
}

/**
 * What a journal is of, by its first line alone; `undefined` when it is no journal.
 *
 * @throws as {@linkcode readJournal} does.
 */
export async function readJournalIdentity(path: string): Promise<JournalIdentity | undefined> {
  return await onDisk("read journal", path, async () => {
    using file = openRegular(path);
    if (file === undefined) return undefined;
    for await (const [first] of readStoredLines(file)) return readStart(path, first!.bytes)?.of;
    return undefined;
  });
}

/** The first line of a journal. */
export function headerLine(nonce: string, of: JournalIdentity): string {
  return formatLine(FORMAT, { nonce, of });
}

/** What the records of a journal are sealed with. */
export const journalSeed = (nonce: string) => seedOf(nonce)!;

const IDENTITY = ["host", "bucket", "dataset", "ticker", "symbol", "period", "interval"] as const;

/** Whether two journals are of the same. */
export function isSameJournal(a: JournalIdentity, b: JournalIdentity): boolean {
  return IDENTITY.every((name) => a[name] === b[name]);
}

async function readContent(
  path: string,
  file: Deno.FsFile,
): Promise<JournalContent | "foreign" | undefined> {
  const records = new Map<string, KeptRecord>();
  let header: Header | undefined;
  let badLines = 0;
  let validBytes = 0;
  let isCompressed = false;
  for await (const lines of readStoredLines(file)) {
    for (const line of lines) {
      const { bytes, end } = line;
      validBytes = end;
      isCompressed = line.isCompressed;
      if (header === undefined) {
        header = readStart(path, bytes);
        if (header === undefined) return "foreign";
        continue;
      }
      const body = unsealBody(bytes, journalSeed(header.nonce));
      const record = body === undefined ? undefined : KeptRecord.fromBody(body);
      if (record) records.set(record.key, record);
      else badLines++;
    }
  }
  if (header === undefined) return await isTornHeader(file) ? undefined : "foreign";
  return { ...header, records, badLines, validBytes, isCompressed };
}

/** Whether a file without a line is empty, or begins as a header does. */
async function isTornHeader(file: Deno.FsFile): Promise<boolean> {
  const start = `{"format":"${FORMAT.format}"`;
  const bytes = new Uint8Array(start.length);
  await file.seek(0, Deno.SeekMode.Start);
  const read = await file.read(bytes) ?? 0;
  return start.startsWith(new TextDecoder("latin1").decode(bytes.subarray(0, read)));
}

type Header = Pick<JournalContent, "of" | "nonce">;

/** What a journal begins with; `undefined` when it is none of this version. */
function readStart(path: string, line: Uint8Array): Header | undefined {
  const { nonce, of } = readHeader(line, FORMAT, { what: "journal ", path }) ?? {};
  return seedOf(nonce) !== undefined && isIdentity(of) ? { nonce: nonce as string, of } : undefined;
}

function isIdentity(value: unknown): value is JournalIdentity {
  return typeof value === "object" && value !== null &&
    IDENTITY.every((name) => typeof (value as Record<string, unknown>)[name] === "string");
}
