/**
 * What the bucket had under a prefix when it was last listed.
 *
 * The file is one sealed line (see `line.ts`); a damaged one, or one of another bucket,
 * counts as none.
 *
 * @module
 */

import type { CacheDirectory } from "./directory.ts";
import { filesOfDatasets } from "./inventory.ts";
import { KeptFiles } from "./kept_files.ts";
import { readSealed, sealLine } from "./line.ts";

/** An object as it was listed. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** A listing of one prefix, and when it was made. */
export interface KeptListing {
  /** As `sourceName()` has it. */
  readonly source: string;
  readonly prefix: string;
  /** Milliseconds since the epoch. */
  readonly listedAtMs: number;
  /** The flat files. */
  readonly objects: readonly ListedObject[];
  /** What else there was; not there in what an older version has written. */
  readonly strays?: KeptStrays | undefined;
}

/** Objects that are no flat files: how many, and some of their keys. */
export interface KeptStrays {
  readonly count: number;
  readonly keys: readonly string[];
}

const FORMAT = "flatfetch-listing";
const VERSION = 1;

/** The sources of which any listing is kept. */
export async function listedSources(directory: CacheDirectory): Promise<Set<string>> {
  const files = new KeptFiles(directory);
  const sources = new Set<string>();
  for (const path of await filesOfDatasets(directory, "listings")) {
    const kept = readSealed(await files.read(path));
    if (kept?.format === FORMAT && typeof kept.source === "string") sources.add(kept.source);
  }
  return sources;
}

/** The kept listing of a prefix of this source, or `undefined`. */
export async function readListing(
  directory: CacheDirectory,
  { source, prefix }: Pick<KeptListing, "source" | "prefix">,
): Promise<KeptListing | undefined> {
  const bytes = await new KeptFiles(directory).read(directory.listingPath(prefix));
  const kept = readSealed(bytes);
  if (kept?.format !== FORMAT || kept.version !== VERSION) return undefined;
  if (kept.source !== source || kept.prefix !== prefix) return undefined;
  const { listedAtMs, objects, strays } = kept as unknown as KeptListing;
  return { source, prefix, listedAtMs, objects, strays };
}

/** @throws {StorageError} when the disk does not take it. */
export async function writeListing(
  directory: CacheDirectory,
  { source, prefix, listedAtMs, objects, strays }: KeptListing,
): Promise<void> {
  const head = { format: FORMAT, version: VERSION, source, prefix, listedAtMs };
  const listing = { ...head, objects, strays };
  const bytes = new TextEncoder().encode(sealLine(listing, 0));
  await new KeptFiles(directory).write(directory.listingPath(prefix), bytes);
}
