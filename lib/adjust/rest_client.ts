/**
 * Asks the vendor's REST API, page after page.
 *
 * The key goes to the endpoint's own origin and nowhere else, in a header and in no URL.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { parseEndpoint } from "../http/endpoint.ts";
import { type Protocol, Sender, type SendOptions } from "../http/sender.ts";
import type { ApiKey } from "../settings.ts";
import { checkApiKey } from "./rest_api_key.ts";
import { hostText, type Page, planRetry, readOne, readPage, restRefusal } from "./rest_answer.ts";

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
