/**
 * Brings one object here whole and verified: from the object store, else from the bucket.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { ObjectStore } from "./cache/objects.ts";
import { IntegrityError, quote, TemporaryError } from "./errors.ts";
import type { S3Client, S3Object } from "./s3/client.ts";

/** An object's bytes, proved to be those that were listed. */
export interface Download {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly from: "bucket" | "store";
  /** What proved them, besides their length. */
  readonly proof: "md5" | "size";
}

/** Where objects can come from; without a client only from the store. */
export interface DownloadOptions {
  readonly store: ObjectStore;
  readonly client: S3Client | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings one object here.
 *
 * An abort rejects with the signal's reason.
 *
 * @throws {TemporaryError} when it is not kept and there is no client.
 * @throws {IntegrityError} when every attempt brought other bytes than were listed.
 * @throws {import("./errors.ts").ObjectChangedError} when it was replaced since.
 * @throws {import("./errors.ts").S3Error} when the server refuses.
 * @throws {import("./errors.ts").NetworkError} when every attempt's connection failed.
 */
export async function download(
  object: S3Object,
  options: DownloadOptions,
): Promise<Download> {
  const { store, client, signal } = options;
  const proof = isMd5(object.etag) ? "md5" : "size";
  const kept = await readKept(store, object);
  if (kept !== undefined) return { bytes: kept, from: "store", proof };
  if (client === undefined) {
    throw new TemporaryError(`Cannot read ${quote(object.key)} offline: it is not kept here`);
  }
  const { bytes } = await client.get(object.key, {
    size: object.size,
    ifMatch: object.etag,
    verify: (bytes) => checkBytes(bytes, object),
    ...(signal && { signal }),
  });
  return { bytes, from: "bucket", proof };
}

/**
 * Whether an ETag is the MD5 of the content: only such an object can be proved again
 * when it is read from the disk.
 */
export function isMd5(etag: string): boolean {
  return /^[0-9a-f]{32}$/i.test(etag);
}

/**
 * Checks length and, where the ETag is one, MD5.
 *
 * @throws {IntegrityError} with check `"size"` or `"md5"`.
 */
export function checkBytes(bytes: Uint8Array, object: S3Object): void {
  const { key, size, etag } = object;
  if (bytes.length !== size) {
    throw new IntegrityError(
      `Cannot download ${quote(key)}: received ${bytes.length} of ${size} bytes`,
      { key, check: "size" },
    );
  }
  if (!isMd5(etag)) return;
  const md5 = createHash("md5").update(bytes).digest("hex");
  if (md5 === etag.toLowerCase()) return;
  throw new IntegrityError(
    `Cannot download ${quote(key)}: its MD5 is ${md5}, the listing has ${quote(etag)}`,
    { key, check: "md5" },
  );
}

/** The kept bytes, when they still are the listed object. */
async function readKept(
  store: ObjectStore,
  object: S3Object,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!isMd5(object.etag)) return undefined;
  const bytes = await store.read(object.key);
  if (bytes === undefined) return undefined;
  try {
    checkBytes(bytes, object);
    return bytes;
  } catch {
    await store.remove(object.key);
    return undefined;
  }
}
