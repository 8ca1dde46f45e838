/**
 * Brings one object here whole and verified: from the object store, else from the bucket.
 *
 * @module
 */

import type { ObjectStore } from "./cache/objects.ts";
import { IntegrityError, quote, TemporaryError } from "./errors.ts";
import { isMd5 } from "./integrity.ts";
import type { S3Client, S3Object } from "./s3/client.ts";

/** What became of an object's bytes once they were accepted. */
export interface Download<T> {
  /** What `accept` made of them. */
  readonly value: T;
  readonly from: "bucket" | "store";
  /** What proved them, besides their length. */
  readonly proof: "md5" | "size";
}

/** Where objects can come from, and who proves them. */
export interface DownloadOptions<T> {
  readonly store: ObjectStore;
  /** Without a client objects come only from the store. */
  readonly client: S3Client | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Proves the bytes and makes something of them; it may take them over. When it throws an
   * `IntegrityError`, they are fetched again.
   */
  readonly accept: (bytes: Uint8Array<ArrayBuffer>) => Promise<T>;
}

/**
 * Brings one object here.
 *
 * An abort rejects with the signal's reason.
 *
 * @throws {IntegrityError} when no attempt brought bytes that were accepted.
 * @throws {TemporaryError} when it is not kept and there is no client.
 * @throws {import("./errors.ts").ObjectChangedError} when it was replaced since.
 * @throws {import("./errors.ts").S3Error} when the server refuses.
 * @throws {import("./errors.ts").NetworkError} when every attempt's connection failed.
 */
export async function download<T>(
  object: S3Object,
  options: DownloadOptions<T>,
): Promise<Download<T>> {
  const { client, signal, accept } = options;
  const proof = isMd5(object.etag) ? "md5" : "size";
  const kept = await acceptKept(object, options);
  if (kept !== undefined) return { ...kept, from: "store", proof };
  if (client === undefined) {
    throw new TemporaryError(`Cannot read ${quote(object.key)} offline: it is not kept here`);
  }
  let value: { readonly value: T } | undefined;
  await client.get(object.key, {
    size: object.size,
    ifMatch: object.etag,
    verify: async (bytes) => void (value = { value: await accept(bytes) }),
    ...(signal && { signal }),
  });
  return { ...value!, from: "bucket", proof };
}

/** What becomes of the kept bytes, when they still are the listed object. */
async function acceptKept<T>(
  object: S3Object,
  { store, accept }: DownloadOptions<T>,
): Promise<{ readonly value: T } | undefined> {
  if (!isMd5(object.etag)) return undefined;
  const bytes = await store.read(object.key);
  if (bytes === undefined) return undefined;
  try {
    return { value: await accept(bytes) };
  } catch (error) {
    if (!(error instanceof IntegrityError) || error.check === "format") throw error;
    await store.remove(object.key);
    return undefined;
  }
}
