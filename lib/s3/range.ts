/**
 * Asks for some bytes of an object, and reads which ones an answer has.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";

/** Which bytes: the first one and the one after the last; or as many at the end. */
export type ByteSpan =
  | { readonly start: number; readonly end: number }
  | { readonly last: number };

/** The header that asks for them. */
export function rangeHeader(span: ByteSpan): string {
  return "last" in span ? `bytes=-${span.last}` : `bytes=${span.start}-${span.end - 1}`;
}

/** The most bytes that an answer may have. */
export function spanLength(span: ByteSpan): number {
  return "last" in span ? span.last : span.end - span.start;
}

/**
 * Checks that an answer has the bytes that were asked for, as far as the object has them. One that
 * names no range has the whole object.
 *
 * @param size Bytes that the object must have, where that is known.
 * @throws {IntegrityError} with check `"size"` when it has others.
 */
export function checkContentRange(
  headers: Headers,
  span: ByteSpan,
  { key, action, size }: {
    readonly key: string;
    readonly action: string;
    readonly size?: number | undefined;
  },
): void {
  const length = headers.get("content-length");
  const text = headers.get("content-range") ?? (length && wholeOf(Number(length))) ?? "";
  const match = /^bytes (\d{1,15})-(-?\d{1,15})\/(\d{1,15})$/.exec(text);
  const [first, last, total] = match?.slice(1).map(Number) ?? [];
  if (total !== undefined && size !== undefined && total !== size) {
    const message = `${action}: the server announces ${total} of ${size} bytes`;
    throw new IntegrityError(message, { key, check: "size" });
  }
  const start = "last" in span ? Math.max(0, total! - span.last) : span.start;
  const end = "last" in span ? total! : Math.min(total!, span.end);
  const isRight = first === start && last! + 1 === end &&
    (length === null || Number(length) === end - start);
  if (isRight || total === 0) return;
  const wanted = rangeHeader(span).replace("=", " ");
  const message = `${action}: the server sends other bytes than the ${wanted} that were asked for`;
  throw new IntegrityError(message, { key, check: "size" });
}

function wholeOf(length: number): string {
  return `bytes 0-${length - 1}/${length}`;
}
