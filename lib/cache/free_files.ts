/**
 * How many files a process may still open. Every run asks; what knows file systems takes longer to
 * load.
 *
 * @module
 */

/** How many more files this process may open at this moment, as far as `most` of them. */
export function countFreeFiles(directory: string, most: number): number {
  // It has no such limit there, nor opens directories.
  if (Deno.build.os === "windows") return most;
  const open: Deno.FsFile[] = [];
  try {
    while (open.length < most) open.push(Deno.openSync(directory));
  } catch (error) {
    // Offline, nothing is made and nothing opened in it.
    if (error instanceof Deno.errors.NotFound) return most;
    if (!isLimit(error)) throw error;
  } finally {
    for (const file of open) file.close();
  }
  return open.length;
}

/** Whether this process, or the whole system, has too many open files. */
function isLimit(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "EMFILE" || code === "ENFILE";
}
