/**
 * Moves files out of the way that this program must neither use nor lose.
 *
 * @module
 */

import { onDisk } from "./disk_error.ts";
import { lstatIfThere } from "./folders.ts";

/** Renames a file to `….aside`, or `….aside-2` and so on, whichever is free, and tells it. */
export async function quarantine(path: string): Promise<string> {
  return await onDisk("move aside", path, async () => {
    for (let n = 1;; n++) {
      const aside = n === 1 ? `${path}.aside` : `${path}.aside-${n}`;
      if (lstatIfThere(aside) !== undefined) continue;
      await Deno.rename(path, aside);
      return aside;
    }
  });
}

/** Whether a name is one that {@linkcode quarantine} gives. */
export function isAsideName(name: string): boolean {
  return /\.aside(-\d+)?$/.test(name);
}
