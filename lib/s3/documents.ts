/**
 * Reads the two XML documents that S3 sends: a page of a listing, and an error.
 *
 * The parser accepts what is cut short or mis-nested without a word, so a document is
 * guarded before it is parsed, and a page is checked against its own counts.
 * No message repeats what a document says, because a server can repeat what it was sent.
 *
 * @module
 */

import { XMLParser } from "../deps/fast_xml_parser.ts";
import { IntegrityError, quote } from "../errors.ts";
import { guardDocument } from "./document_guard.ts";
import { isFolderMarker, keyDefect } from "./key.ts";

/** An object as the listing describes it. */
export interface S3Object {
  /** Its name in the bucket. */
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** The entity tag, without quotes. */
  readonly etag: string;
}

/** One page of a listing. */
export interface ListingPage {
  readonly objects: S3Object[];
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

type Element = Readonly<Record<string, unknown>>;

const PARSER_OPTIONS = {
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name: string) => name === "Contents" || name === "CommonPrefixes",
};

/**
 * Reads an answer to ListObjectsV2. Folder markers (empty objects whose key ends in a
 * slash) count, but are left out.
 *
 * @param prefix The prefix that was asked for.
 * @throws {IntegrityError} with check `"listing"` when the page is not whole, does not
 * belong to the prefix, or is no listing.
 */
export function parseListing(
  document: Uint8Array | string,
  prefix: string,
): ListingPage {
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
export function parseErrorDocument(
  document: Uint8Array | string,
): ErrorDocument | undefined {
  if (!mayBeError(document)) return undefined;
  try {
    const error = parseRoot(document, "Error");
    return {
      code: textOf(error, "Code"),
      message: optionalTextOf(error, "Message") ?? "",
      requestId: optionalTextOf(error, "RequestId"),
      region: optionalTextOf(error, "Region"),
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

function parseRoot(document: Uint8Array | string, name: string): Element {
  const text = guardDocument(document);
  const root = (new XMLParser(PARSER_OPTIONS).parse(text) as Element)[name];
  if (isElement(root)) return root;
  throw new SyntaxError(`it has no ${name}`);
}

function readListing(root: Element, prefix: string): ListingPage {
  const decode = keyDecoder(optionalTextOf(root, "EncodingType"));
  const objects = childrenOf(root, "Contents").map((contents) => readObject(contents, decode));
  const keyCount = sizeOf(root, "KeyCount");
  if (keyCount !== objects.length) {
    throw new SyntaxError(`it has ${objects.length} of ${keyCount} keys`);
  }
  checkKeys(objects, prefix);
  const files = objects.filter(({ key, size }) => !isFolderMarker(key, size));
  return { objects: files, nextToken: readNextToken(root) };
}

function readObject(
  contents: Element,
  decode: (key: string) => string,
): S3Object {
  const etag = textOf(contents, "ETag").replace(/^"(.*)"$/s, "$1");
  if (!/^[\x21\x23-\x7e]+$/.test(etag)) {
    throw new SyntaxError("it has a malformed ETag");
  }
  return {
    key: decode(textOf(contents, "Key")),
    size: sizeOf(contents, "Size"),
    etag,
  };
}

function checkKeys(objects: readonly S3Object[], prefix: string): void {
  const seen = new Set<string>();
  for (const { key, size } of objects) {
    if (!key.startsWith(prefix)) {
      throw new SyntaxError("it has a key of another prefix");
    }
    const marker = isFolderMarker(key, size);
    const defect = keyDefect(marker ? key.slice(0, -1) : key);
    if (defect !== undefined) {
      throw new SyntaxError(`it has a bad key, ${defect}`);
    }
    if (seen.has(key)) throw new SyntaxError("it has a key twice");
    seen.add(key);
  }
}

function readNextToken(root: Element): string | undefined {
  const truncated = textOf(root, "IsTruncated");
  if (truncated === "false") return undefined;
  const token = optionalTextOf(root, "NextContinuationToken");
  if (truncated === "true" && token) return token;
  throw new SyntaxError("it does not say how it goes on");
}

/** Undoes `encoding-type=url`, in which a space is `+`. It is not asked for here. */
function keyDecoder(encoding: string | undefined): (key: string) => string {
  if (encoding === undefined) return (key) => key;
  if (encoding !== "url") {
    throw new SyntaxError("it has an unknown encoding");
  }
  return (key) => {
    try {
      return decodeURIComponent(key.replaceAll("+", " "));
    } catch {
      throw new SyntaxError("it has a badly encoded key");
    }
  };
}

function isElement(value: unknown): value is Element {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function childrenOf(element: Element, name: string): Element[] {
  const children = element[name] ?? [];
  if (Array.isArray(children) && children.every(isElement)) return children;
  throw new SyntaxError(`it has an empty ${name}`);
}

function optionalTextOf(element: Element, name: string): string | undefined {
  const value = Object.hasOwn(element, name) ? element[name] : undefined;
  if (value === undefined || typeof value === "string") return value;
  throw new SyntaxError(`it has more than one ${name}`);
}

function textOf(element: Element, name: string): string {
  const text = optionalTextOf(element, name);
  if (text) return text;
  throw new SyntaxError(`it lacks a ${name}`);
}

function sizeOf(element: Element, name: string): number {
  const text = textOf(element, name);
  const size = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(size)) return size;
  throw new SyntaxError(`it has a malformed ${name}`);
}
