/**
 * Finds the folder whose mode keeps this user from a path.
 *
 * @module
 */

import type { StorageError } from "../errors.ts";
import { codeOf, diskError } from "./disk_error.ts";

/** The error of the topmost folder above a path that may not be entered; `undefined` without one. */
export function closedFolderAbove(path: string): StorageError | undefined {
  for (let end = path.indexOf("/", 1); end > 0; end = path.indexOf("/", end + 1)) {
    const next = path.indexOf("/", end + 1);
    try {
      Deno.lstatSync(next < 0 ? path : path.slice(0, next));
    } catch (error) {
      if (!isForbidden(error)) return undefined;
      return diskError("read", path.slice(0, end), error) as StorageError;
    }
  }
  return undefined;
}

/** Whether a file's mode, or a folder's, keeps this user from it. */
export function isForbidden(error: unknown): boolean {
  const code = codeOf(error);
  return code === "EACCES" || code === "EPERM";
}
