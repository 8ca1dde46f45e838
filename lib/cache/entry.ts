/**
 * The cache entry: every record ever loaded of one ticker in one dataset.
 *
 * ## Format, version 1
 *
 * UTF-8 lines, each sealed as `line.ts` tells. The first is the header, sealed with 0:
 *
 *     {"format":"flatfetch-bars","version":1,"nonce":"1f2e3d4c","of":{…},"crc":"…"}
 *
 * `of` has `dataset`, `ticker` and the `symbol` that it was last loaded as. Then come the
 * records in the order of their keys, and last a footer, all sealed with the nonce's value:
 *
 *     {"footer":{"records":1255,"sha256":"…"},"crc":"…"}
 *
 * where the hash is over all bytes before the footer's line. The entry is whole if and
 * only if its footer is the last line and agrees with what stands before it. In an entry
 * that is not whole each record still counts by its own CRC, as in a journal; what is
 * lost is fetched again. An entry that stands in the place of another ticker's or dataset's
 * counts as none.
 *
 * An entry whose lines come to more than 1 MiB is written compressed, as `members.ts` tells;
 * the hash is over the lines all the same.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { writeAtomically } from "./atomic_file.ts";
import { onDisk } from "./disk_error.ts";
import { fileName } from "./file_name.ts";
import { sealBody, sealLine, unsealBody, unsealLine } from "./line.ts";
import { compressLarge, readStoredLines } from "./members.ts";
import { KeptRecord } from "./record.ts";
import { openRegular } from "./regular_file.ts";
import { JournalError, quote } from "../errors.ts";

/** What an entry is of. */
export interface EntryIdentity {
  readonly dataset: string;
  readonly ticker: string;
  readonly symbol: string;
}

/** What was read of an entry. */
export interface EntryContent {
  readonly of: EntryIdentity;
  /** The valid records, by key. */
  readonly records: Map<string, KeptRecord>;
  /** Whether the footer agrees with all before it. */
  readonly whole: boolean;
  /** Bytes of the file. */
  readonly bytes: number;
}

const FORMAT = "flatfetch-bars";
const VERSION = 1;

/** Characters that are encoded, hashed and written together. */
const CHUNK_LENGTH = 1 << 16;

/**
 * Reads an entry.
 *
 * @returns `undefined` when there is none, or none that can be read.
 * @throws {JournalError} when its format is newer than this program.
 * @throws {StorageError} when the disk does not give it, or it is no regular file.
 */
export async function readEntry(
  path: string,
): Promise<EntryContent | undefined> {
  return await onDisk("read cache entry", path, async () => {
    using file = openRegular(path);
    const content = file && await readContent(path, file);
    return content && isPathOf(path, content.of) ? content : undefined;
  });
}

/**
 * Writes an entry whole, in the order of its keys, into a folder that is there, whose sync is
 * the caller's.
 *
 * @throws {StorageError} when the disk does not take it; an older entry stays then.
 */
export async function writeEntry(
  path: string,
  of: EntryIdentity,
  records: Iterable<KeptRecord>,
): Promise<void> {
  await writeAtomically(path, compressLarge(entryChunks(of, records)), { sync: "bytes" });
}

/** The lines of an entry, many in each chunk. */
function* entryChunks(
  { dataset, ticker, symbol }: EntryIdentity,
  records: Iterable<KeptRecord>,
): Iterable<Uint8Array> {
  const seed = crypto.getRandomValues(new Uint32Array(1))[0]!;
  const nonce = seed.toString(16).padStart(8, "0");
  const sorted = [...records].sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  const of = { dataset, ticker, symbol };
  const hash = createHash("sha256");
  let lines = sealLine({ format: FORMAT, version: VERSION, nonce, of }, 0);
  const takeChunk = () => {
    const chunk = new TextEncoder().encode(lines);
    lines = "";
    hash.update(chunk);
    return chunk;
  };
  for (const record of sorted) {
    lines += sealBody(record.toBody(), seed);
    if (lines.length >= CHUNK_LENGTH) yield takeChunk();
  }
  yield takeChunk();
  yield new TextEncoder().encode(sealBody(footerBody(sorted.length, hash.digest("hex")), seed));
}

async function readContent(
  path: string,
  file: Deno.FsFile,
): Promise<EntryContent | undefined> {
  const records = new Map<string, KeptRecord>();
  const hash = createHash("sha256");
  let header: { of: EntryIdentity; seed: number } | undefined;
  let whole = false;
  let bytesRead = 0;
  for await (const { bytes, end } of readStoredLines(file)) {
    bytesRead = end;
    if (header === undefined) {
      const value = unsealLine(bytes, 0);
      header = value && readHeader(path, value);
      if (header === undefined) return undefined;
    } else {
      const body = unsealBody(bytes, header.seed) ?? "";
      const record = KeptRecord.fromBody(body);
      if (record) records.set(record.key, record);
      whole = body.startsWith('{"footer"') &&
        body === footerBody(records.size, hash.copy().digest("hex"));
    }
    hash.update(bytes).update("\n");
  }
  return header && { of: header.of, records, whole, bytes: bytesRead };
}

function readHeader(path: string, value: Record<string, unknown>) {
  if (value.format !== FORMAT || typeof value.version !== "number") {
    return undefined;
  }
  if (value.version > VERSION) {
    throw new JournalError(
      `Cannot use cache entry ${quote(path)}: its format is ${value.version}, ` +
        `this program knows formats up to ${VERSION}`,
      { path },
    );
  }
  const { nonce, of } = value;
  const isOurs = value.version === VERSION && isIdentity(of) &&
    typeof nonce === "string" && /^[0-9a-f]{8}$/.test(nonce);
  return isOurs ? { of, seed: parseInt(nonce, 16) } : undefined;
}

function isIdentity(value: unknown): value is EntryIdentity {
  if (typeof value !== "object" || value === null) return false;
  const { dataset, ticker, symbol } = value as Record<string, unknown>;
  return [dataset, ticker, symbol].every((part) => typeof part === "string" && part.isWellFormed());
}

/** Whether an entry stands where one of this identity belongs. */
function isPathOf(path: string, { dataset, ticker }: EntryIdentity): boolean {
  return path.endsWith(`/${dataset}/${fileName(ticker)}.ndjson`);
}

function footerBody(records: number, sha256: string): string {
  return `{"footer":${JSON.stringify({ records, sha256 })}`;
}
