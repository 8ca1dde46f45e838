/**
 * What every file of a format begins with: a sealed line (see `line.ts`) that names the format and
 * its version.
 *
 * @module
 */

import { JournalError, quote } from "../errors.ts";
import { sealLine, unsealLine } from "./line.ts";

/** A format, as a file's first line names it. */
export interface FileFormat {
  readonly format: string;
  readonly version: number;
}

const LF = 10;

type Content = Readonly<Record<string, unknown>>;

/** The first line of a file, sealed with 0. */
export function formatLine({ format, version }: FileFormat, content: Content): string {
  return sealLine({ format, version, ...content }, 0);
}

/**
 * What the first line of a file says, without its LF; `undefined` when it is of another format or
 * an older version.
 *
 * @param what The file, such as `journal `, for the error.
 * @throws {JournalError} when a newer version has written it.
 */
export function readHeader(
  line: Uint8Array,
  { format, version }: FileFormat,
  { what, path }: { readonly what: string; readonly path: string },
): Content | undefined {
  const header = unsealLine(line, 0);
  if (header?.format !== format || typeof header.version !== "number") return undefined;
  if (header.version <= version) return header.version === version ? header : undefined;
  const message = `Cannot use ${what}${quote(path)}: its format is ${header.version}, ` +
    `this program knows formats up to ${version}`;
  throw new JournalError(message, { path });
}

/** What a file says that is this one line; `undefined` when it is damaged or of another format. */
export function readOnlyLine(
  file: Uint8Array,
  { format, version }: FileFormat,
): Content | undefined {
  const content = file.at(-1) === LF ? unsealLine(file.subarray(0, -1), 0) : undefined;
  return content?.format === format && content.version === version ? content : undefined;
}

/** What a file of lines calls itself by, eight hexadecimal digits: they are sealed with its value. */
export function newNonce(): string {
  return crypto.getRandomValues(new Uint8Array(4)).toHex();
}

/** What lines are sealed with; `undefined` when that is no nonce. */
export function seedOf(nonce: unknown): number | undefined {
  return typeof nonce === "string" && /^[0-9a-f]{8}$/.test(nonce) ? parseInt(nonce, 16) : undefined;
}
