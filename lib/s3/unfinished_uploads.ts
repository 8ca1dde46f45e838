/**
 * Lists the multipart uploads of a bucket that are neither completed nor aborted.
 *
 * @module
 */

import { quote } from "../errors.ts";
import type { BucketConnection } from "./bucket_connection.ts";
import { MAX_DOCUMENT_BYTES } from "./document_guard.ts";
import { parseUploads, type UnfinishedUpload } from "./upload_documents.ts";

/** A listing with more pages is taken for an endless one. */
const MAX_PAGES = 1_000;

/** Those below a prefix, page after page. */
export async function* unfinishedUploads(
  connection: BucketConnection,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<UnfinishedUpload> {
  const action = `Cannot list the uploads below ${quote(prefix)}`;
  let marker: Record<string, string> = {};
  for (let page = 1; page <= MAX_PAGES; page++) {
    const parameters = { uploads: "", "encoding-type": "url", prefix, ...marker };
    const url = connection.listingUrl(parameters, action);
    const maxBytes = MAX_DOCUMENT_BYTES;
    const request = { url, key: undefined, subject: prefix, action, maxBytes, signal };
    const { uploads, next } = await connection.sender.send(request, (answer) => {
      connection.refuseErrorDocument(answer, { action });
      return parseUploads(answer.bytes, prefix);
    });
    yield* uploads;
    if (next === undefined) return;
    marker = { "key-marker": next.keyMarker, "upload-id-marker": next.uploadIdMarker };
  }
}
