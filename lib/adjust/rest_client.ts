/**
 * Asks the vendor's REST API, page after page, and reads what it answers: one page, an answer that is
 * about one thing, or a refusal.
 *
 *     {"status":"OK","request_id":"…","results":[…],"next_url":"https://…?cursor=…"}
 *     {"status":"OK","request_id":"…","results":{…}}
 *
 * The key goes to the endpoint's own origin and nowhere else, in a header and in no URL. Nothing of the
 * request, and no free text of the server, enters an error: either could hold the key.
 *
 * @module
 */

import {
  ConfigurationError,
  IntegrityError,
  isLastingDefect,
  NetworkError,
  quote,
  RestError,
} from "../errors.ts";
import { parseEndpoint } from "../http/endpoint.ts";
import { type Protocol, type RetryPlan, Sender, type SendOptions } from "../http/sender.ts";
import type { ApiKey } from "../settings.ts";
import { checkApiKey } from "./rest_api_key.ts";
import { isObject } from "../given.ts";
import { redirectHost, retryAfterMs } from "../http/exchange.ts";
import { isPassing, PACES, reasonOfStatus } from "../http/status.ts";

/** The endpoint of the vendor. */
export const DEFAULT_API_ENDPOINT = "https://api.massive.com";

/** An answer with more pages is taken for an endless one. */
const MAX_PAGES = 100;

/** Bytes that a page may have. */
const MAX_PAGE_BYTES = 8 * 2 ** 20;

/** Where the API is, and how to work with it. */
export interface RestClientOptions extends SendOptions {
  /** A path in it stays in front. @default {"https://api.massive.com"} */
  readonly endpoint?: string | URL | undefined;
  /** The key. */
  readonly apiKey: ApiKey;
}

/** What is asked for. */
export interface Question {
  /** Such as `/stocks/v1/splits`. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What an error's message begins with, such as `Cannot load the splits of TSLA`. */
  readonly action: string;
  /** Ends the asking. */
  readonly signal?: AbortSignal | undefined;
}

/** The API behind an endpoint; it owns connections until it is disposed. */
export class RestClient implements Disposable {
  readonly #apiKey: ApiKey;
  readonly #endpoint: URL;
  readonly #sender: Sender;

  /**
   * Connects to nothing yet.
   *
   * @throws {ConfigurationError} when the endpoint or the key cannot be.
   */
  constructor(options: RestClientOptions) {
    this.#apiKey = checkApiKey(options.apiKey);
    const { endpoint = DEFAULT_API_ENDPOINT } = options;
    this.#endpoint = parseEndpoint(endpoint, DEFAULT_API_ENDPOINT);
    const protocol = restProtocol(this.#apiKey);
    this.#sender = new Sender({ ...options, server: this.#endpoint, protocol, concurrency: 1 });
  }

  /**
   * The results of all pages. An abort rejects with the signal's reason.
   *
   * @throws {ConfigurationError} when the server refuses the key.
   * @throws {RestError} when it refuses the request, or every attempt.
   * @throws {NetworkError} when every attempt's connection failed.
   * @throws {IntegrityError} when an answer is none, a page comes twice, there are more than
   * 100, or the next one is at another origin.
   */
  async *results(question: Question): AsyncGenerator<unknown, void> {
    const seen = new Set<string>();
    let url: URL | undefined = this.#urlOf(question);
    while (url !== undefined) {
      if (seen.has(url.href)) throw wrong(question, "a page comes twice");
      if (seen.size === MAX_PAGES) throw wrong(question, `it has more than ${MAX_PAGES} pages`);
      seen.add(url.href);
      const page: Page = await this.#ask(url, question, readPage);
      yield* page.results;
      url = page.next === undefined ? undefined : this.#nextUrl(page.next, question);
    }
  }

  /**
   * The result of a path that is about one thing.
   *
   * @throws as {@linkcode results} does.
   */
  async result(question: Question): Promise<Readonly<Record<string, unknown>>> {
    return await this.#ask(this.#urlOf(question), question, readOne);
  }

  /** Lets the connections go. */
  [Symbol.dispose](): void {
    this.#sender[Symbol.dispose]();
  }

  #urlOf({ path, parameters }: Question): URL {
    const base = this.#endpoint.pathname.replace(/\/+$/, "");
    return new URL(`${base}${path}?${new URLSearchParams(parameters)}`, this.#endpoint);
  }

  /** Of the server's URL only path and query are taken, once its origin is the endpoint's. */
  #nextUrl(next: string, question: Question): URL {
    const { origin } = this.#endpoint;
    if (!URL.canParse(next, origin)) throw wrong(question, "the next page's URL is none");
    const url = new URL(next, origin);
    if (url.origin === origin) return new URL(`${origin}${url.pathname}${url.search}`);
    const where = hostText(url.host, this.#apiKey);
    throw wrong(question, `the next page is at ${where}, want the same origin`);
  }

  /** @param read throws a `SyntaxError` for bytes that are no such answer. */
  async #ask<T>(url: URL, question: Question, read: (bytes: Uint8Array) => T): Promise<T> {
    const { path: subject, action, signal } = question;
    const request = { url, subject, action, maxBytes: MAX_PAGE_BYTES, signal };
    return await this.#sender.send(request, ({ bytes }) => readAs(read, bytes, question));
  }
}

/** The key as a bearer's; every attempt is like the first. */
function restProtocol(apiKey: ApiKey): Protocol {
  const headers = new Headers({ authorization: `Bearer ${apiKey.value}` });
  return {
    authenticate: () => ({ headers, offsetMs: 0 }),
    refuse: ({ action }, response) => restRefusal({ response, action, apiKey }),
    plan: planRetry,
    // An outage is not waited out: no watchdog would end the wait.
    isUnanswered: () => false,
  };
}

function readAs<T>(read: (bytes: Uint8Array) => T, bytes: Uint8Array, question: Question): T {
  try {
    return read(bytes);
  } catch (error) {
    throw wrong(question, error instanceof SyntaxError ? error.message : String(error));
  }
}

function wrong({ action, path }: Question, what: string): IntegrityError {
  const message = `${action}: the server's answer cannot be used: ${what}`;
  return new IntegrityError(message, { key: path, check: "format" });
}

/** One page of an answer. */
interface Page {
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

/** The vendor's cheapest plan allows five requests a minute: the wait when none is told. */
export const THROTTLED_HINT_MS = 12_000;

/** An answer without what was asked for. */
interface RestRefusal {
  readonly response: Pick<Response, "status" | "headers">;
  /** What the message begins with. */
  readonly action: string;
  readonly apiKey: ApiKey;
}

/** The error for any other status than 200. */
export function restRefusal({ response, action, apiKey }: RestRefusal): Error {
  const { status } = response;
  const reason = reasonOfStatus(status);
  if (reason === "key" || reason === "access") {
    const why = "it is wrong, or its plan does not include this";
    return new ConfigurationError(
      `${action}: the server refuses the key in ${quote(apiKey.source)} (HTTP ${status}): ${why}`,
    );
  }
  const host = redirectHost(response);
  const whereTo = host === undefined ? "" : `, a redirect to ${hostText(host, apiKey)}`;
  const message = `${action}: the server answers HTTP ${status}${whereTo}`;
  return new RestError(message, { status, retryAfterMs: retryAfterMs(response.headers) });
}

/** The host for a message; one that holds the key is not named. */
export function hostText(host: string, { value }: ApiKey): string {
  const isSafe = !host.toLowerCase().includes(value.toLowerCase());
  return isSafe ? `the host ${quote(host)}` : "another host";
}

/** When to try again after an error; `undefined` when another attempt would meet the same. */
export function planRetry(error: unknown): RetryPlan | undefined {
  if (isLastingDefect(error)) return undefined;
  if (error instanceof NetworkError || error instanceof IntegrityError) return { pace: "retry" };
  if (!(error instanceof RestError)) return undefined;
  const { status, retryAfterMs: hintMs = status === 429 ? THROTTLED_HINT_MS : undefined } = error;
  const reason = reasonOfStatus(status);
  return isPassing(reason) ? { pace: PACES[reason], hintMs } : undefined;
}
