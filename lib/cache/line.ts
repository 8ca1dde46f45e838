/**
 * A line of JSON that proves itself: one object, sealed by a CRC-32.
 *
 *     {"key":"…","size":221141,"etag":"…","rows":[…],"crc":"0badcafe"}␊
 *
 * The last member is `crc`: eight lower-case hexadecimal digits, the CRC-32 over all
 * bytes of the line before `,"crc":`, begun with a seed. A line counts if and only if
 * it ends in LF and its CRC holds, so that neither a torn append nor any single flipped
 * bit passes for a record, nor a line of a file with another seed.
 *
 * @module
 */

import { crc32 } from "node:zlib";

const LF = 10;
/** What ends a line whose CRC is still to be written. */
const UNSEALED = ',"crc":"00000000"}\n';
const SEAL_LENGTH = UNSEALED.length - 1;
const QUOTE_AND_BRACE = '"}'.length;
const READ_BYTES = 1 << 16;
/** One for all lines: to make one takes longer than to use it. */
const DECODER = new TextDecoder();

/** Longer lines are not kept in memory and count as empty: no record comes near it. */
const MAX_LINE_BYTES = 1 << 26;

/** The line of an object that has at least one member and none named `crc`. */
export function sealLine(value: Readonly<Record<string, unknown>>, seed: number): string {
  return DECODER.decode(sealBodies([JSON.stringify(value).slice(0, -1)], seed));
}

/**
 * The lines of objects whose JSON is given without their closing braces, each on one line. All
 * are encoded together, and sealed in place.
 */
export function sealBodies(bodies: readonly string[], seed: number): Uint8Array<ArrayBuffer> {
  const lines = new TextEncoder().encode([...bodies, ""].join(UNSEALED));
  let start = 0;
  for (let lf = lines.indexOf(LF); lf !== -1; lf = lines.indexOf(LF, start)) {
    const crc = crc32(lines.subarray(start, lf - SEAL_LENGTH), seed);
    writeHex(lines, lf - QUOTE_AND_BRACE, crc);
    start = lf + 1;
  }
  return lines;
}

/** The object of a line without its LF, or `undefined` when its CRC does not hold. */
export function unsealLine(line: Uint8Array, seed: number): Record<string, unknown> | undefined {
  if (unsealBody(line, seed) === undefined) return undefined;
  try {
    return JSON.parse(DECODER.decode(line));
  } catch {
    // A CRC that holds by chance.
    return undefined;
  }
}

/** The JSON of a line without its closing brace, or `undefined` when its CRC does not hold. */
export function unsealBody(line: Uint8Array, seed: number): string | undefined {
  const end = line.length - SEAL_LENGTH;
  if (end < 1) return undefined;
  const body = line.subarray(0, end);
  const seal = SEAL.slice();
  writeHex(seal, SEAL_LENGTH - QUOTE_AND_BRACE, crc32(body, seed));
  return seal.every((byte, i) => byte === line[end + i]) ? DECODER.decode(body) : undefined;
}

/** A line of a file, without its LF. */
export interface Line {
  /** Valid until more lines are asked for; empty when the line was too long to keep. */
  readonly bytes: Uint8Array;
  /** The offset just behind its LF. */
  readonly end: number;
}

/** The complete lines of a file, some at a time; what follows the last LF is not one. */
export async function* readLines(file: Deno.FsFile): AsyncGenerator<readonly Line[]> {
  const buffer = new Uint8Array(READ_BYTES);
  const begun = new BegunLine();
  let offset = 0;
  for (let read = await file.read(buffer); read !== null; read = await file.read(buffer)) {
    const chunk = buffer.subarray(0, read);
    const lines: Line[] = [];
    let start = 0;
    for (let lf = chunk.indexOf(LF); lf !== -1; lf = chunk.indexOf(LF, start)) {
      lines.push({ bytes: begun.endWith(chunk.subarray(start, lf)), end: offset + lf + 1 });
      start = lf + 1;
    }
    if (lines.length > 0) yield lines;
    begun.add(chunk.slice(start));
    offset += read;
  }
}

/** What was read of a line whose LF has not come yet. */
class BegunLine {
  #pieces: Uint8Array[] = [];
  #length = 0;

  add(piece: Uint8Array) {
    this.#length += piece.length;
    if (this.#length > MAX_LINE_BYTES) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  /** The whole line, and a new one is begun. */
  endWith(last: Uint8Array): Uint8Array {
    if (this.#length === 0) return last;
    this.add(last);
    const line = join(this.#pieces, this.#length > MAX_LINE_BYTES ? 0 : this.#length);
    this.#pieces = [];
    this.#length = 0;
    return line;
  }
}

/** Parts as one. */
export function join(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    joined.set(part, end);
    end += part.length;
  }
  return joined;
}

const SEAL = new TextEncoder().encode(UNSEALED.trimEnd());
const HEX_DIGITS = new TextEncoder().encode("0123456789abcdef");

/** Writes eight digits that end before an index. */
function writeHex(bytes: Uint8Array, end: number, crc: number): void {
  for (let at = end - 1, rest = crc; at >= end - 8; at--, rest >>>= 4) {
    bytes[at] = HEX_DIGITS[rest & 15]!;
  }
}
