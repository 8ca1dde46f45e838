/**
 * File names for texts from outside, none of which leads out of its folder.
 *
 * @module
 */

import { quote } from "../errors.ts";

/**
 * A file name for any text, different for different texts also where the file system
 * ignores case: all but `A-Z 0-9 . -` becomes `%XX`, so `BACpB` is `BAC%70B`; so does the
 * first letter of a name that Windows keeps for a device, and a leading dot. The name of
 * the empty text is `%`.
 *
 * @throws {TypeError} when the text holds half of a surrogate pair.
 */
export function fileName(text: string): string {
  if (!text.isWellFormed()) throw new TypeError(`Cannot name a file of ${quote(text)}`);
  if (text === "") return "%";
  const name = Array.from(new TextEncoder().encode(text), encodeByte).join("");
  const isReserved = /^(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)/.test(name) || name.startsWith(".");
  return isReserved ? `%${hex(name.charCodeAt(0))}${name.slice(1)}` : name;
}

/**
 * A key that is a plain relative path, so that it names nothing outside its folder.
 *
 * @throws {TypeError} for any other.
 */
export function plainPath(key: string): string {
  const isPlain = (part: string) => /^[A-Za-z0-9_][A-Za-z0-9._\-]{0,99}$/.test(part);
  if (key.split("/").every(isPlain)) return key;
  throw new TypeError(`Cannot keep ${quote(key)}: it is no plain path`);
}

function encodeByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return /[A-Z0-9.\-]/.test(char) ? char : `%${hex(byte)}`;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}
