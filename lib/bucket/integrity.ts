/**
 * Proves that bytes, in memory or in a file, are the object that was listed.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { chunksOf } from "../cache/part_file.ts";
import { isMd5, type ObjectVersion } from "../dated_object.ts";
import { IntegrityError, quote } from "../errors.ts";
import { md5Of } from "../s3/etag.ts";

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
  throw wrongMd5(key, found, md5);
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

function wrongMd5(key: string, found: string, wanted: string): IntegrityError {
  const message = `Cannot download ${quote(key)}: its MD5 is ${found}, the listing has ${
    quote(wanted)
  }`;
  return new IntegrityError(message, { key, check: "md5", md5: found });
}

/** The sizes of parts that programs upload by, in MiB and in MB. */
const UPLOAD_SIZES = [5, 6, 8, 10, 15, 16, 20, 25, 32, 50, 64, 100, 128, 250, 256, 500, 512, 1_024]
  .flatMap((size) => [size * 2 ** 20, size * 1e6]);

/**
 * What proves a file to be an object, besides its length: its MD5s, or nothing but its gzip, which
 * is not read here.
 *
 * @param md5 What an answer told; without it one that the ETag may be proves, and refutes nothing.
 * @throws {IntegrityError} with check `"md5"`.
 */
export async function proveFile(
  { key, size, etag }: ObjectVersion,
  path: string,
  md5: string | undefined,
): Promise<"md5" | "gzip"> {
  if (isMd5(etag)) {
    const [found] = await etagsOf(path, size, [Infinity]);
    if (found === etag.toLowerCase()) return "md5";
    if (md5 === undefined) return "gzip";
    throw wrongMd5(key, found!, etag);
  }
  const partCount = Number(/^[0-9a-f]{32}-(\d{1,5})$/i.exec(etag)?.[1] ?? 0);
  const sizes = UPLOAD_SIZES.filter((one) => Math.ceil(size / one) === partCount);
  const found = sizes.length === 0 ? [] : await etagsOf(path, size, sizes);
  return found.some((one) => `${one}-${partCount}` === etag.toLowerCase()) ? "md5" : "gzip";
}

/**
 * For each size of parts the MD5 of the parts' MD5s, in one pass; for parts without an end the MD5
 * of the object itself.
 */
export async function etagsOf(
  path: string,
  size: number,
  partSizes: readonly number[],
): Promise<string[]> {
  const hashes = partSizes.map((partSize) => new PartedHash(partSize));
  for await (const chunk of chunksOf(path, size)) for (const hash of hashes) hash.update(chunk);
  return hashes.map((hash) => hash.end());
}

/** The MD5 of the MD5s of parts; of one without an end its own. */
class PartedHash {
  readonly #partSize: number;
  readonly #whole = createHash("md5");
  #part = createHash("md5");
  #length = 0;

  constructor(partSize: number) {
    this.#partSize = partSize;
  }

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#length === this.#partSize) this.#endPart();
      const count = Math.min(this.#partSize - this.#length, bytes.length - at);
      this.#part.update(bytes.subarray(at, at + count));
      this.#length += count;
      at += count;
    }
  }

  end(): string {
    if (this.#partSize === Infinity) return this.#part.digest("hex");
    this.#endPart();
    return this.#whole.digest("hex");
  }

  #endPart(): void {
    this.#whole.update(this.#part.digest());
    this.#part = createHash("md5");
    this.#length = 0;
  }
}
