/**
 * Reads the part of XML that S3 sends: UTF-8, one root, elements and texts, and the predefined and
 * numeric references. Attributes are passed over.
 *
 * Refuses anything else (document types, CDATA, comments, processing instructions), what is cut
 * short or crosses, and what could exhaust the machine, at the cost of one look at each character.
 * A control character counts as in XML 1.1, since servers write those of a key as they are.
 *
 * @module
 */

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
const TAG = new RegExp(`^(?:/(${NAME})${SPACE}*|(${NAME})(?:${ATTRIBUTE})*${SPACE}*(/?))$`);
const REFERENCE = /&(?:(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));)?/g;
const PREDEFINED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
const NO_CHARACTER = /[\0\ufffe\uffff]/;

/** An element; its text is all that stands in it beside its children. */
export interface Element {
  readonly name: string;
  readonly children: readonly Element[];
  readonly text: string;
}

/**
 * The root of a document.
 *
 * @throws {SyntaxError} that says what is refused, and repeats nothing of the document.
 */
export function parseXml(document: Uint8Array | string): Element {
  const text = decode(document);
  if (/^\s*<(?:!doctype\s+)?html[\s>]/i.test(text.slice(0, 1_000))) {
    throw new SyntaxError("it is a web page");
  }
  const body = withoutDeclaration(text);
  if (NO_CHARACTER.test(body)) throw new SyntaxError("it has a character that is none");
  if (hasMore(body, { of: "<", than: MAX_TAGS })) throw new SyntaxError("it has too many tags");
  if (hasMore(body, { of: "&", than: MAX_REFERENCES })) {
    throw new SyntaxError("it has too many references");
  }
  const { children: [root, another], text: outside } = parseElements(body);
  if (root === undefined) throw new SyntaxError("it has no root");
  if (another !== undefined) throw new SyntaxError("it has two roots");
  if (outside.trim() !== "") throw new SyntaxError("it has text outside its root");
  return root;
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

/** Counted first, so that nothing is made of a document that is refused for it. */
function hasMore(text: string, { of, than }: { of: string; than: number }): boolean {
  let count = 0;
  for (let at = text.indexOf(of); at >= 0; at = text.indexOf(of, at + 1)) {
    if (++count > than) return true;
  }
  return false;
}

/** An element that may still get children and text. */
interface Open extends Element {
  readonly children: Element[];
  text: string;
}

/** What stands on the top level. */
function parseElements(body: string): Element {
  const top: Open = { name: "", children: [], text: "" };
  const open = [top];
  let end = 0;
  for (let at = body.indexOf("<"); at >= 0; at = body.indexOf("<", end)) {
    const parent = open.at(-1)!;
    parent.text += resolve(body.slice(end, at));
    const { length, closes, opens = "", isEmpty } = tagAt(body, at);
    if (closes === undefined) {
      const element = { name: opens, children: [], text: "" };
      parent.children.push(element);
      if (!isEmpty) open.push(element);
      if (open.length > MAX_DEPTH + 1) throw new SyntaxError("it is nested too deeply");
    } else if (open.pop()!.name !== closes) {
      throw new SyntaxError("it closes what is not open");
    }
    end = at + length;
  }
  if (open.length > 1) throw new SyntaxError("it is cut short");
  top.text += resolve(body.slice(end));
  return top;
}

/** A tag: one of the names that it closes or opens, and its length. */
function tagAt(body: string, at: number) {
  const next = body[at + 1];
  if (next === "!") throw new SyntaxError("it has a DOCTYPE, CDATA or comment");
  if (next === "?") throw new SyntaxError("it has a processing instruction");
  const length = body.slice(at, at + MAX_TAG_LENGTH).indexOf(">") + 1;
  const tag = length > 0 ? TAG.exec(body.slice(at + 1, at + length - 1)) : null;
  if (tag === null) throw new SyntaxError("it has a malformed tag");
  return { length, closes: tag[1], opens: tag[2], isEmpty: tag[3] === "/" };
}

/** The text with the characters in the place of references, and LF for each line break. */
function resolve(text: string): string {
  if (!/[&\r]/.test(text)) return text;
  return text.replace(/\r\n?/g, "\n").replace(
    REFERENCE,
    (_, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return PREDEFINED[name]!;
      const code = decimal === undefined ? parseInt(hex ?? "", 16) : Number(decimal);
      const character = code <= 0x10ffff ? String.fromCodePoint(code) : "\0";
      if (character.isWellFormed() && !NO_CHARACTER.test(character)) return character;
      throw new SyntaxError("it has a reference to no character");
    },
  );
}
