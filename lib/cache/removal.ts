/**
 * Removes files of the cache; that there is none is no error.
 *
 * @module
 */

import { onDisk } from "./disk_error.ts";

/** @throws {StorageError} when the file is there and stays. */
export function removeFile(path: string): Promise<void> {
  return remove(path, { recursive: false });
}

/** @throws {StorageError} when something below the path stays. */
export function removeTree(path: string): Promise<void> {
  return remove(path, { recursive: true });
}

/** How often a tree is removed that another process adds to meanwhile. */
const MAX_REMOVALS = 5;

async function remove(path: string, options: { recursive: boolean }): Promise<void> {
  await onDisk("remove", path, async () => {
    for (let removals = 1;; removals++) {
      try {
        return await Deno.remove(path, options);
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return;
        if (!isFilledAgain(error) || removals === MAX_REMOVALS) throw error;
      }
    }
  });
}

function isFilledAgain(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ENOTEMPTY";
}
