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

async function remove(path: string, options: { recursive: boolean }): Promise<void> {
  await onDisk("remove", path, async () => {
    try {
      await Deno.remove(path, options);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  });
}
