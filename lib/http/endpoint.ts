/**
 * Says which URLs may be an endpoint: those to which a key can be sent.
 *
 * @module
 */

import { ConfigurationError, quote } from "../errors.ts";

/**
 * Reads where a server is. No message repeats more of it than its host, because a URL can hold
 * a password.
 *
 * @param example A URL that could be given instead, for the message.
 * @param name What the message calls it.
 * @throws {ConfigurationError} when it is no plain HTTPS URL (HTTP only to this machine itself).
 */
export function parseEndpoint(endpoint: string | URL, example: string, name = "the endpoint"): URL {
  // "localhost:9000" is a URL without a host.
  if (!URL.canParse(endpoint) || new URL(endpoint).hostname === "") {
    throw new ConfigurationError(`Cannot use ${name}: want a URL such as "${example}"`);
  }
  const url = new URL(endpoint);
  const defect = endpointDefect(url);
  if (defect === undefined) return url;
  throw new ConfigurationError(
    `Cannot use ${name} at ${quote(url.hostname)}: ${defect}`,
  );
}

function endpointDefect(url: URL): string | undefined {
  const { protocol, username, password, search, hash, hostname } = url;
  if (username || password) return "it has a user name or password";
  if (search || hash || /[?#]$/.test(url.href)) {
    return "it has a query or fragment";
  }
  if (protocol === "https:") return undefined;
  if (protocol !== "http:") return `want https, found ${quote(protocol)}`;
  return isLoopback(hostname) ? undefined : "want https, found http";
}

/** Whether a URL's host is this machine itself, by its name alone. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
