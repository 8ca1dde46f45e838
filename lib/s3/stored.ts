/**
 * Proves, by what an answer says, that a server has stored what it was sent.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { IntegrityError, quote } from "../errors.ts";
import { isMd5 } from "../dated_object.ts";
import { etagOf, md5In, md5Of } from "./etag.ts";
import type { UploadedPart } from "./documents.ts";

/** The header that has the CRC-32 of a body. */
export const CHECKSUM = "x-amz-checksum-crc32";

/** The ETag of what the server has stored, and whether that can be these bytes. */
export function storedOf(
  headers: Headers,
  bytes: Uint8Array,
): { readonly etag: string; readonly isRight: boolean } {
  const etag = etagOf(headers) ?? "";
  const md5 = md5In(etag, headers);
  const crc = headers.get(CHECKSUM);
  const isRight = (md5 === undefined || md5 === md5Of(bytes)) &&
    (crc === null || crc === crc32Of(bytes));
  return { etag, isRight };
}

/**
 * Whether the ETag of an object can be the one of these parts: the MD5 of their MD5s, where the
 * server makes it so.
 */
export function isOfParts(
  etag: string,
  { parts, headers }: { readonly parts: readonly UploadedPart[]; readonly headers: Headers },
): boolean {
  const isProvable = /^[0-9a-f]{32}-\d+$/i.test(etag) &&
    parts.every((part) => isMd5(part.etag) && md5In(part.etag, headers) !== undefined);
  if (!isProvable) return true;
  const md5s = Buffer.concat(parts.map((part) => Buffer.from(part.etag, "hex")));
  return etag.toLowerCase() === `${md5Of(md5s)}-${parts.length}`;
}

/** A CRC-32 as S3 writes it: its four bytes in base64. */
export function crc32Text(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString("base64");
}

/** The CRC-32 of bytes, in base64. */
export function crc32Of(bytes: Uint8Array): string {
  return crc32Text(crc32(bytes));
}

/** The error for what was stored wrong. */
export function wrongBytes(key: string): IntegrityError {
  const message = `${writing(key)}: the server has stored other bytes than it was sent`;
  return new IntegrityError(message, { key, check: "upload" });
}

/** What errors of a write begin with. */
export function writing(key: string): string {
  return `Cannot write ${quote(key)}`;
}
