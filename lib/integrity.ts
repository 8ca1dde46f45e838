/**
 * Proves that bytes are the object that was listed.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { ObjectVersion } from "./dated_object.ts";
import { IntegrityError, quote } from "./errors.ts";

/**
 * Whether an ETag is the MD5 of the content: only such an object can be proved again
 * when it is read from the disk.
 */
export function isMd5(etag: string): boolean {
  return /^[0-9a-f]{32}$/i.test(etag);
}

/**
 * Checks length and, where the ETag is one, MD5.
 *
 * @throws {IntegrityError} with check `"size"` or `"md5"`.
 */
export function checkBytes(bytes: Uint8Array, object: ObjectVersion): void {
  const { key, size, etag } = object;
  if (bytes.length !== size) {
    throw new IntegrityError(
      `Cannot download ${quote(key)}: received ${bytes.length} of ${size} bytes`,
      { key, check: "size" },
    );
  }
  if (!isMd5(etag)) return;
  const md5 = createHash("md5").update(bytes).digest("hex");
  if (md5 === etag.toLowerCase()) return;
  throw new IntegrityError(
    `Cannot download ${quote(key)}: its MD5 is ${md5}, the listing has ${quote(etag)}`,
    { key, check: "md5" },
  );
}
