/**
 * Lists a bucket's objects, and its unfinished uploads: follows a listing from page to page, and makes
 * sure that it ends.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { ObjectVersion } from "../dated_object.ts";
import { ConfigurationError, IntegrityError, quote } from "../errors.ts";
import type { BucketConnection } from "./bucket_connection.ts";
import { MAX_DOCUMENT_BYTES } from "./xml.ts";
import {
  type ListingPage,
  parseListing,
  parseUploads,
  type UnfinishedUpload,
} from "./documents.ts";
import { LOST } from "./key.ts";

/** A listing with more pages is taken for an endless one. */
export const MAX_PAGES = 10_000;

/** A year of daily files has a few hundred keys; to read a million takes minutes. */
export const MAX_KEYS = 100_000;

/** A listing of uploads with more pages is ended there. */
const MAX_UPLOAD_PAGES = 1_000;

/** What part of a listing is wanted. */
export interface ListOptions {
  /** Only keys after this one. */
  readonly startAfter?: string | undefined;
  /** Keys in a page, 1 to 1,000; the server may send fewer. @default {1,000} */
  readonly pageSize?: number | undefined;
  /** Ends the listing. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The objects whose keys start with the prefix; what is thrown and promised is what
 * `S3Client.list()` tells.
 */
export function listObjects(
  connection: BucketConnection,
  prefix: string,
  { startAfter, pageSize, signal }: ListOptions,
): AsyncIterableIterator<ObjectVersion> {
  const listing = { connection, prefix, action: `Cannot list ${quote(prefix)}`, signal };
  const objects = followPages(prefix, (token) =>
    fetchPage(listing, {
      "list-type": "2",
      ...(pageSize !== undefined && { "max-keys": String(pageSize) }),
      ...(token !== undefined && { "continuation-token": token }),
      ...(startAfter !== undefined && { "start-after": startAfter }),
    }, parseListing));
  return startAfter === undefined ? objects : after(startAfter, objects);
}

/** The uploads below a prefix that are neither completed nor aborted. */
export async function* listUploads(
  connection: BucketConnection,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncIterableIterator<UnfinishedUpload> {
  const action = `Cannot list the uploads below ${quote(prefix)}`;
  const listing = { connection, prefix, action, signal };
  let marker: Record<string, string> = {};
  for (let page = 1; page <= MAX_UPLOAD_PAGES; page++) {
    const { uploads, next } = await fetchPage(listing, { uploads: "", ...marker }, parseUploads);
    yield* uploads;
    if (next === undefined) return;
    marker = { "key-marker": next.keyMarker, "upload-id-marker": next.uploadIdMarker };
  }
}

interface PagedListing {
  readonly connection: BucketConnection;
  readonly prefix: string;
  readonly action: string;
  readonly signal: AbortSignal | undefined;
}

/** Brings the page that the parameters ask for. */
async function fetchPage<T>(
  { connection, prefix, action, signal }: PagedListing,
  parameters: Readonly<Record<string, string>>,
  parse: (document: Uint8Array, prefix: string) => T,
): Promise<T> {
  const url = connection.listingUrl({ ...parameters, "encoding-type": "url", prefix }, action);
  const request = { url, subject: prefix, action, maxBytes: MAX_DOCUMENT_BYTES, signal };
  return await connection.sender.send(request, (answer) => {
    connection.refuseErrorDocument(answer, { action });
    return parse(answer.bytes, prefix);
  });
}

/** What comes after a key, in the order of S3: some servers do not hear where to begin. */
async function* after(
  key: string,
  objects: AsyncIterable<ObjectVersion>,
): AsyncIterableIterator<ObjectVersion> {
  const start = Buffer.from(key);
  for await (const object of objects) {
    if (Buffer.compare(Buffer.from(object.key), start) > 0) yield object;
  }
}

/**
 * The objects of all pages, each key once. A page may be empty: only its token says whether
 * another one follows. Where two pages overlap, or a page repeats itself, as those of some
 * servers do, the same object comes once.
 *
 * @param fetchPage Brings the page of a token; the first page has none.
 * @throws {IntegrityError} with check `"listing"` when a key comes with another size or ETag,
 * a page brings nothing new and would go on, a token comes twice, or there are too many.
 * @throws {ConfigurationError} when there are too many keys for a listing of daily files.
 */
export async function* followPages(
  prefix: string,
  fetchPage: (token: string | undefined) => Promise<ListingPage>,
): AsyncIterableIterator<ObjectVersion> {
  const tokens = new Set<string>();
  const seen = new Map<string, ObjectVersion>();
  let token: string | undefined;
  do {
    const page = await fetchPage(token);
    const fresh = page.objects.filter((object) => isNew(object, seen, prefix));
    if (seen.size > MAX_KEYS) throw tooMany(prefix);
    yield* fresh;
    token = page.nextToken;
    if (token === undefined) return;
    const isRepeated = page.objects.length > 0 && fresh.length === 0;
    if (isRepeated || tokens.has(token)) throw refused(prefix, "a page comes twice");
    tokens.add(token);
  } while (tokens.size < MAX_PAGES);
  throw refused(prefix, `it has more than ${MAX_PAGES} pages`);
}

function isNew(object: ObjectVersion, seen: Map<string, ObjectVersion>, prefix: string): boolean {
  const { key, size, etag } = object;
  const before = seen.get(key);
  // Two keys that have lost characters need not be one.
  if (before === undefined || key.includes(LOST)) {
    seen.set(key, object);
    return true;
  }
  if (before.size === size && before.etag === etag) return false;
  throw refused(prefix, "it has a key twice, with different sizes or ETags");
}

function tooMany(prefix: string): ConfigurationError {
  return new ConfigurationError(
    `Cannot list ${quote(prefix)}: it has more than ${MAX_KEYS} keys, want a year of daily files`,
  );
}

function refused(prefix: string, what: string): IntegrityError {
  return new IntegrityError(`Cannot list ${quote(prefix)}: ${what}`, {
    key: prefix,
    check: "listing",
  });
}
