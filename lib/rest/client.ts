/**
 * Asks the vendor's REST API, page after page.
 *
 * The key goes to the endpoint's own origin and nowhere else, in a header and in no URL.
 *
 * @module
 */

import { delay } from "../deps/deno_std.ts";
import { IntegrityError } from "../errors.ts";
import { Connections } from "../http/connections.ts";
import { DEFAULT_LIMITS, type TimeLimits } from "../http/deadline.ts";
import { parseEndpoint } from "../http/endpoint.ts";
import { type Answer, exchange, type HttpRequest } from "../http/exchange.ts";
import { type ApiKey, checkApiKey } from "./api_key.ts";
import { answerError, hostText, retryDelayMs } from "./failure.ts";
import { type Page, readOne, readPage } from "./page.ts";

/** The endpoint of the vendor. */
export const DEFAULT_API_ENDPOINT = "https://api.massive.com";

/** An answer with more pages is taken for an endless one. */
export const MAX_PAGES = 100;

/** Bytes that a page may have. */
const MAX_PAGE_BYTES = 8 * 2 ** 20;

/** A failed attempt that another one follows. */
export interface RestRetry {
  /** The path that was asked for. */
  readonly path: string;
  /** The attempt that failed; the first is 1. */
  readonly attempt: number;
  /** Why it failed. */
  readonly error: Error;
  /** How long the next attempt waits. */
  readonly delayMs: number;
}

/** Where the API is, and how to work with it. */
export interface RestClientOptions {
  /** A path in it stays in front. @default {"https://api.massive.com"} */
  readonly endpoint?: string | URL | undefined;
  /** The key. */
  readonly apiKey: ApiKey;
  /** What sends a request. @default {globalThis.fetch, over connections that the client owns} */
  readonly fetch?: typeof fetch | undefined;
  /** Numbers from 0 up to 1, for the jitter. @default {Math.random} */
  readonly random?: (() => number) | undefined;
  /** Where the limits for slow servers differ from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<TimeLimits> | undefined;
  /** Is told of a failed attempt that another one follows. */
  readonly onRetry?: ((retry: RestRetry) => void) | undefined;
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
  readonly #options: RestClientOptions;
  readonly #apiKey: ApiKey;
  readonly #endpoint: URL;
  readonly #connections: Connections;

  /**
   * Connects to nothing yet.
   *
   * @throws {ConfigurationError} when the endpoint or the key cannot be.
   */
  constructor(options: RestClientOptions) {
    this.#options = options;
    this.#apiKey = checkApiKey(options.apiKey);
    const { endpoint = DEFAULT_API_ENDPOINT } = options;
    this.#endpoint = parseEndpoint(endpoint, DEFAULT_API_ENDPOINT);
    this.#connections = new Connections(this.#endpoint, 1);
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
    this.#connections[Symbol.dispose]();
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
    for (let attempt = 1;; attempt++) {
      signal?.throwIfAborted();
      try {
        const { bytes } = await this.#exchange(request, attempt);
        return readAs(read, bytes, question);
      } catch (error) {
        signal?.throwIfAborted();
        await this.#pause(request, attempt, error);
      }
    }
  }

  /** Waits for the next attempt, or throws the error again when there is none. */
  async #pause({ subject, signal }: HttpRequest, attempt: number, error: unknown): Promise<void> {
    const { random = Math.random, onRetry } = this.#options;
    const delayMs = retryDelayMs(error, attempt, random);
    if (delayMs === undefined) throw error;
    onRetry?.({ path: subject, attempt, error: error as Error, delayMs });
    await delay(delayMs, signal ? { signal } : {});
  }

  #exchange(request: HttpRequest, attempt: number): Promise<Answer> {
    const { fetch, limits } = this.#options;
    const { action } = request;
    const apiKey = this.#apiKey;
    return exchange(request, {
      attempt,
      authentication: new Headers({ authorization: `Bearer ${apiKey.value}` }),
      limits: { ...DEFAULT_LIMITS, ...limits },
      onBytes: () => {},
      refuse: (response) => answerError({ response, action, apiKey }),
      // deno-lint-ignore require-await
      fetch: async (url, init) =>
        fetch ? fetch(url, init) : this.#connections.fetch(url, { ...init, fresh: attempt > 1 }),
    });
  }
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
