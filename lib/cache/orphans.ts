/**
 * Removes what a killed writer of an atomic file left beside its name.
 *
 * Whoever writes atomically into a folder of the cache sweeps it first, once a run. A file
 * that nobody has written to for a day has no living writer; one that belongs to a path
 * whose lock is held has none either, whatever its age.
 *
 * @module
 */

import { DAY_MS } from "../dated_object.ts";
import { finishedName } from "./atomic_file.ts";
import { isOwnTemporary } from "./ownership.ts";

/** Which orphaned temporaries go although they are young. */
export interface SweepOptions {
  /** Names of files that nobody else can be writing now. @default {[]} */
  readonly held?: readonly string[];
}

/** Sweeps a folder; what cannot be removed does no harm and stays. */
export async function sweepOrphans(
  folder: string,
  { held = [] }: SweepOptions = {},
): Promise<void> {
  try {
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !isOwnTemporary(name)) continue;
      const path = `${folder}/${name}`;
      const isLeft = held.includes(finishedName(name)!) || await isOld(path);
      if (isLeft) await Deno.remove(path);
    }
  } catch {
    // No folder, or somebody else's: then there is nothing to tidy up here.
  }
}

async function isOld(path: string): Promise<boolean> {
  const { mtime } = await Deno.lstat(path);
  return mtime !== null && Date.now() - mtime.getTime() > DAY_MS;
}
