/**
 * Reads what the elements of S3's documents have. What is refused throws a `SyntaxError` that
 * repeats nothing of the document.
 *
 * @module
 */

import { type Element, parseXml } from "./parse_xml.ts";

export type { Element };

/** The root of a document, which must have the name and children. */
export function parseRoot(document: Uint8Array | string, name: string): Element {
  const root = parseXml(document);
  if (root.name === name && root.children.length > 0) return root;
  throw new SyntaxError(`it has no ${name}`);
}

/** The elements of a name that have children; a single one that is empty stands for none. */
export function childrenOf(element: Element, name: string): Element[] {
  const found = element.children.filter((child) => child.name === name);
  if (found.length === 1 && found[0]!.children.length === 0 && isBlank(found[0]!.text)) return [];
  if (found.every(({ children }) => children.length > 0)) return found;
  throw new SyntaxError(`it has an empty ${name}`);
}

/** Whether a text has nothing but space. */
export const isBlank = (text: string): boolean => text.trim() === "";

/** An element's text; `undefined` where there is no such element. */
export function optionalTextOf(element: Element, name: string): string | undefined {
  const [found, more] = element.children.filter((child) => child.name === name);
  if (more === undefined && !found?.children.length) return found?.text;
  throw new SyntaxError(`it has more than one ${name}`);
}

/** An element's text, which must be there and not be empty. */
export function textOf(element: Element, name: string): string {
  const text = optionalTextOf(element, name);
  if (text) return text;
  throw new SyntaxError(`it lacks a ${name}`);
}

/** A text without the space around it; one that is left out or left empty says nothing. */
export function wordOf(element: Element, name: string): string | undefined {
  return optionalTextOf(element, name)?.trim() || undefined;
}

/** A natural number of up to 64 bits, rounded where it has more digits than fit. */
export function naturalOf(element: Element, name: string): number | undefined {
  const word = wordOf(element, name);
  if (word === undefined) return undefined;
  if (/^\d{1,20}$/.test(word)) return Number(word);
  throw new SyntaxError(`it has a malformed ${name}`);
}
