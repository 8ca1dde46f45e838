/**
 * Reads what the elements of S3's XML have. What is refused throws a `SyntaxError` that repeats
 * nothing of the document.
 *
 * @module
 */

import { type Content, decodeReferences, type Element, parseDocument } from "./xml_document.ts";

export type { Element };

/** The root of a document, by its name. */
export function parseRoot(document: Uint8Array | string, name: string): Element {
  const [root] = parseDocument(document).get(name) ?? [];
  if (root instanceof Map) return root;
  throw new SyntaxError(`it has no ${name}`);
}

/** The elements of a name; a single one that is empty stands for none. */
export function childrenOf(element: Element, name: string): readonly Element[] {
  const children = element.get(name) ?? [];
  if (children.length === 1 && isBlank(children[0])) return [];
  const isElement = (content: Content) => typeof content !== "string";
  if (children.every(isElement)) return children;
  throw new SyntaxError(`it has an empty ${name}`);
}

/** Whether a value is text without a character in it. */
export const isBlank = (value: unknown): boolean =>
  typeof value === "string" && value.trim() === "";

/** An element's text; `undefined` where there is no such element. */
export function optionalChildText(element: Element, name: string): string | undefined {
  const [value, ...others] = element.get(name) ?? [];
  if (value === undefined) return undefined;
  if (typeof value === "string" && others.length === 0) return decodeReferences(value);
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
