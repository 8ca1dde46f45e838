/**
 * Owns the connections to the bucket: a pool, and single ones for what shall not share
 * the fate of a connection that has just failed.
 *
 * @module
 */

/** Servers let go of idle connections after 20 s or more; this side shall be first. */
const IDLE_CONNECTION_MS = 15_000;

/** `fetch` over connections that end with this object. */
export class Connections implements Disposable {
  readonly #concurrency: number;
  #pool: Deno.HttpClient | undefined;
  #single: Deno.HttpClient | undefined;

  /** @param concurrency How many idle connections are worth keeping. */
  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Fetches over a pooled connection, or over one of its own where `fresh` is set. */
  fetch(
    url: URL,
    init: RequestInit & { readonly fresh: boolean },
  ): Promise<Response> {
    const { fresh, ...rest } = init;
    const client = fresh ? this.#single ??= connect(0) : this.#pool ??= connect(this.#concurrency);
    return fetch(url, { ...rest, client });
  }

  [Symbol.dispose](): void {
    this.#pool?.close();
    this.#single?.close();
    this.#pool = this.#single = undefined;
  }
}

/**
 * HTTP/1.1 only: HTTP/2 would put all requests on one connection, and its fate; on a fast line
 * it also is slower, and on a slow one no faster (`tests/bench/http.ts`).
 */
function connect(poolMaxIdlePerHost: number): Deno.HttpClient {
  return Deno.createHttpClient({
    http2: false,
    poolMaxIdlePerHost,
    poolIdleTimeout: IDLE_CONNECTION_MS,
  });
}
