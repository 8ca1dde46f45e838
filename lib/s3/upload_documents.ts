/**
 * Reads and writes the XML documents of multipart uploads.
 *
 * @module
 */

import { IntegrityError, quote } from "../errors.ts";
import { keyDecoder } from "./documents.ts";
import { plainEtag } from "./etag.ts";
import {
  childrenOf,
  childText,
  type Element,
  optionalChildText,
  parseRoot,
  wordOf,
} from "./xml.ts";

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
