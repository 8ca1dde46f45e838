/**
 * What the bucket had under a prefix when it was last listed.
 *
 * The file is one sealed line (see `line.ts`); a damaged one, or one of another bucket,
 * counts as none.
 *
 * @module
 */

import type { ObjectVersion } from "../dated_object.ts";
import type { CacheDirectory } from "./directory.ts";
import { inDatasets } from "./inventory.ts";
import { KeptFiles } from "./kept_files.ts";

/** A listing of one prefix, and when it was made. */
export interface KeptListing {
  /** As `sourceName()` has it. */
  readonly source: string;
  readonly prefix: string;
  /** Milliseconds since the epoch. */
  readonly listedAtMs: number;
  /** The flat files. */
  readonly objects: readonly ObjectVersion[];
  /** What else there was; not there in what an older version has written. */
  readonly strays?: KeptStrays | undefined;
  /**
   * The date of the dataset's first file, `YYYY-MM-DD`, or `null` where none was found, in the
   * listing of the year in which it is known to begin; not there where nobody has looked for it.
   */
  readonly startsAt?: string | null | undefined;
}

/** Objects that are no flat files: how many, and some of their keys. */
export interface KeptStrays {
  readonly count: number;
  readonly keys: readonly string[];
}

const FORMAT = { format: "flatfetch-listing", version: 1 };

/** The sources of which any listing is kept. */
export async function listedSources(directory: CacheDirectory): Promise<Set<string>> {
  const files = new KeptFiles(directory);
  const sources = new Set<string>();
  for (const path of await inDatasets(directory, "listings")) {
    const kept = await files.readLine(path, FORMAT);
    if (typeof kept?.source === "string") sources.add(kept.source);
  }
  return sources;
}

/** The kept listing of a prefix of this source, or `undefined`. */
export async function readListing(
  directory: CacheDirectory,
  { source, prefix }: Pick<KeptListing, "source" | "prefix">,
): Promise<KeptListing | undefined> {
  const kept = await new KeptFiles(directory).readLine(directory.listingPath(prefix), FORMAT);
  if (kept?.source !== source || kept.prefix !== prefix) return undefined;
  const { listedAtMs, objects, strays, startsAt } = kept as unknown as KeptListing;
  return { source, prefix, listedAtMs, objects, strays, startsAt };
}

/** @throws {StorageError} when the disk does not take it. */
export async function writeListing(
  directory: CacheDirectory,
  { source, prefix, listedAtMs, objects, strays, startsAt }: KeptListing,
): Promise<void> {
  const listing = { source, prefix, listedAtMs, objects, strays, startsAt };
  await new KeptFiles(directory).writeLine(directory.listingPath(prefix), FORMAT, listing);
}
