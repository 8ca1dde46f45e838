/**
 * Reads the XML documents that S3 sends: a page of a listing, an error, and those of multipart
 * uploads, of which it also writes one.
 *
 * A page is checked against what it says of itself. What proves that it is whole must be there;
 * anything else a server may leave out or empty. No message repeats what a document says, because
 * a server can repeat what it was sent.
 *
 * @module
 */

import type { ObjectVersion } from "../dated_object.ts";
import { IntegrityError, quote } from "../errors.ts";
import { plainEtag } from "./etag.ts";
import { decodeKey, LOST } from "./key.ts";
import {
  childrenOf,
  childText,
  type Element,
  isBlank,
  naturalOf,
  optionalChildText,
  parseRoot,
  wordOf,
} from "./xml.ts";

/** One page of a listing. */
export interface ListingPage {
  readonly objects: ObjectVersion[];
  /** Asks for the next page; `undefined` on the last one. */
  readonly nextToken: string | undefined;
}

/** What an error document says. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly requestId: string | undefined;
  /** The bucket's region, where another one was asked. */
  readonly region: string | undefined;
}

/**
 * Reads an answer to ListObjectsV2.
 *
 * @param prefix The prefix that was asked for.
 * @throws {IntegrityError} with check `"listing"` when the page is not whole, does not
 * belong to the prefix, or is no listing.
 */
export function parseListing(document: Uint8Array | string, prefix: string): ListingPage {
  try {
    return readListing(parseRoot(document, "ListBucketResult"), prefix);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : "it cannot be parsed";
    throw new IntegrityError(
      `Cannot list ${quote(prefix)}: the answer is no listing, ${reason}`,
      { key: prefix, check: "listing" },
    );
  }
}

/** Reads an error document; `undefined` when the text is none. */
export function parseErrorDocument(document: Uint8Array | string): ErrorDocument | undefined {
  if (!mayBeError(document)) return undefined;
  try {
    const error = parseRoot(document, "Error");
    return {
      code: childText(error, "Code"),
      message: optionalChildText(error, "Message") ?? "",
      requestId: optionalChildText(error, "RequestId"),
      region: optionalChildText(error, "Region"),
    };
  } catch {
    return undefined;
  }
}

/** Spares a listing from being parsed twice. */
function mayBeError(document: Uint8Array | string): boolean {
  const head = document.slice(0, 512);
  const text = typeof head === "string" ? head : new TextDecoder().decode(head);
  return text.includes("<Error");
}

function readListing(root: Element, prefix: string): ListingPage {
  const decode = keyDecoder(wordOf(root, "EncodingType"));
  const asked = optionalChildText(root, "Prefix") ?? "";
  if (!isBlank(asked) && asked !== prefix && decode(asked) !== prefix) {
    throw new SyntaxError("it is of another prefix");
  }
  const objects = childrenOf(root, "Contents").map((contents) => readObject(contents, decode));
  if (objects.some(({ key }) => !key.startsWith(prefix))) {
    throw new SyntaxError("it has a key of another prefix");
  }
  if (childrenOf(root, "CommonPrefixes").length > 0) {
    throw new SyntaxError("it has prefixes in the place of keys");
  }
  const keyCount = naturalOf(root, "KeyCount") ?? objects.length;
  if (keyCount !== objects.length) {
    throw new SyntaxError(`it has ${objects.length} of ${keyCount} keys`);
  }
  return { objects, nextToken: readNextToken(root) };
}

function readObject(contents: Element, decode: (key: string) => string): ObjectVersion {
  const key = decode(childText(contents, "Key"));
  const size = wordOf(contents, "Size") === "-1" ? undefined : naturalOf(contents, "Size");
  return { key, size: size ?? -1, etag: plainEtag(wordOf(contents, "ETag") ?? "") };
}

/**
 * Only the word that the page is the last one proves that no other follows. Some servers go on
 * from a key, as they could write it: from another place, where it has lost characters.
 */
function readNextToken(root: Element): string | undefined {
  const truncated = wordOf(root, "IsTruncated")?.toLowerCase();
  if (truncated === "false" || truncated === "0") return undefined;
  const token = optionalChildText(root, "NextContinuationToken");
  if (token?.includes(LOST)) throw new SyntaxError("it goes on from a key that was not written");
  const goesOn = truncated === undefined || truncated === "true" || truncated === "1";
  if (goesOn && !isBlank(token ?? "")) return token;
  throw new SyntaxError("it does not say how it goes on");
}

/** Undoes `encoding-type=url` where the server has heard it. */
function keyDecoder(encoding: string | undefined): (key: string) => string {
  if (encoding === undefined) return (key) => key;
  if (encoding.toLowerCase() === "url") return decodeKey;
  throw new SyntaxError("it has an unknown encoding");
}

/** A part that the server has. */
export interface UploadedPart {
  /** From 1. */
  readonly number: number;
  /** Without quotes. */
  readonly etag: string;
  /** The CRC-32 of its bytes, in base64, where the upload has checksums. */
  readonly crc32: string | undefined;
}

/** An upload that is neither completed nor aborted. */
export interface UnfinishedUpload {
  readonly key: string;
  readonly uploadId: string;
  /** When it was begun, in milliseconds since the epoch by the server's clock. */
  readonly initiatedMs: number | undefined;
}

/** A page of unfinished uploads. */
export interface UploadsPage {
  readonly uploads: readonly UnfinishedUpload[];
  /** Where the next page begins; `undefined` on the last one. */
  readonly next: { readonly keyMarker: string; readonly uploadIdMarker: string } | undefined;
}

/** The upload's ID in the answer to CreateMultipartUpload. */
export function parseCreated(document: Uint8Array, key: string): string {
  return read(
    key,
    () => childText(parseRoot(document, "InitiateMultipartUploadResult"), "UploadId"),
  );
}

/** The object's ETag in the answer to CompleteMultipartUpload. */
export function parseCompleted(document: Uint8Array, key: string): string {
  return read(key, () => {
    const root = parseRoot(document, "CompleteMultipartUploadResult");
    return plainEtag(childText(root, "ETag"));
  });
}

/** The answer to ListMultipartUploads. */
export function parseUploads(document: Uint8Array, prefix: string): UploadsPage {
  return read(prefix, () => {
    const root = parseRoot(document, "ListMultipartUploadsResult");
    const decode = keyDecoder(wordOf(root, "EncodingType"));
    const uploads = childrenOf(root, "Upload").map((upload) => ({
      key: decode(childText(upload, "Key")),
      uploadId: childText(upload, "UploadId"),
      initiatedMs: timeOf(upload),
    }));
    if (wordOf(root, "IsTruncated")?.toLowerCase() !== "true") return { uploads, next: undefined };
    return {
      uploads,
      next: {
        keyMarker: decode(childText(root, "NextKeyMarker")),
        uploadIdMarker: optionalChildText(root, "NextUploadIdMarker") ?? "",
      },
    };
  });
}

/** What CompleteMultipartUpload is asked with. */
export function completionDocument(parts: readonly UploadedPart[]): Uint8Array<ArrayBuffer> {
  const elements = parts.map(({ number, etag, crc32 }) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>&quot;${escapeXml(etag)}&quot;</ETag>` +
    (crc32 === undefined ? "" : `<ChecksumCRC32>${crc32}</ChecksumCRC32>`) + "</Part>"
  );
  return new TextEncoder().encode(
    '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
      `${elements.join("")}</CompleteMultipartUpload>`,
  );
}

function read<T>(key: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : "it cannot be parsed";
    throw new IntegrityError(`Cannot write ${quote(key)}: the answer is not S3's, ${reason}`, {
      key,
      check: "upload",
    });
  }
}

function timeOf(upload: Element): number | undefined {
  const ms = Date.parse(wordOf(upload, "Initiated") ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}
