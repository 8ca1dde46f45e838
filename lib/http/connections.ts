/**
 * Owns the connections to one server: a pool, and single ones for what must not share
 * the fate of a connection that has just failed.
 *
 * What goes to this machine itself may go there in clear text, with signature and token, so no
 * proxy sees it, whatever `HTTP_PROXY` says. Where Deno may not touch `NO_PROXY` the server is
 * named as its own proxy: then requests repeat its address in their first line.
 *
 * @module
 */

import { isLoopback } from "./endpoint.ts";

/** Servers let go of idle connections after 20 s or more; this side is first. */
const IDLE_CONNECTION_MS = 15_000;

/** `fetch` over connections that end with this object. */
export class Connections implements Disposable {
  readonly #server: URL;
  readonly #concurrency: number;
  #pool: Deno.HttpClient | undefined;
  #single: Deno.HttpClient | undefined;

  /**
   * @param server Where every request goes.
   * @param concurrency How many idle connections are worth keeping.
   */
  constructor(server: URL, concurrency: number) {
    this.#server = server;
    this.#concurrency = concurrency;
  }

  /** Fetches over a pooled connection, or over one of its own where `fresh` is set. */
  fetch(url: URL, init: RequestInit & { readonly fresh: boolean }): Promise<Response> {
    const { fresh, ...rest } = init;
    const client = fresh
      ? this.#single ??= connect(this.#server, 0)
      : this.#pool ??= connect(this.#server, this.#concurrency);
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
function connect(server: URL, poolMaxIdlePerHost: number): Deno.HttpClient {
  const options = { http2: false, poolMaxIdlePerHost, poolIdleTimeout: IDLE_CONNECTION_MS };
  const { protocol, hostname, port } = server;
  if (!isLoopback(hostname)) return Deno.createHttpClient(options);
  if (mayHideProxies()) return withoutProxies(() => Deno.createHttpClient(options));
  // In a tunnel of TLS a proxy sees nothing.
  if (protocol === "https:") return Deno.createHttpClient(options);
  const proxy = { transport: "tcp", hostname, port: Number(port || 80) } as const;
  return Deno.createHttpClient({ ...options, proxy });
}

/** What matches every host, by name and by address. */
const EVERYTHING = "*,0.0.0.0/0,::/0";

function mayHideProxies(): boolean {
  return Deno.permissions.querySync({ name: "env", variable: "NO_PROXY" }).state === "granted";
}

/** Deno looks for proxies in the environment whenever it makes a client, and only then. */
function withoutProxies<T>(make: () => T): T {
  const before = Deno.env.get("NO_PROXY");
  Deno.env.set("NO_PROXY", EVERYTHING);
  try {
    return make();
  } finally {
    if (before === undefined) Deno.env.delete("NO_PROXY");
    else Deno.env.set("NO_PROXY", before);
  }
}
