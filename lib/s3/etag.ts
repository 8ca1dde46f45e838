/**
 * Reads the ETag of an answer, and whether it is the MD5 of the content.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { isMd5 } from "../dated_object.ts";
import { ObjectChangedError, quote, S3Error } from "../errors.ts";

/** The ETag of an answer, without quotes. */
export function etagOf(headers: Headers): string | undefined {
  return plainEtag(headers.get("etag") ?? "") || undefined;
}

/**
 * The value of an entity tag, without quotes and without the mark of a weak one; empty for
 * what is none, such as a text that no header could send back.
 */
export function plainEtag(text: string): string {
  const value = text.trim().replace(/^W\//i, "").replace(/^["']+|["']+$/g, "");
  return /^[\x21\x23-\x7e]*$/.test(value) ? value : "";
}

/**
 * The ETag in hexadecimal digits when it is the MD5 of the content by its form, and the answer
 * says nothing else. S3 documents that the ETag is none where a key of its key service (`aws:kms`,
 * `aws:kms:dsse`) or of the customer encrypts the object, and in directory buckets. Servers of
 * other vendors have the same headers under names of their own.
 */
export function md5In(etag: string, headers: Headers): string | undefined {
  return isMd5(etag) && ![...headers].some(speaksAgainstMd5) ? etag.toLowerCase() : undefined;
}

/** The MD5 of bytes, in hexadecimal digits. */
export function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

/** An empty value says nothing: some servers send every header that they know. */
function speaksAgainstMd5([name, text]: [string, string]): boolean {
  const value = text.trim().toUpperCase();
  if (name === "x-amz-storage-class") return value === "EXPRESS_ONEZONE";
  const [, of] = /^x-[a-z]+-server-side-encryption(.*)$/.exec(name) ?? [];
  if (of === undefined || of === "-bucket-key-enabled" || value === "") return false;
  return of !== "" || value !== "AES256";
}

/** @throws {ObjectChangedError} when the answer is another version than the wanted one. */
export function checkEtag(headers: Headers, wanted: string | undefined, key: string): void {
  const etag = etagOf(headers);
  if (wanted !== undefined && etag !== undefined && etag !== wanted) throw changedError(key);
}

/** Whether the server says that the object is no longer the wanted version. */
export function isPreconditionFailure(error: unknown): boolean {
  return error instanceof S3Error && error.status === 412;
}

/** The error for an object that is another version than the wanted one. */
export function changedError(key: string): ObjectChangedError {
  const message = `Cannot download ${quote(key)}: it was replaced since it was listed`;
  return new ObjectChangedError(message, { key });
}
