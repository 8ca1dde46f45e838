/**
 * Lines in gzip members: the compressed form of a journal or a cache entry.
 *
 * ## Format
 *
 * A file is wholly plain lines (see `line.ts`) or wholly members, one behind the other, as
 * RFC 1952 allows, so that `zcat` gives the plain lines. A member begins with 20 bytes:
 *
 *     1f 8b 08 04  00 00 00 00  00 ff  08 00  46 46 04 00  LL LL LL LL
 *
 * a gzip header with one extra subfield `FF`, which holds the length of the whole member,
 * little-endian, as in BGZF. Its content is complete lines, sealed as in the plain form: a
 * member of another file is noticed by their CRCs. A member is valid if and only if it
 * begins so, has at most 64 MiB, is all there, inflates to at most 65 MiB whose CRC-32 and
 * length gzip's trailer tells, and its content ends in LF.
 *
 * ## Reading
 *
 * A file that begins with `1f 8b` is read as members, one at a time. What is no valid
 * member is skipped up to the next such beginning, and counts as one bad line; behind the
 * last valid member it is a torn tail, left by an append that was interrupted.
 *
 * ## Writing
 *
 * An append is one member. A file that is larger than 1 MiB in the plain form is written in
 * members of about 256 KiB of lines each; one that grows beyond that is replaced as a whole
 * by its compressed form, beside its name and renamed, and from then on gets members.
 *
 * @module
 */

import { gunzipSync, gzipSync } from "node:zlib";
import { join, type Line, readLines } from "./line.ts";

/** Above this, files are written compressed. */
export const PLAIN_MAX_BYTES = 1 << 20;

const LF = 10;
/** Takes half the time of the usual one, for a twentieth more bytes. */
const LEVEL = 3;
const MEMBER_LINES_BYTES = 1 << 18;
const MAX_MEMBER_BYTES = 1 << 26;
const MAX_INFLATED_BYTES = 65 << 20;
const SCAN_BYTES = 1 << 16;
/** Lines of a member that are given at once: it may have millions. */
const MOST_LINES = 1_000;
/** Of a gzip header as zlib writes it, without an extra field. */
const ZLIB_HEADER_BYTES = 10;
/** In which {@linkcode memberLength} finds a member's length. */
export const HEADER_BYTES = 20;
const TRAILER_BYTES = 8;

/** How each member begins, up to its length. */
export const MEMBER_BEGINNING: Uint8Array = Uint8Array.fromHex("1f8b08040000000000ff080046460400");

/** One member of some lines, each with its LF. */
export function toMember(lines: Uint8Array): Uint8Array<ArrayBuffer> {
  const zipped = gzipSync(lines, { level: LEVEL }).subarray(ZLIB_HEADER_BYTES);
  const member = new Uint8Array(HEADER_BYTES + zipped.length);
  member.set(MEMBER_BEGINNING);
  new DataView(member.buffer).setUint32(MEMBER_BEGINNING.length, member.length, true);
  member.set(zipped, HEADER_BYTES);
  return member;
}

/** Lines as members, several lines in each. */
export function* toMembers(lines: Iterable<Uint8Array>): Generator<Uint8Array<ArrayBuffer>> {
  let pending: Uint8Array[] = [];
  let length = 0;
  for (const line of lines) {
    pending.push(line);
    length += line.length;
    if (length < MEMBER_LINES_BYTES) continue;
    yield toMember(join(pending, length));
    [pending, length] = [[], 0];
  }
  if (length > 0) yield toMember(join(pending, length));
}

/** Lines as they are, or as members when they are more than a file may have plain. */
export function* compressLarge(lines: Iterable<Uint8Array>): Generator<Uint8Array> {
  const rest = lines[Symbol.iterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  for (let next = rest.next(); !next.done; next = rest.next()) {
    first.push(next.value);
    length += next.value.length;
    if (length <= PLAIN_MAX_BYTES) continue;
    return yield* toMembers(chain(first, rest));
  }
  yield* first;
}

/** A line of a file in either form; one that is empty stands for members that are skipped. */
export interface StoredLine extends Line {
  /** Whether it was in a member. */
  readonly isCompressed: boolean;
}

/**
 * The complete lines of a file in either form, some at a time; `end` is the offset behind line or
 * member.
 */
export async function* readStoredLines(file: Deno.FsFile): AsyncGenerator<readonly StoredLine[]> {
  const start = await readAt(file, 0, 2);
  await file.seek(0, Deno.SeekMode.Start);
  if (start[0] === MEMBER_BEGINNING[0] && start[1] === MEMBER_BEGINNING[1]) {
    return yield* readMembers(file);
  }
  for await (const lines of readLines(file)) {
    yield lines.map((line) => ({ ...line, isCompressed: false }));
  }
}

async function* readMembers(file: Deno.FsFile): AsyncGenerator<StoredLine[]> {
  const { size } = await file.stat();
  let offset = 0;
  let isGap = false;
  while (offset < size) {
    const member = await readMember(file, offset, size);
    if (member === undefined) {
      isGap = true;
      offset = await nextBeginning(file, offset + 1, size);
      continue;
    }
    if (isGap) yield [{ bytes: new Uint8Array(), end: offset, isCompressed: true }];
    isGap = false;
    offset += member.length;
    let lines: StoredLine[] = [];
    for (const bytes of linesOf(member.content)) {
      if (lines.push({ bytes, end: offset, isCompressed: true }) < MOST_LINES) continue;
      yield lines;
      lines = [];
    }
    if (lines.length > 0) yield lines;
  }
}

interface Member {
  readonly length: number;
  readonly content: Uint8Array;
}

/** The member at an offset, when it is valid. */
async function readMember(
  file: Deno.FsFile,
  offset: number,
  size: number,
): Promise<Member | undefined> {
  const length = memberLength(await readAt(file, offset, HEADER_BYTES));
  if (length === undefined || length > size - offset) return undefined;
  const content = memberContent(await readAt(file, offset, length));
  return content && { length, content };
}

/** How many bytes the member has whose first bytes these are; `undefined` when they are none's. */
export function memberLength(header: Uint8Array<ArrayBuffer>): number | undefined {
  if (header.length < HEADER_BYTES || !isBeginning(header)) return undefined;
  const length = new DataView(header.buffer, header.byteOffset)
    .getUint32(MEMBER_BEGINNING.length, true);
  const isPossible = length > HEADER_BYTES + TRAILER_BYTES && length <= MAX_MEMBER_BYTES;
  return isPossible ? length : undefined;
}

/** The lines in a whole member; `undefined` when it is not valid. */
export function memberContent(member: Uint8Array<ArrayBuffer>): Uint8Array | undefined {
  const told = new DataView(member.buffer, member.byteOffset).getUint32(member.length - 4, true);
  if (told === 0 || told > MAX_INFLATED_BYTES) return undefined;
  try {
    const content = gunzipSync(member, { maxOutputLength: told });
    return content.length === told && content.at(-1) === LF ? content : undefined;
  } catch {
    return undefined;
  }
}

function isBeginning(bytes: Uint8Array): boolean {
  return MEMBER_BEGINNING.every((byte, i) => bytes[i] === byte);
}

/** The offset of the next beginning of a member, or the file's size when there is none. */
async function nextBeginning(file: Deno.FsFile, from: number, size: number): Promise<number> {
  for (let offset = from; offset < size; offset += SCAN_BYTES) {
    const block = await readAt(file, offset, SCAN_BYTES + MEMBER_BEGINNING.length - 1);
    for (let at = block.indexOf(0x1f); at !== -1; at = block.indexOf(0x1f, at + 1)) {
      if (at < SCAN_BYTES && isBeginning(block.subarray(at))) return offset + at;
    }
  }
  return size;
}

async function readAt(
  file: Deno.FsFile,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  await file.seek(offset, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < length) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return filled === length ? bytes : bytes.slice(0, filled);
}

/** The lines of a member's content, without their LF. */
function* linesOf(content: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < content.length;) {
    const end = content.indexOf(LF, start);
    yield content.subarray(start, end);
    start = end + 1;
  }
}

function* chain(first: Iterable<Uint8Array>, rest: Iterator<Uint8Array>): Generator<Uint8Array> {
  yield* first;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}
