/**
 * Parses S3's XML into elements, and reads what they have.
 *
 * The parser accepts what is cut short or mis-nested without a word, so a document is guarded
 * before it is parsed: what could mislead or exhaust the parser is refused, at the cost of one look at
 * each character, by a `SyntaxError` that repeats nothing of the document.
 *
 * What passes is a small part of XML (and the control characters of its version 1.1): UTF-8, no
 * document type, CDATA, comment or processing instruction, only the predefined and numeric references,
 * one root, shallow. S3 sends nothing else.
 *
 * @module
 */

import { XMLParser } from "../deps/fast_xml_parser.ts";

/** The largest document that is looked at. */
export const MAX_DOCUMENT_BYTES = 8 * 2 ** 20;

const MAX_DEPTH = 16;
/**
 * A page of 1,000 keys with everything S3 can tell of them has about 32,000; some servers send
 * all keys in one.
 */
const MAX_TAGS = 1 << 18;
const MAX_REFERENCES = 1 << 16;
const MAX_TAG_LENGTH = 1024;

const DECLARATION = /^\ufeff?\s*<\?xml(?=\s)([^<>]{0,200}?)\?>/;
const SPACE = "[ \\t\\r\\n]";
const NAME = "[A-Za-z_][A-Za-z0-9_.:-]*";
const ATTRIBUTE = `${SPACE}+${NAME}${SPACE}*=${SPACE}*(?:"[^"<>]*"|'[^'<>]*')`;
const NAME_IN_TAG = new RegExp(NAME);
const TAG = new RegExp(`^(?:/${NAME}${SPACE}*|${NAME}(?:${ATTRIBUTE})*${SPACE}*/?)$`);
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/y;
const PREDEFINED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
/** XML 1.0 has no other control characters either, but servers write those of a key as they are. */
const NO_CHARACTER = /[\0\ufffe\uffff]/;

/**
 * The text of a document, without its XML declaration, that is safe to parse.
 *
 * @throws {SyntaxError} that says what is refused.
 */
export function guardDocument(document: Uint8Array | string): string {
  const text = decode(document);
  if (/^\s*<(?:!doctype\s+)?html[\s>]/i.test(text.slice(0, 1_000))) {
    throw new SyntaxError("it is a web page");
  }
  const body = withoutDeclaration(text);
  if (NO_CHARACTER.test(body)) throw new SyntaxError("it has a character that is none");
  checkTags(body);
  checkReferences(body);
  return body;
}

function decode(document: Uint8Array | string): string {
  if (document.length > MAX_DOCUMENT_BYTES) {
    throw new SyntaxError(`it is larger than ${MAX_DOCUMENT_BYTES} bytes`);
  }
  if (typeof document === "string") return document;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(document);
  } catch {
    throw new SyntaxError("it is not UTF-8");
  }
}

function withoutDeclaration(text: string): string {
  const declaration = DECLARATION.exec(text);
  if (declaration === null) return text.replace(/^\ufeff/, "");
  const encoding = /\sencoding\s*=\s*["']([^"']*)["']/.exec(declaration[1]!);
  if (encoding !== null && !/^(?:utf-?8|us-ascii)$/i.test(encoding[1]!)) {
    throw new SyntaxError("it declares another encoding than UTF-8");
  }
  return text.slice(declaration[0].length);
}

/** Checks each tag by itself, that each closes what is open, the depth, and that all is in one root. */
function checkTags(text: string): void {
  const first = text.indexOf("<");
  const open: string[] = [];
  let tags = 0;
  let end = first;
  for (let at = first; at >= 0; at = text.indexOf("<", at + 1)) {
    if (open.length === 0 && tags > 0) throw new SyntaxError("it has two roots");
    if (++tags > MAX_TAGS) throw new SyntaxError("it has too many tags");
    const tag = tagAt(text, at);
    const name = NAME_IN_TAG.exec(tag)![0];
    if (!tag.startsWith("/") && !tag.endsWith("/")) open.push(name);
    if (tag.startsWith("/") && open.pop() !== name) {
      throw new SyntaxError("it closes what is not open");
    }
    if (open.length > MAX_DEPTH) throw new SyntaxError("it is nested too deeply");
    end = at + tag.length + "<>".length;
  }
  if (tags === 0) throw new SyntaxError("it has no root");
  if (open.length > 0) throw new SyntaxError("it is cut short");
  if (/[^ \t\r\n]/.test(text.slice(0, first) + text.slice(end))) {
    throw new SyntaxError("it has text outside its root");
  }
}

function tagAt(text: string, at: number): string {
  const next = text[at + 1];
  if (next === "!") throw new SyntaxError("it has a DOCTYPE, CDATA or comment");
  if (next === "?") throw new SyntaxError("it has a processing instruction");
  const end = text.slice(at, at + MAX_TAG_LENGTH).indexOf(">");
  const tag = end < 0 ? "" : text.slice(at + 1, at + end);
  if (TAG.test(tag)) return tag;
  throw new SyntaxError("it has a malformed tag");
}

function checkReferences(text: string): void {
  let references = 0;
  for (let at = text.indexOf("&"); at >= 0; at = text.indexOf("&", at + 1)) {
    if (++references > MAX_REFERENCES) {
      throw new SyntaxError("it has too many references");
    }
    REFERENCE.lastIndex = at;
    const match = REFERENCE.exec(text);
    if (match === null || !isXmlCharacter(match)) {
      throw new SyntaxError("it has a reference to no character");
    }
  }
}

/** Whether a numeric reference names a character of XML 1.1, section 2.2. */
function isXmlCharacter(match: RegExpExecArray): boolean {
  const code = codeOf(match);
  if (code === undefined) return true;
  if (code === 0 || code >= 0xd800 && code <= 0xdfff) return false;
  return code <= 0x10ffff && code !== 0xfffe && code !== 0xffff;
}

function codeOf([, , decimal, hex]: readonly (string | undefined)[]): number | undefined {
  if (decimal !== undefined) return Number(decimal);
  return hex === undefined ? undefined : parseInt(hex, 16);
}

/** A text of a document that has passed, with the characters in the place of references. */
function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(new RegExp(REFERENCE, "g"), (...match) => {
    const code = codeOf(match);
    return code === undefined ? PREDEFINED[match[1]]! : String.fromCodePoint(code);
  });
}

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
