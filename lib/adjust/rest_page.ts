/**
 * Reads one page of the REST API's answers, or an answer that is about one thing.
 *
 *     {"status":"OK","request_id":"…","results":[…],"next_url":"https://…?cursor=…"}
 *     {"status":"OK","request_id":"…","results":{…}}
 *
 * @module
 */

/** One page of an answer. */
export interface Page {
  readonly results: readonly unknown[];
  /** Where the next page is, as the server says it; `undefined` for the last one. */
  readonly next: string | undefined;
}

/** What a good answer calls its status. */
const GOOD = ["OK", "DELAYED"];

/**
 * Reads a page. An answer without results counts as an empty page only when it says `OK` and
 * has nothing else that could be the results under another name.
 *
 * @throws {SyntaxError} that says what is wrong with it and repeats nothing of it.
 */
export function readPage(bytes: Uint8Array): Page {
  const answer = parse(bytes);
  const { status, next_url, results = null } = answer;
  if (results === null && (status !== "OK" || Object.values(answer).some(isObject))) {
    throw new SyntaxError("it has no results");
  }
  if (results !== null && !Array.isArray(results)) {
    throw new SyntaxError("its results are no array");
  }
  if (next_url !== undefined && next_url !== null && typeof next_url !== "string") {
    throw new SyntaxError("its next_url is no text");
  }
  return { results: results ?? [], next: next_url || undefined };
}

/**
 * Reads an answer whose results are one object.
 *
 * @throws {SyntaxError} as {@linkcode readPage} does.
 */
export function readOne(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const { results } = parse(bytes);
  if (isObject(results) && !Array.isArray(results)) return results as Record<string, unknown>;
  throw new SyntaxError("its results are no object");
}

/** An object whose status is good, if it has one. */
function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const answer = parseObject(bytes);
  const { status } = answer;
  if (status === undefined || GOOD.includes(status as string)) return answer;
  throw new SyntaxError("its status is not OK");
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const answer: unknown = JSON.parse(text);
    if (isObject(answer) && !Array.isArray(answer)) return answer as Record<string, unknown>;
  } catch {
    // The error would repeat what was sent.
  }
  const isPage = /^\s*<(?:!doctype\s+)?html[\s>]/i.test(text.slice(0, 1_000));
  throw new SyntaxError(isPage ? "it is a web page" : "it is no JSON object");
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
