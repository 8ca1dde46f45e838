/**
 * The type and free space of the file system under a directory.
 *
 * @module
 */

import { statfs } from "node:fs/promises";
import { StorageError } from "../errors.ts";
import { parentOf } from "./atomic_file.ts";
import { onDisk } from "./disk_error.ts";

/** A file system. */
export interface Filesystem {
  /** Its usual name, such as `ext4`; `undefined` where it is not known. */
  readonly kind: string | undefined;
  /** Whether it is on another machine. */
  readonly isRemote: boolean;
  /** Bytes that this user can still write. */
  readonly freeBytes: number;
}

/** Names by the number that Linux has for them: statfs(2). */
const KINDS: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext4"],
  [0x58465342, "xfs"],
  [0x9123683e, "btrfs"],
  [0x2fc12fc1, "zfs"],
  [0xf2f52010, "f2fs"],
  [0x01021994, "tmpfs"],
  [0x794c7630, "overlay"],
  [0x65735546, "fuse"],
  [0x6969, "nfs"],
  [0xff534d42, "cifs"],
  [0xfe534d42, "smb"],
  [0x01021997, "9p"],
]);

const REMOTE = ["nfs", "cifs", "smb"];

/**
 * Looks at the file system of a directory that is there.
 *
 * @returns `undefined` when the program may not ask: it needs `--allow-sys=statfs`.
 * @throws {StorageError} when the system does not tell.
 */
export async function readFilesystem(path: string): Promise<Filesystem | undefined> {
  const permission = { name: "sys", kind: "statfs" } as Deno.SysPermissionDescriptor;
  if (Deno.permissions.querySync(permission).state !== "granted") return undefined;
  const { type, bavail, bsize } = await onDisk("look at", path, () => statfs(path));
  const kind = Deno.build.os === "linux" ? KINDS.get(type >>> 0) : undefined;
  const isRemote = kind !== undefined && REMOTE.includes(kind);
  return { kind, isRemote, freeBytes: bavail * bsize };
}

/**
 * Bytes that this user can still write to a directory, which may still have to be made; `undefined`
 * where the system does not tell, or the program may not ask.
 */
export async function freeBytesAt(path: string): Promise<number | undefined> {
  try {
    return (await readFilesystem(path))?.freeBytes;
  } catch (error) {
    const isMissing = error instanceof StorageError && error.code === "ENOENT";
    return isMissing ? await freeBytesAt(parentOf(path)) : undefined;
  }
}
