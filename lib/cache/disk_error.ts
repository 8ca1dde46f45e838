/**
 * Turns what the file system reports into errors that name the path.
 *
 * @module
 */

import { JournalError, quote, reasonOf, StorageError } from "../errors.ts";

const CODES: readonly [new (message: string) => Error, string][] = [
  [Deno.errors.PermissionDenied, "EACCES"],
  [Deno.errors.NotCapable, "EACCES"],
  [Deno.errors.NotFound, "ENOENT"],
  [Deno.errors.AlreadyExists, "EEXIST"],
  [Deno.errors.NotADirectory, "ENOTDIR"],
  [Deno.errors.IsADirectory, "EISDIR"],
  [Deno.errors.FilesystemLoop, "ELOOP"],
];

/** Runs a disk operation; what it throws becomes a {@linkcode StorageError}. */
export async function onDisk<T>(
  action: string,
  path: string,
  operation: () => T | Promise<T>,
): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw diskError(action, path, error);
  }
}

/** The error for a disk operation that failed, such as `Cannot write "…": disk full`. */
export function diskError(action: string, path: string, cause: unknown): Error {
  if (cause instanceof StorageError || cause instanceof JournalError) {
    return cause;
  }
  const code = codeOf(cause);
  return new StorageError(`Cannot ${action} ${quote(path)}: ${reasonOf(cause)}`, {
    path,
    code,
    cause,
  });
}

/** The system's code for an error, where it gave one. */
export function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code === "string") return code;
  return CODES.find(([errorClass]) => error instanceof errorClass)?.[1];
}

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
