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
const SEAL = /^,"crc":"([0-9a-f]{8})"\}$/;
const SEAL_LENGTH = ',"crc":"00000000"}'.length;
const READ_BYTES = 1 << 18;

/** Longer lines are not looked at: no record comes near it. */
const MAX_LINE_BYTES = 1 << 28;

/** The line of an object that has at least one member and none named `crc`. */
export function sealLine(
  value: Readonly<Record<string, unknown>>,
  seed: number,
): string {
  const body = JSON.stringify(value).slice(0, -1);
  return `${body},"crc":"${hex(crc32(body, seed))}"}\n`;
}

/** The object of a line without its LF, or `undefined` when its CRC does not hold. */
export function unsealLine(
  line: Uint8Array,
  seed: number,
): Record<string, unknown> | undefined {
  const end = line.length - SEAL_LENGTH;
  if (end < 1) return undefined;
  const crc = SEAL.exec(new TextDecoder("latin1").decode(line.subarray(end)))
    ?.[1];
  if (crc !== hex(crc32(line.subarray(0, end), seed))) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(line));
  } catch {
    return undefined;
  }
}

/** A line of a file, without its LF. */
export interface Line {
  readonly bytes: Uint8Array;
  /** The offset just behind its LF. */
  readonly end: number;
}

/** The complete lines of a file; what follows the last LF is not one. */
export async function* readLines(file: Deno.FsFile): AsyncGenerator<Line> {
  let rest: Uint8Array = new Uint8Array(0);
  let restStart = 0;
  const buffer = new Uint8Array(READ_BYTES);
  for (
    let read = await file.read(buffer);
    read !== null;
    read = await file.read(buffer)
  ) {
    const bytes = concat(rest, buffer.subarray(0, read));
    let start = 0;
    let end = bytes.indexOf(LF, rest.length);
    while (end !== -1) {
      yield { bytes: bytes.subarray(start, end), end: restStart + end + 1 };
      start = end + 1;
      end = bytes.indexOf(LF, start);
    }
    rest = bytes.slice(start);
    restStart += start;
    if (rest.length > MAX_LINE_BYTES) return;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}
