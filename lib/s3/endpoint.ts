/**
 * Says where a bucket is: the URL that all requests to it begin with.
 *
 * @module
 */

import { ConfigurationError, quote } from "../errors.ts";
import { encodeKey, keyDefect } from "./key.ts";

/**
 * The URL of a bucket in path style, without a slash at its end.
 *
 * No message repeats the endpoint beyond its host, because a URL can hold a password.
 *
 * @throws {ConfigurationError} when the endpoint is no plain HTTPS URL (HTTP only to this
 * machine itself), or the bucket's name is none.
 */
export function bucketUrl(endpoint: string | URL, bucket: string): string {
  const url = parseEndpoint(endpoint);
  if (!/^[A-Za-z0-9][\w.-]{1,62}$/.test(bucket) || bucket.includes("..")) {
    throw new ConfigurationError(`Cannot use the bucket ${quote(bucket)}`);
  }
  return `${url.origin}${basePath(url)}/${bucket}`;
}

function parseEndpoint(endpoint: string | URL): URL {
  if (!URL.canParse(endpoint)) {
    throw new ConfigurationError(
      'Cannot use the endpoint: want a URL such as "https://files.massive.com"',
    );
  }
  const url = new URL(endpoint);
  const defect = endpointDefect(url);
  if (defect === undefined) return url;
  throw new ConfigurationError(
    `Cannot use the endpoint at ${quote(url.hostname)}: ${defect}`,
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

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** The path, encoded as a key is, so that the signature covers what is sent. */
function basePath(url: URL): string {
  const path = url.pathname.replace(/^\/+|\/+$/g, "");
  if (path === "") return "";
  try {
    const decoded = decodeURIComponent(path);
    if (keyDefect(decoded) === undefined) return `/${encodeKey(decoded)}`;
  } catch {
    // A percent sign without two digits: refused below.
  }
  throw new ConfigurationError(
    `Cannot use the endpoint at ${quote(url.hostname)}: its path is malformed`,
  );
}
