/**
 * What the bucket had under a prefix when it was last listed.
 *
 * The file is one sealed line (see `line.ts`); a damaged one, or one of another bucket,
 * counts as none.
 *
 * @module
 */

import { writeAtomically } from "./atomic_file.ts";
import { type CacheDirectory, makeParent } from "./directory.ts";
import { sealLine, unsealLine } from "./line.ts";

/** An object as it was listed. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** A listing of one prefix, and when it was made. */
export interface KeptListing {
  /** Origin of the endpoint and name of the bucket. */
  readonly source: string;
  readonly prefix: string;
  /** Milliseconds since the epoch. */
  readonly listedAtMs: number;
  readonly objects: readonly ListedObject[];
}

const FORMAT = "flatfetch-listing";
const VERSION = 1;

/** The kept listing of a prefix of this source, or `undefined`. */
export async function readListing(
  directory: CacheDirectory,
  { source, prefix }: Pick<KeptListing, "source" | "prefix">,
): Promise<KeptListing | undefined> {
  const line = await Deno.readFile(directory.listingPath(prefix)).catch(() => undefined);
  const kept = line && unsealLine(line.subarray(0, -1), 0);
  if (kept?.format !== FORMAT || kept.version !== VERSION) return undefined;
  if (kept.source !== source || kept.prefix !== prefix) return undefined;
  return kept as unknown as KeptListing;
}

/** @throws {StorageError} when the disk does not take it. */
export async function writeListing(
  directory: CacheDirectory,
  listing: KeptListing,
): Promise<void> {
  const path = directory.listingPath(listing.prefix);
  await makeParent(path);
  const line = sealLine({ format: FORMAT, version: VERSION, ...listing }, 0);
  await writeAtomically(path, [new TextEncoder().encode(line)], {
    sync: false,
  });
}
