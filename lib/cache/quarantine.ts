/**
 * Moves files out of the way that this program must neither use nor lose.
 *
 * @module
 */

import { onDisk } from "./disk_error.ts";

/** Renames a file to `….aside`, or `….aside-2` and so on, whichever is free, and tells it. */
export async function quarantine(path: string): Promise<string> {
  return await onDisk("move aside", path, async () => {
    for (let n = 1;; n++) {
      const aside = n === 1 ? `${path}.aside` : `${path}.aside-${n}`;
      if (await isTaken(aside)) continue;
      await Deno.rename(path, aside);
      return aside;
    }
  });
}

/** Whether a name is one that {@linkcode quarantine} gives. */
export function isAsideName(name: string): boolean {
  return /\.aside(-\d+)?$/.test(name);
}

async function isTaken(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
