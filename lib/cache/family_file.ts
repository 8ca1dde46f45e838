/**
 * A family's file: the rows that all tickers of a family have in one object of the bucket.
 *
 * ## Format, version 1
 *
 * Members as `members.ts` tells, each with one line, which is sealed as `line.ts` tells. The first
 * line is the header, sealed with 0:
 *
 *     {"format":"flatfetch-family","version":1,"of":{…},"object":{…},"crc":"…"}
 *
 * `of` has the `dataset` and the `family`'s name, `object` the `key`, `size` and `etag` of the object.
 * Then come the rows of the tickers, in the order of their names, about 32 KiB in each line:
 *
 *     {"rows":{"O:SPY251219C00650000":[[…],[…]],…},"crc":"…"}
 *
 * A ticker without a row is not there, nor is one of which a row cannot be read; why that is stands
 * in the footer, the last line, which also counts the lines between itself and the header:
 *
 *     {"footer":{"lines":12,"failures":{"O:SPY251219C00700000":"line 5: …"},"warning":"…"},"crc":"…"}
 *
 * All but the header is sealed with the CRC-32 of family and key, so that a line of another file
 * does not count here. A file is whole if and only if each of its lines is valid and the last one is
 * a footer with the right count. One that is not whole counts as none; its object is fetched again.
 *
 * A file is written whole beside its name, synced and renamed, under the family's lock. It is read
 * a member at a time, so that hundreds of files can be read side by side in little memory.
 *
 * @module
 */

import { lastPart, writeAtomically } from "./atomic_file.ts";
import { diskError } from "./disk_error.ts";
import { type FamilyNotes, familySeed, type TickerRows } from "./family_body.ts";
import { formatLine, readHeader } from "./file_format.ts";
import { unsealBody } from "./line.ts";
import { HEADER_BYTES, memberContent, memberLength, toMember } from "./members.ts";
import { openRegular, readWhole } from "./regular_file.ts";
import type { DatedObject, ObjectVersion } from "../dated_object.ts";
import { quote, StorageError, TemporaryError } from "../errors.ts";

/** A family of a dataset. */
export interface FamilyIdentity {
  readonly dataset: string;
  /** Its name, the same for all its spellings. */
  readonly family: string;
}

const FORMAT = { format: "flatfetch-family", version: 1 };

/**
 * Writes a file into a folder that is there, whose sync is the caller's.
 *
 * @throws {StorageError} when the disk does not take it; an older file stays then.
 */
export async function writeFamilyFile(
  path: string,
  { of, object, body }: {
    readonly of: FamilyIdentity;
    readonly object: ObjectVersion;
    readonly body: Uint8Array;
  },
): Promise<void> {
  const { key, size, etag } = object;
  const header = formatLine(FORMAT, { of, object: { key, size, etag } });
  const member = toMember(new TextEncoder().encode(header));
  await writeAtomically(path, [member, body], { sync: "bytes" });
}

/** A file that was opened once: its object's version is known, its rows are read when asked for. */
export class FamilyFile implements DatedObject {
  readonly path: string;
  readonly of: FamilyIdentity;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  /** Bytes on the disk. */
  readonly bytes: number;
  /** The date of the object, by the file's name. */
  readonly date: string;
  readonly #rowsAt: number;
  readonly #version: string;

  private constructor(path: string, header: Header, found: Found) {
    this.path = path;
    this.of = header.of;
    ({ key: this.key, size: this.size, etag: this.etag } = header.object);
    this.bytes = found.bytes;
    this.date = lastPart(path).slice(0, "YYYY-MM-DD".length);
    this.#rowsAt = found.end;
    this.#version = found.version;
  }

  /**
   * Reads a file's header; `undefined` when there is none.
   *
   * @throws {JournalError} when its format is newer than this program.
   * @throws {StorageError} when the disk does not give it, or it is no regular file.
   */
  static open(path: string): FamilyFile | undefined {
    const found = readMember(path, 0);
    const header = found?.content && readStart(path, found.content.subarray(0, -1));
    return header && new FamilyFile(path, header, found!);
  }

  /** Whether the file is there as it was opened, and whole. */
  isWhole(): boolean {
    try {
      const lines = this.#lines();
      while (!lines.next().done);
      return true;
    } catch (error) {
      if (error instanceof StorageError || error instanceof TemporaryError) return false;
      throw error;
    }
  }

  /**
   * The rows of its tickers, in the order of their names; returns the notes at the end.
   *
   * @throws {StorageError} behind what could be read, when the file is not whole.
   * @throws {TemporaryError} there, when another process has replaced or removed it.
   */
  *read(): Generator<TickerRows, FamilyNotes> {
    const lines = this.#lines();
    let line = lines.next();
    for (; !line.done; line = lines.next()) yield* rowsIn(line.value);
    return line.value;
  }

  /** The lines of rows up to their seals; returns what the footer notes. */
  *#lines(): Generator<string, FamilyNotes> {
    const seed = familySeed(this.of.family, this.key);
    let at = this.#rowsAt;
    for (let count = 0;; count++) {
      const found = readMember(this.path, at);
      if (found?.version !== this.#version) throw this.#goneError(found);
      const body = found.content && unsealBody(found.content.subarray(0, -1), seed);
      if (!body) throw this.#damageError();
      at = found.end;
      if (body.startsWith('{"rows":')) yield body;
      else {
        const { lines, ...notes } = JSON.parse(`${body}}`).footer;
        if (lines !== count || at !== found.bytes) throw this.#damageError();
        return notes;
      }
    }
  }

  #damageError(): StorageError {
    const { path } = this;
    return new StorageError(`Cannot read all of ${quote(path)}: it is damaged`, { path });
  }

  #goneError(found: Found | undefined): TemporaryError {
    const what = found === undefined ? "removed" : "replaced";
    return new TemporaryError(`Cannot read all of ${quote(this.path)}: it was ${what} meanwhile`);
  }
}

/** A member of a file, and the file as it was then. */
interface Found {
  /** `undefined` when it is not valid. */
  readonly content: Uint8Array | undefined;
  /** The offset behind it. */
  readonly end: number;
  readonly bytes: number;
  readonly version: string;
}

/** At once, since bars are made while they are read; the file is closed in between. */
function readMember(path: string, offset: number): Found | undefined {
  try {
    using file = openRegular(path);
    if (file === undefined) return undefined;
    const { size: bytes, ino, mtime } = file.statSync();
    file.seekSync(offset, Deno.SeekMode.Start);
    const length = memberLength(readWhole(file, HEADER_BYTES)) ?? 0;
    const isThere = length > 0 && length <= bytes - offset;
    if (isThere) file.seekSync(offset, Deno.SeekMode.Start);
    const content = isThere ? memberContent(readWhole(file, length)) : undefined;
    return { content, end: offset + length, bytes, version: `${ino} ${mtime?.getTime()} ${bytes}` };
  } catch (error) {
    throw diskError("read", path, error);
  }
}

interface Header {
  readonly of: FamilyIdentity;
  readonly object: ObjectVersion;
}

function readStart(path: string, line: Uint8Array): Header | undefined {
  const { of, object }: Partial<Header> = readHeader(line, FORMAT, { what: "", path }) ?? {};
  const isOurs = [of?.dataset, of?.family, object?.key, object?.etag].every((part) =>
    typeof part === "string"
  );
  return isOurs && Number.isSafeInteger(object?.size) ? { of: of!, object: object! } : undefined;
}

const TICKER = /("(?:[^"\\]|\\.)*"):(\[[-+.0-9eE,nul[\]]*\])[,}]/y;

/** The tickers in a line; their rows stay text. */
function* rowsIn(body: string): Generator<TickerRows, void> {
  TICKER.lastIndex = '{"rows":{'.length;
  let at = TICKER.lastIndex;
  while (at < body.length) {
    TICKER.lastIndex = at;
    const [whole, ticker, rowsText] = TICKER.exec(body)!;
    at += whole.length;
    yield { ticker: JSON.parse(ticker!), rowsText: rowsText! };
  }
}
