/**
 * Opens regular files and nothing else: no symlink is followed, no FIFO waited for.
 *
 * @module
 */

/** What a file is opened for. */
export type FileAccess = Pick<Deno.OpenOptions, "read" | "write">;

/**
 * Opens a file that is there, or returns `undefined` when there is none.
 *
 * @throws when the path is a symlink, a directory, a FIFO or the like.
 */
export function openRegular(path: string, access: FileAccess = { read: true }) {
  return ifThere(() => {
    const seen = requireRegular(Deno.lstatSync(path));
    return requireSame(Deno.openSync(path, access), seen);
  });
}

/** What an operation gives; `undefined` where what it is about is not there. */
export function ifThere<T>(operation: () => T): T | undefined {
  try {
    return operation();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Opens a file, made for its owner alone when there is none. */
export function openOrCreate(path: string, access: FileAccess): Deno.FsFile {
  try {
    // Unlike `create`, this makes nothing behind a dangling symlink.
    return Deno.openSync(path, { ...access, write: true, createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const file = openRegular(path, access);
  if (file === undefined) throw new Deno.errors.NotFound("it was removed while it was opened");
  return file;
}

/**
 * The bytes of an open file from where it stands, all unless told how many, read at once: waiting would
 * take longer.
 */
export function readWhole(
  file: Deno.FsFile,
  count: number = file.statSync().size,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  const length = fillFrom(file, bytes);
  return length === bytes.length ? bytes : bytes.slice(0, length);
}

/** Fills bytes with what an open file has from where it stands, and says how many it had. */
export function fillFrom(file: Deno.FsFile, bytes: Uint8Array): number {
  let length = 0;
  while (length < bytes.length) {
    const read = file.readSync(bytes.subarray(length));
    if (read === null) break;
    length += read;
  }
  return length;
}

/** @throws when it is of a symlink, a directory, a FIFO or the like. */
export function requireRegular(info: Deno.FileInfo): Deno.FileInfo {
  if (info.isFile) return info;
  const what = info.isSymlink
    ? "a symbolic link"
    : info.isDirectory
    ? "a directory"
    : "a device or a pipe";
  throw new Error(`it is ${what} instead of a regular file`);
}

/** What was opened is what was looked at, and not put in its place in between. */
function requireSame(file: Deno.FsFile, seen: Deno.FileInfo): Deno.FsFile {
  try {
    const { dev, ino } = requireRegular(file.statSync());
    if (Deno.build.os === "windows" || dev === seen.dev && ino === seen.ino) return file;
    throw new Error("it was replaced while it was opened");
  } catch (error) {
    file.close();
    throw error;
  }
}
