/**
 * Says where a bucket is: the URL that all requests to it begin with.
 *
 * @module
 */

import { ConfigurationError, quote } from "../errors.ts";
import { parseEndpoint } from "../http/endpoint.ts";
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
  const url = parseEndpoint(endpoint, "https://files.massive.com");
  if (!/^[A-Za-z0-9][\w.-]{1,62}$/.test(bucket) || bucket.includes("..")) {
    throw new ConfigurationError(
      `Cannot use the bucket ${
        quote(bucket)
      }: want letters, digits, dots and dashes, such as flatfiles`,
    );
  }
  return `${url.origin}${basePath(url)}/${bucket}`;
}

/**
 * Names a bucket among all: the endpoint with its path, a space, and the bucket. The spellings of
 * one URL, such as a host in capitals, a default port or a slash at the end, give one name.
 *
 * @throws as {@linkcode bucketUrl} does.
 */
export function sourceName(
  { endpoint, bucket }: { readonly endpoint: string | URL; readonly bucket: string },
): string {
  return bucketUrl(endpoint, bucket).replace(/\/([^/]*)$/, " $1");
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
