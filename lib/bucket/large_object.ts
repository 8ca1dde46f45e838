/**
 * Brings a large object to the disk in parts, a few at once, each fetched again alone, so that
 * memory does not grow with the object and a later run fetches only the parts that are not there.
 *
 * What is here is proved by its length, and by the ETag where that is the MD5 of the bytes, or of
 * the MD5s of parts whose size can be found; its gzip proves itself when it is inflated.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import type { ObjectStore } from "../cache/objects.ts";
import { chunksOf, PartFile } from "../cache/part_file.ts";
import type { Semaphore } from "../concurrency/semaphore.ts";
import { isLarge, isMd5, type ObjectVersion } from "../dated_object.ts";
import { IntegrityError, OfflineError, quote, StorageError } from "../errors.ts";
import type { S3Client } from "../s3/client.ts";
import { checkSize, type Download } from "./download.ts";
import { etagsOf, proveFile } from "./integrity.ts";

const MIB = 2 ** 20;
const PART_SIZE = 8 * MIB;
/** The most parts of an object that are fetched at once. */
const PARTS_AT_ONCE = 4;

/** Bytes of an object that are in memory while it is brought here. */
export function bytesInMemory(object: Pick<ObjectVersion, "size">): number {
  return isLarge(object) ? PARTS_AT_ONCE * PART_SIZE : Math.max(0, object.size);
}

/** Where a large object comes from and goes to. */
export interface LargeObjectOptions {
  readonly client: S3Client;
  readonly directory: CacheDirectory;
  readonly signal: AbortSignal;
  /** @default {4} */
  readonly partsAtOnce?: number | undefined;
  /** @default {8 MiB} */
  readonly partSize?: number | undefined;
}

/** An object on the disk, whole. Its file begins with its bytes, and may have others behind them. */
export class LargeObject implements Disposable {
  readonly path: string;
  readonly size: number;
  /** What proves it, besides its length; what its gzip says is not known yet. */
  readonly proof: "md5" | "gzip";
  /** That of its parts; none of an object that is kept already. */
  readonly #file: PartFile | undefined;

  constructor(
    { path, size, proof }: Pick<LargeObject, "path" | "size" | "proof">,
    file?: PartFile,
  ) {
    this.path = path;
    this.size = size;
    this.proof = proof;
    this.#file = file;
  }

  /** Its bytes, from the first one each time that this is called. */
  chunks(): AsyncIterable<Uint8Array> {
    return chunksOf(this.path, this.size);
  }

  /** Lets go of it; the next run finds it where it is. */
  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }

  /** Keeps it for others, whose ETag proves it. */
  async keep(): Promise<void> {
    await this.#file?.keep();
  }

  /** Removes its parts. */
  async remove(): Promise<void> {
    await this.#file?.remove();
  }
}

/** Where a large object can come from. */
export interface LargeDownloadOptions extends Omit<LargeObjectOptions, "client" | "partsAtOnce"> {
  readonly store: ObjectStore;
  /** Without a client only kept objects can be had. */
  readonly client: S3Client | undefined;
  /** Bounds the parts that are fetched at once. */
  readonly semaphore: Semaphore;
}

/** Bytes of a large object that are wrong are fetched once more, as those of others are. */
const MAX_FETCHES = 2;

/**
 * Brings a large object onto the disk, or finds it kept there.
 *
 * @param accept Takes it over. When it throws an `IntegrityError` of the object, that is fetched
 * again; when it throws anything else, what came stays for the next run.
 * @throws as `download()` does, and {@linkcode StorageError} when the disk does not take it.
 */
export async function downloadLarge<T>(
  object: ObjectVersion,
  { store, client, semaphore, ...options }: LargeDownloadOptions,
  accept: (large: LargeObject) => Promise<T>,
): Promise<Download<T>> {
  checkSize(object);
  const kept = await keptLargeObject(object, { directory: options.directory, store });
  if (kept !== undefined) return { value: await accept(kept), from: "store", proof: kept.proof };
  if (client === undefined) {
    throw new OfflineError(`Cannot read ${quote(object.key)} offline: it is not kept here`);
  }
  for (let fetches = 1;; fetches++) {
    const partsAtOnce = Math.min(PARTS_AT_ONCE, semaphore.limit);
    const large = await fetchLargeObject(object, { ...options, client, partsAtOnce });
    try {
      return { value: await accept(large), from: "bucket", proof: large.proof };
    } catch (error) {
      if (!(error instanceof IntegrityError) || error.key !== object.key) {
        large[Symbol.dispose]();
        throw error;
      }
      await large.remove();
      if (error.check === "format") throw error;
      if (fetches === MAX_FETCHES) throw lasting(error);
    }
  }
}

/** What two fetches brought damaged, a third one does. */
function lasting({ message, key, check, cause }: IntegrityError): IntegrityError {
  return new IntegrityError(message, { key, check, isLasting: true, cause });
}

/** An object that is kept, when it still is what its ETag says; else it is forgotten. */
async function keptLargeObject(
  { key, size, etag }: ObjectVersion,
  { directory, store }: { readonly directory: CacheDirectory; readonly store: ObjectStore },
): Promise<LargeObject | undefined> {
  if (!isMd5(etag) || !await store.has({ key, size, etag })) return undefined;
  const path = directory.objectPath(key);
  try {
    const [md5] = await etagsOf(path, size, [Infinity]);
    if (md5 === etag.toLowerCase()) return new LargeObject({ path, size, proof: "md5" });
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
  }
  await store.remove(key);
}

/**
 * Fetches the parts of an object that are not on the disk. What came before a failure stays there.
 * An abort rejects with the signal's reason.
 *
 * @throws {IntegrityError} when the object has another size or MD5 than the listing says; one of
 * another MD5 is removed.
 * @throws what `S3Client.getRange()` does.
 * @throws {import("../errors.ts").StorageError} when the disk does not take it.
 */
export async function fetchLargeObject(
  object: ObjectVersion,
  options: LargeObjectOptions,
): Promise<LargeObject> {
  const { directory, partSize = PART_SIZE } = options;
  const file = await PartFile.open(directory, object, partSize);
  try {
    const md5 = await fetchParts(object, file, options);
    const proof = await proveFile(object, file.path, md5);
    return new LargeObject({ path: file.path, size: object.size, proof }, file);
  } catch (error) {
    const isWrong = error instanceof IntegrityError && error.check === "md5";
    if (isWrong || file.isEmpty) await file.remove();
    else file[Symbol.dispose]();
    throw error;
  }
}

/** The object's MD5, where an answer tells it. */
async function fetchParts(
  { key, size, etag }: ObjectVersion,
  file: PartFile,
  { client, signal, partsAtOnce = PARTS_AT_ONCE }: LargeObjectOptions,
): Promise<string | undefined> {
  const end = new AbortController();
  const options = { size, ifMatch: etag, signal: AbortSignal.any([signal, end.signal]) };
  const left = missingParts(file);
  let told: string | undefined;
  const bring = async (part: number) => {
    const { bytes, md5 } = await client.getRange(key, file.spanOf(part), options);
    await file.write(part, bytes);
    // The collector does not see the megabytes behind an array.
    bytes.buffer.transfer(0);
    told = md5;
  };
  // One alone first: it shows whether the object is what it was listed as.
  const first = left.next();
  if (!first.done) await bring(first.value);
  const work = async () => {
    try {
      for (const part of left) await bring(part);
    } catch (error) {
      end.abort(error);
    }
  };
  await Promise.all(Array.from({ length: partsAtOnce }, work));
  end.signal.throwIfAborted();
  return told;
}

function* missingParts(file: PartFile): Generator<number, undefined> {
  for (let part = 0; part < file.count; part++) if (!file.has(part)) yield part;
}
