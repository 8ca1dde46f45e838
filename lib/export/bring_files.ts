/**
 * Brings the flat files of an object here, proved, for as long as they are used: into memory, or onto
 * the disk where they are large.
 *
 * @module
 */

import { type Download, download } from "../bucket/download.ts";
import { checkBytes } from "../bucket/integrity.ts";
import { downloadLarge } from "../bucket/large_object.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import type { ObjectStore } from "../cache/objects.ts";
import type { Semaphore } from "../concurrency/semaphore.ts";
import { type DatedObject, isLarge } from "../dated_object.ts";
import type { S3Client } from "../s3/client.ts";
import type { SourceBytes } from "./convert.ts";

/** Where the files come from. */
export interface FileTools {
  readonly store: ObjectStore;
  /** Where large files are while they are worked on. */
  readonly directory: CacheDirectory;
  /** Without one only kept files can be had. */
  readonly client: S3Client | undefined;
  /** Bounds the requests that are made at once. */
  readonly semaphore: Semaphore;
  readonly signal: AbortSignal;
}

/** Where flat files came from. */
export interface Brought {
  /** Files that were kept in the cache. */
  readonly fromCache: number;
  /** Bytes of the others. */
  readonly bytesDownloaded: number;
}

/** Bytes of some files together. */
export function sizeOf(files: readonly Pick<DatedObject, "size">[]): { readonly size: number } {
  return { size: files.reduce((sum, { size }) => sum + Math.max(0, size), 0) };
}

/**
 * Brings files here, one after the other: a task has one of the places that bound what is
 * downloaded at once.
 *
 * @returns what `use` does, and where the files came from.
 * @throws {IntegrityError} when a file is damaged.
 * @throws what `use`, the bucket and the disk throw.
 */
export async function withFiles<T extends object>(
  sources: readonly DatedObject[],
  tools: FileTools,
  use: (files: readonly SourceBytes[]) => Promise<T>,
): Promise<T & Brought> {
  const bring = isLarge(sizeOf(sources)) ? onDisk : inMemory;
  const brought = { fromCache: 0, bytesDownloaded: 0 };
  const bringFrom = async (at: number, files: readonly SourceBytes[]): Promise<T> => {
    const source = sources[at];
    if (source === undefined) return await use(files);
    const { value, from } = await bring(
      source,
      tools,
      (gzip) => bringFrom(at + 1, [...files, { ...source, gzip }]),
    );
    if (from === "store") brought.fromCache++;
    else brought.bytesDownloaded += source.size;
    return value;
  };
  return { ...await bringFrom(0, []), ...brought };
}

/** Brings one flat file here, proved, for as long as it is used. */
type Bring = <T>(
  source: DatedObject,
  tools: FileTools,
  use: (gzip: SourceBytes["gzip"]) => Promise<T>,
) => Promise<Pick<Download<T>, "value" | "from">>;

const inMemory: Bring = async (source, { store, client, signal }, use) => {
  const { key, size } = source;
  const { value, from } = await download(source, {
    store,
    client,
    signal,
    accept: (bytes, md5) => {
      checkBytes(bytes, { key, size, md5 });
      return Promise.resolve(bytes);
    },
  });
  return { value: await use(value), from };
};

const onDisk: Bring = async (source, tools, use) =>
  await downloadLarge(source, tools, async (large) => {
    const done = await use({ path: large.path });
    await large.remove();
    return done;
  });
