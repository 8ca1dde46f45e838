/**
 * Says which keys are safe to ask for, and how a key is written in a URL and in a listing.
 *
 * @module
 */

/** S3 allows no longer key, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;

/** Stands in the names of some servers for what they cannot write, such as control characters. */
export const LOST = "\ufffd";

/**
 * What is wrong with a key, or `undefined` when it can be asked for and can name a place
 * below a directory. A segment `.` or `..` would vanish from a URL, and would be signed so.
 */
export function keyDefect(key: string): string | undefined {
  if (key === "") return "it is empty";
  if (!key.isWellFormed()) return "it is not well-formed Unicode";
  if (new TextEncoder().encode(key).length > MAX_KEY_BYTES) {
    return `it is longer than ${MAX_KEY_BYTES} bytes`;
  }
  // deno-lint-ignore no-control-regex
  if (/[\0-\x1f\x7f-\x9f]/.test(key)) return "it has a control character";
  const segments = key.split("/");
  if (segments.includes("")) return "it has an empty segment";
  if (segments.includes(".") || segments.includes("..")) {
    return "it has a segment of dots";
  }
  return undefined;
}

/**
 * Percent-encodes all but the unreserved characters of RFC 3986, as Signature V4's
 * "UriEncode" demands.
 */
function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A key as it stands in the path of a URL: encoded, the slashes kept. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeStrictly).join("/");
}

/** Parameters as they stand in a URL: a space is `%20`, never `+`. */
export function encodeQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters).map(([name, value]) =>
    `${encodeStrictly(name)}=${encodeStrictly(value)}`
  ).join("&");
}

/**
 * A key out of the form that `encoding-type=url` gives it, in which a space may be `+`. What
 * encodes no UTF-8 is read byte by byte: such a key can be shown, if not asked for.
 */
export function decodeKey(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replace(
      /%[\da-f]{2}/gi,
      (byte) => String.fromCharCode(parseInt(byte.slice(1), 16)),
    );
  }
}
