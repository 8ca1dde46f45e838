/**
 * Reads the two XML documents that S3 sends: a page of a listing, and an error.
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
export function keyDecoder(encoding: string | undefined): (key: string) => string {
  if (encoding === undefined) return (key) => key;
  if (encoding.toLowerCase() === "url") return decodeKey;
  throw new SyntaxError("it has an unknown encoding");
}
