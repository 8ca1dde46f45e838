/**
 * Proves that bytes are the object that was listed.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { IntegrityError, quote } from "../errors.ts";

/** What an object's bytes have to be. */
export interface Expected {
  readonly key: string;
  /** How many there have to be. */
  readonly size: number;
  /** Their MD5 in hexadecimal digits, where it is known. */
  readonly md5?: string | undefined;
}

/**
 * Checks length and, where it is known, MD5.
 *
 * @throws {IntegrityError} with check `"size"` or `"md5"`.
 */
export function checkBytes(bytes: Uint8Array, { key, size, md5 }: Expected): void {
  if (bytes.length !== size) {
    throw new IntegrityError(
      `Cannot download ${quote(key)}: received ${bytes.length} of ${size} bytes`,
      { key, check: "size" },
    );
  }
  if (md5 === undefined) return;
  const found = md5Of(bytes);
  if (found === md5.toLowerCase()) return;
  throw new IntegrityError(
    `Cannot download ${quote(key)}: its MD5 is ${found}, the listing has ${quote(md5)}`,
    { key, check: "md5", md5: found },
  );
}

/**
 * Checks the bytes and reads them. When they are not what they should be, the error has their
 * MD5, by which the same bytes are known when they come again.
 *
 * @throws {IntegrityError} as {@linkcode checkBytes} does, and what `read` does.
 */
export async function readChecked<T>(
  bytes: Uint8Array,
  expected: Expected,
  read: () => Promise<T>,
): Promise<T> {
  checkBytes(bytes, expected);
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    const { message, key, check, cause } = error;
    throw new IntegrityError(message, { key, check, cause, md5: expected.md5 ?? md5Of(bytes) });
  }
}

function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
