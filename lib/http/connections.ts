/**
 * Owns the connections to one server: a pool, and single ones for what must not share
 * the fate of a connection that has just failed. What the platform throws for a failed one becomes an
 * error that tells what happened and no secret: the platform's texts repeat the URL.
 *
 * What goes to this machine itself may go there in clear text, with signature and token, so no
 * proxy sees it, whatever `HTTP_PROXY` says. Where Deno may not touch `NO_PROXY` the server is
 * named as its own proxy: then requests repeat its address in their first line.
 *
 * @module
 */

import { isLoopback } from "./endpoint.ts";
import { ConfigurationError, NetworkError, type TlsDefect, TlsError } from "../errors.ts";

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

/** What the platform's texts are recognized by, and what is said instead of them. */
const REASONS: readonly (readonly [RegExp, string, TlsDefect?])[] = [
  [/not valid for name/i, "the server's certificate is another host's", "other-host"],
  [/certificate expired/i, "the server's certificate is expired", "outdated"],
  [/certificate not valid yet/i, "the server's certificate is not valid yet", "outdated"],
  [/invalid peer certificate/i, "the server's certificate is not trusted", "untrusted"],
  [/corrupt message/i, "what answers speaks no TLS", "no-tls"],
  [/invalid HTTP version/i, "something that is no HTTP came before the answer", "no-http"],
  [
    /fatal alert: (?!InternalError|CloseNotify|UserCanceled)|peer is incompatible/i,
    "the server agrees to no secure connection",
    "refused",
  ],
  [/unsuccessful tunnel|while tunneling/i, "the proxy makes no way to the server"],
  [/proxy server unreachable/i, "the proxy cannot be reached"],
  [/connection refused/i, "the connection was refused"],
  [/connection reset|broken pipe/i, "the connection was reset"],
  [/dns error|failed to lookup|name resolution/i, "the host was not found"],
  [/handshake|\btls\b/i, "the secure connection failed"],
  [/unreachable/i, "the network cannot be reached"],
  [/timed out/i, "the connection timed out"],
  [/closed|unexpected eof|end of file/i, "the connection was closed"],
];

/**
 * The error for what `fetch` or, without a host, a body's reader has thrown. The original is not
 * attached, because its texts repeat the URL.
 */
export function connectionError(
  error: unknown,
  { action, host }: { action: string; host?: string },
): NetworkError | ConfigurationError {
  const texts = causesOf(error).map(withoutUrl).join("\n");
  const [, port] = /Requests to port (\d+) are blocked/.exec(String(error)) ?? [];
  if (port !== undefined) {
    return new ConfigurationError(`${action}: port ${port} is one that fetch() sends nothing to`);
  }
  if (/proxy authentication/i.test(texts)) {
    return new ConfigurationError(`${action}: the proxy wants a user name and a password`);
  }
  const [, reason = "the connection failed", defect] =
    REASONS.find(([pattern]) => pattern.test(texts)) ?? [];
  if (defect !== undefined) return new TlsError(`${action}: ${reason}`, { defect });
  const told = host === undefined
    ? `${reason} within the answer`
    : reason.replace(/connection\b/, `$& to ${host}`).replace(/^the host\b/, `$& ${host}`);
  const phase = host === undefined ? "body" : "headers";
  return new NetworkError(`${action}: ${told}`, { phase, timedOut: false });
}

/** What happened, behind the URL, whose words say nothing. */
function withoutUrl(text: string): string {
  return text.slice(Math.max(0, text.lastIndexOf("client error")));
}

function causesOf(error: unknown): string[] {
  const texts: string[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (texts.push(cause.message) > 8) break;
  }
  return texts;
}
