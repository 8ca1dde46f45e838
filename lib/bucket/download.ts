/**
 * Brings one object here whole and verified: from the object store, else from the bucket.
 *
 * @module
 */

import type { ObjectStore } from "../cache/objects.ts";
import { isMd5, isTooLarge, MAX_OBJECT_BYTES, type ObjectVersion } from "../dated_object.ts";
import { IntegrityError, OfflineError, quote } from "../errors.ts";
import type { S3Client } from "../s3/client.ts";

/** What became of an object's bytes once they were accepted. */
export interface Download<T> {
  /** What `accept` made of them. */
  readonly value: T;
  readonly from: "bucket" | "store";
  /** What proved them, besides their length: their MD5, or the CRC and length in their gzip. */
  readonly proof: "md5" | "gzip";
}

/** Where objects can come from, and who proves them. */
export interface DownloadOptions<T> {
  readonly store: ObjectStore;
  /** Without a client objects come only from the store. */
  readonly client: S3Client | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Proves the bytes, by their MD5 where it is known, and makes something of them; it may take
   * them over. When it throws an `IntegrityError`, they are fetched again.
   */
  readonly accept: (bytes: Uint8Array<ArrayBuffer>, md5: string | undefined) => Promise<T>;
}

/**
 * Brings one object here.
 *
 * An abort rejects with the signal's reason.
 *
 * @throws {IntegrityError} when no attempt brought bytes that were accepted, or it is too large.
 * @throws {OfflineError} when it is not kept and there is no client.
 * @throws {import("../errors.ts").ObjectChangedError} when it was replaced since.
 * @throws {import("../errors.ts").S3Error} when the server refuses.
 * @throws {import("../errors.ts").NetworkError} when every attempt's connection failed.
 */
export async function download<T>(
  object: ObjectVersion,
  options: DownloadOptions<T>,
): Promise<Download<T>> {
  const { client, signal, accept } = options;
  checkSize(object);
  const kept = await acceptKept(object, options);
  if (kept !== undefined) return { ...kept, from: "store" };
  if (client === undefined) {
    throw new OfflineError(`Cannot read ${quote(object.key)} offline: it is not kept here`);
  }
  let accepted: Accepted<T> | undefined;
  await client.get(object.key, {
    size: object.size,
    ifMatch: object.etag,
    verify: async (bytes, _etag, md5) => {
      accepted = { value: await accept(bytes, md5), proof: md5 ? "md5" : "gzip" };
    },
    ...(signal && { signal }),
  });
  return { ...accepted!, from: "bucket" };
}

/** Keeps the bytes of an object that came from the bucket, with what proves them later. */
export async function keepDownload(
  object: ObjectVersion,
  bytes: Uint8Array<ArrayBuffer>,
  { proof, store }: { readonly proof: Download<unknown>["proof"]; readonly store: ObjectStore },
): Promise<void> {
  // An MD5 that came with the answer alone is not there when the kept bytes are read.
  const isProvable = proof === "md5" && isMd5(object.etag);
  if (isProvable) await store.write(object.key, bytes);
  else await store.writeChecked(object, bytes);
}

/** Some objects need not be asked for. */
export function checkSize({ key, size }: ObjectVersion): void {
  const action = `Cannot download ${quote(key)}`;
  if (size < 0) {
    const message = `${action}: the listing does not say how many bytes it has`;
    throw new IntegrityError(message, { key, check: "listing" });
  }
  if (!isTooLarge({ size })) return;
  const message = `${action}: it has ${size} bytes, at most ${MAX_OBJECT_BYTES} can be loaded`;
  throw new IntegrityError(message, { key, check: "too-large" });
}

type Accepted<T> = Pick<Download<T>, "value" | "proof">;

/**
 * What becomes of the kept bytes, when they still are the listed object: by its MD5, else by the
 * checksum that was kept beside them. Those that are not are forgotten.
 */
async function acceptKept<T>(
  object: ObjectVersion,
  { store, accept }: DownloadOptions<T>,
): Promise<Accepted<T> | undefined> {
  const { key, etag } = object;
  if (isMd5(etag)) {
    const bytes = await store.read(key);
    if (bytes === undefined) return undefined;
    const byMd5 = await unlessWrong(() => accept(bytes, etag));
    if (byMd5) return { ...byMd5, proof: "md5" };
  }
  const bytes = await store.readChecked(object);
  const bySum = bytes && await unlessWrong(() => accept(bytes, undefined));
  if (bySum) return { ...bySum, proof: "gzip" };
  if (bytes !== undefined || isMd5(etag)) await store.remove(key);
}

async function unlessWrong<T>(accept: () => Promise<T>): Promise<{ value: T } | undefined> {
  try {
    return { value: await accept() };
  } catch (error) {
    if (error instanceof IntegrityError && error.check !== "format") return undefined;
    throw error;
  }
}
