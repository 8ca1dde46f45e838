/**
 * Parses S3's XML into elements, and reads what they have.
 *
 * The parser accepts what is cut short or mis-nested without a word, so a document is guarded
 * before it is parsed. What is refused throws a `SyntaxError` that repeats nothing of the document.
 *
 * @module
 */

import { XMLParser } from "../deps/fast_xml_parser.ts";
import { decodeReferences, guardDocument } from "./document_guard.ts";

/** An element's children by their names. */
export type Element = Readonly<Record<string, unknown>>;

/** The elements that a document may have several of. */
const REPEATED: readonly string[] = ["Contents", "CommonPrefixes", "Upload"];

const PARSER_OPTIONS = {
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  // It leaves out references to control characters, and so makes another key of one.
  processEntities: false,
  isArray: (name: string) => REPEATED.includes(name),
};

/** The root of a document, by its name. */
export function parseRoot(document: Uint8Array | string, name: string): Element {
  const text = guardDocument(document);
  const root = (new XMLParser(PARSER_OPTIONS).parse(text) as Element)[name];
  if (isElement(root)) return root;
  throw new SyntaxError(`it has no ${name}`);
}

function isElement(value: unknown): value is Element {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The elements of a name; a single one that is empty stands for none. */
export function childrenOf(element: Element, name: string): Element[] {
  const children = element[name] ?? [];
  if (Array.isArray(children)) {
    if (children.length === 1 && isBlank(children[0])) return [];
    if (children.every(isElement)) return children;
  }
  throw new SyntaxError(`it has an empty ${name}`);
}

/** Whether a value is text without a character in it. */
export const isBlank = (value: unknown): boolean =>
  typeof value === "string" && value.trim() === "";

/** An element's text; `undefined` where there is no such element. */
export function optionalChildText(element: Element, name: string): string | undefined {
  const value = Object.hasOwn(element, name) ? element[name] : undefined;
  if (value === undefined) return undefined;
  if (typeof value === "string") return decodeReferences(value);
  throw new SyntaxError(`it has more than one ${name}`);
}

/** An element's text, which must be there and not be empty. */
export function childText(element: Element, name: string): string {
  const text = optionalChildText(element, name);
  if (text) return text;
  throw new SyntaxError(`it lacks a ${name}`);
}

/** A text without the space around it; one that is left out or left empty says nothing. */
export function wordOf(element: Element, name: string): string | undefined {
  return optionalChildText(element, name)?.trim() || undefined;
}

/** A natural number of up to 64 bits, rounded where it has more digits than fit. */
export function naturalOf(element: Element, name: string): number | undefined {
  const word = wordOf(element, name);
  if (word === undefined) return undefined;
  if (/^\d{1,20}$/.test(word)) return Number(word);
  throw new SyntaxError(`it has a malformed ${name}`);
}
