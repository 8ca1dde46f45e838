/**
 * Where the name of an output leads, and whether that can be written: known before any work.
 *
 * @module
 */

import { lastPart, parentOf, temporaryPath } from "./atomic_file.ts";
import { quote } from "../errors.ts";
import { codeOf, onDisk } from "./disk_error.ts";
import { lstatIfThere } from "./folders.ts";
import { ifThere } from "./regular_file.ts";

/** What an output is written to. */
export interface OutputTarget {
  /** As the user names it. */
  readonly name: string;
  /** The same behind all symbolic links. */
  readonly path: string;
  /** The file that is there. */
  readonly file: Deno.FileInfo | undefined;
  /**
   * How it is written: what is no regular file, or is only known by a process that has it open,
   * takes what comes; a file is replaced as a whole, or filled where its folder takes no other.
   */
  readonly kind: "stream" | "replaced" | "filled";
}

/**
 * Follows the name, and tries what writing will need; nothing that is there changes.
 *
 * @throws {StorageError} naming it, when it cannot be written.
 */
export async function findTarget(name: string): Promise<OutputTarget> {
  return await onDisk("write", name, () => {
    const file = withFolder(name, () => statIfThere(name));
    if (file?.isDirectory) throw new Error("it is a directory");
    if (file !== undefined && !file.isFile) return { name, path: name, file, kind: "stream" };
    const path = followLinks(name);
    if (path === undefined) return { name, path: name, file, kind: "stream" };
    if (path.endsWith("/")) throw new Error("it names no file");
    if (file === undefined) {
      const folder = path === name ? existing(parentOf(path)) : parentOf(path);
      tryFolder(folder, lastPart(path));
      return { name, path, file, kind: "replaced" };
    }
    Deno.openSync(path, { write: true }).close();
    return { name, path, file, kind: takesFileBeside(path) ? "replaced" : "filled" };
  });
}

/**
 * Makes sure that a folder, which may still have to be made, can have outputs of these names.
 *
 * @throws {StorageError} naming what cannot be written.
 */
export async function checkOutputFolder(folder: string, names: readonly string[]): Promise<void> {
  const path = folder.replace(/(?<=.)\/+$/, "");
  await onDisk("write to", folder, () => tryFolder(existing(path), "output"));
  if (statIfThere(path) === undefined) return;
  for (const name of names) await findTarget(`${path}/${name}`);
}

/** The folder, or the nearest above it that is there. */
function existing(folder: string): string {
  const info = statIfThere(folder);
  if (info?.isDirectory) return folder;
  if (info !== undefined) throw new Error(`${quote(folder)} is not a directory`);
  if (isLink(folder)) throw new Error(`${quote(folder)} is a symbolic link to nothing`);
  return existing(parentOf(folder));
}

function takesFileBeside(path: string): boolean {
  try {
    tryFolder(parentOf(path), lastPart(path));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied || codeOf(error) === "EROFS") return false;
    throw error;
  }
}

/** Makes an unfinished file of this name, and removes it. */
function tryFolder(folder: string, name: string): void {
  const path = temporaryPath(`${folder}/${name}`);
  withFolder(path, () => {
    Deno.openSync(path, { write: true, createNew: true, mode: 0o600 }).close();
  });
  Deno.removeSync(path);
}

/** A permission for the file alone would not help: it is written beside its name first. */
function withFolder<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Deno.errors.NotCapable(error.message.replace(`"${path}"`, `"${parentOf(path)}"`));
  }
}

/** More than the system follows: it has said so before. */
const MAX_LINKS = 64;

/**
 * The path at the end of all symbolic links, there or not; `undefined` for a link to what a
 * process has open, such as `/dev/fd/3`, whose text is no path.
 */
function followLinks(name: string): string | undefined {
  let path = name;
  for (let links = 0; links < MAX_LINKS && isLink(path); links++) {
    const folder = parentOf(path);
    if (Deno.realPathSync(folder).startsWith("/proc/")) return undefined;
    const target = Deno.readLinkSync(path);
    path = target.startsWith("/") ? target : `${folder}/${target}`;
  }
  return path;
}

function isLink(path: string): boolean {
  return lstatIfThere(path)?.isSymlink === true;
}

function statIfThere(path: string): Deno.FileInfo | undefined {
  return ifThere(() => Deno.statSync(path));
}
