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

import { writeAtomically } from "./atomic_file.ts";
import { diskError, onDisk } from "./disk_error.ts";
import { compressLarge, readStoredLines, type StoredLine } from "./members.ts";
import { KeptRecord } from "./record.ts";
import { openRegular } from "./regular_file.ts";
import { quote, StorageError } from "../errors.ts";
import { createHash } from "node:crypto";
import { formatLine, newNonce, readHeader, seedOf } from "./file_format.ts";
import { fileName } from "./directory.ts";
import { sealBodies, unsealBody } from "./line.ts";

/** An entry that is open, to be read once. */
export class EntryFile implements Disposable {
  /** Bytes of the file. */
  readonly bytes: number;
  /** When it was last written, in milliseconds since the epoch. */
  readonly writtenAtMs: number;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  readonly #parser: EntryParser;

  private constructor(path: string, file: Deno.FsFile) {
    const { size, mtime } = file.statSync();
    this.bytes = size;
    this.writtenAtMs = mtime?.getTime() ?? 0;
    this.#path = path;
    this.#file = file;
    this.#parser = new EntryParser(path);
  }

  /**
   * Opens an entry; `undefined` when there is none.
   *
   * @throws {StorageError} when the disk does not give it, or it is no regular file.
   */
  static open(path: string): EntryFile | undefined {
    try {
      const file = openRegular(path);
      return file && new EntryFile(path, file);
    } catch (error) {
      throw diskError("read cache entry", path, error);
    }
  }

  /** What it is of; `undefined` before its first line is read, and when that is no header of it. */
  get of(): EntryIdentity | undefined {
    return this.#parser.of;
  }

  /** Whether the footer agrees with all before it, which is known behind the last record. */
  get isWhole(): boolean {
    return this.#parser.isWhole;
  }

  /**
   * What it is of, by its first line alone; throws as {@linkcode records} does.
   */
  async readIdentity(): Promise<EntryIdentity | undefined> {
    return await onDisk("read cache entry", this.#path, async () => {
      for await (const [first] of readStoredLines(this.#file)) {
        this.#parser.take(first!);
        break;
      }
      return this.of;
    });
  }

  /**
   * The valid records in the order of their keys, some at a time, so that an entry of any size can
   * be read in little memory.
   *
   * @throws {JournalError} when its format is newer than this program.
   * @throws {StorageError} when the disk does not give it.
   */
  async *records(): AsyncGenerator<readonly KeptRecord[]> {
    try {
      for await (const lines of readStoredLines(this.#file)) {
        const records: KeptRecord[] = [];
        for (const line of lines) {
          const record = this.#parser.take(line);
          if (this.of === undefined) return;
          if (record) records.push(record);
        }
        yield records;
      }
    } catch (error) {
      throw diskError("read cache entry", this.#path, error);
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/**
 * What an entry is of, by its first line alone; `undefined` when there is none, or no header of it.
 *
 * @throws {JournalError} when its format is newer than this program.
 * @throws {StorageError} when the disk does not give it, or it is no regular file.
 */
export async function readEntryIdentity(path: string): Promise<EntryIdentity | undefined> {
  using entry = EntryFile.open(path);
  if (entry === undefined) return undefined;
  return await entry.readIdentity();
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

/** The entry at a path is not whole. */
export function damageError(path: string): StorageError {
  const message = `Cannot read all of cache entry ${quote(path)}: it is damaged`;
  return new StorageError(message, { path });
}

/** What an entry is of. */
export interface EntryIdentity {
  readonly dataset: string;
  readonly ticker: string;
  readonly symbol: string;
}

const FORMAT = { format: "flatfetch-bars", version: 1 };

/** Characters that are sealed, hashed and written together. */
const CHUNK_LENGTH = 1 << 16;

/** The lines of an entry, many in each chunk. */
function* entryChunks(
  { dataset, ticker, symbol }: EntryIdentity,
  records: Iterable<KeptRecord>,
): Iterable<Uint8Array> {
  const nonce = newNonce();
  const seed = seedOf(nonce)!;
  const sorted = [...records].sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  const of = { dataset, ticker, symbol };
  const hash = createHash("sha256");
  const hashed = (lines: Uint8Array) => {
    hash.update(lines);
    return lines;
  };
  yield hashed(new TextEncoder().encode(formatLine(FORMAT, { nonce, of })));
  let bodies: string[] = [];
  let length = 0;
  for (const record of sorted) {
    const body = record.toBody();
    bodies.push(body);
    length += body.length;
    if (length < CHUNK_LENGTH) continue;
    yield hashed(sealBodies(bodies, seed));
    [bodies, length] = [[], 0];
  }
  yield hashed(sealBodies(bodies, seed));
  yield sealBodies([footerBody(sorted.length, hash.digest("hex"))], seed);
}

/** Makes records of an entry's lines, one after the other. */
class EntryParser {
  /** What the entry is of; `undefined` before its header, and when that is no header of it. */
  of: EntryIdentity | undefined;
  /** Whether the footer was the last line, and agrees with what stood before it. */
  isWhole = false;
  readonly #path: string;
  readonly #hash = createHash("sha256");
  #seed = 0;
  #records = 0;
  #lastKey: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The record in a line, if one counts there. */
  take({ bytes }: StoredLine): KeptRecord | undefined {
    const record = this.of === undefined ? this.#begin(bytes) : this.#goOn(bytes);
    this.#hash.update(bytes).update("\n");
    return record;
  }

  #begin(line: Uint8Array): undefined {
    const header = readHeader(line, FORMAT, { what: "cache entry ", path: this.#path });
    const seed = seedOf(header?.nonce);
    const of = header?.of;
    if (seed === undefined || !isIdentity(of) || !isPathOf(this.#path, of)) return;
    this.of = of;
    this.#seed = seed;
  }

  #goOn(line: Uint8Array): KeptRecord | undefined {
    const body = unsealBody(line, this.#seed) ?? "";
    const record = this.#next(KeptRecord.fromBody(body));
    this.isWhole = body.startsWith('{"footer"') &&
      body === footerBody(this.#records, this.#hash.copy().digest("hex"));
    return record;
  }

  /** The record, if it counts: keys ascend. */
  #next(record: KeptRecord | undefined): KeptRecord | undefined {
    if (record === undefined) return undefined;
    if (this.#lastKey !== undefined && record.key <= this.#lastKey) return undefined;
    this.#lastKey = record.key;
    this.#records++;
    return record;
  }
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
