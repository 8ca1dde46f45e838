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
