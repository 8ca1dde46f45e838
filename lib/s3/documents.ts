/**
 * Reads the two XML documents that S3 sends: a page of a listing, and an error.
 *
 * The parser accepts what is cut short or mis-nested without a word, so a document is
 * guarded before it is parsed, and a page is checked against what it says of itself. What
 * proves that a page is whole must be there; anything else a server may leave out or empty.
 * No message repeats what a document says, because a server can repeat what it was sent.
 *
 * @module
 */

import { XMLParser } from "../deps/fast_xml_parser.ts";
import { IntegrityError, quote } from "../errors.ts";
import { decodeReferences, guardDocument } from "./document_guard.ts";
import { plainEtag } from "./etag.ts";
import { decodeKey, LOST } from "./key.ts";

/** An object as the listing describes it. */
export interface S3Object {
  /** Its name in the bucket. */
  readonly key: string;
  /** Bytes; -1 where the server does not know. */
  readonly size: number;
  /** The entity tag, without quotes; empty where the server has none. */
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
  // It leaves out references to control characters, and so makes another key of one.
  processEntities: false,
  isArray: (name: string) => name === "Contents" || name === "CommonPrefixes",
};

/**
 * Reads an answer to ListObjectsV2.
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
  const decode = keyDecoder(wordOf(root, "EncodingType"));
  const asked = optionalTextOf(root, "Prefix") ?? "";
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

function readObject(
  contents: Element,
  decode: (key: string) => string,
): S3Object {
  const key = decode(textOf(contents, "Key"));
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
  const token = optionalTextOf(root, "NextContinuationToken");
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

function isElement(value: unknown): value is Element {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The elements of a name; a single one that is empty stands for none. */
function childrenOf(element: Element, name: string): Element[] {
  const children = element[name] ?? [];
  if (Array.isArray(children)) {
    if (children.length === 1 && isBlank(children[0])) return [];
    if (children.every(isElement)) return children;
  }
  throw new SyntaxError(`it has an empty ${name}`);
}

const isBlank = (value: unknown) => typeof value === "string" && value.trim() === "";

function optionalTextOf(element: Element, name: string): string | undefined {
  const value = Object.hasOwn(element, name) ? element[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value === "string") return decodeReferences(value);
  throw new SyntaxError(`it has more than one ${name}`);
}

function textOf(element: Element, name: string): string {
  const text = optionalTextOf(element, name);
  if (text) return text;
  throw new SyntaxError(`it lacks a ${name}`);
}

/** A text without the space around it; one that is left out or left empty says nothing. */
function wordOf(element: Element, name: string): string | undefined {
  return optionalTextOf(element, name)?.trim() || undefined;
}

/** A natural number of up to 64 bits, rounded where it has more digits than fit. */
function naturalOf(element: Element, name: string): number | undefined {
  const word = wordOf(element, name);
  if (word === undefined) return undefined;
  if (/^\d{1,20}$/.test(word)) return Number(word);
  throw new SyntaxError(`it has a malformed ${name}`);
}
