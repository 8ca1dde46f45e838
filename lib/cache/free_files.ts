/**
 * Counts the files that the system lets this process open beside those that are open.
 *
 * @module
 */

/** How many there are, as far as `most` of them: as many as can be opened at this moment. */
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
