/**
 * Says what can be done about a disk, or whatever is written to.
 *
 * @module
 */

import type { ForeignDirectoryError, StorageError } from "../../errors.ts";
import { typedText } from "../render/wording.ts";
import type { StdoutError } from "../terminal/output_stream.ts";

/** What to do about a directory that is another's. */
export function ownFolderHint({ path }: ForeignDirectoryError): string {
  const folder = `${path === "/" ? "" : path}/flatfetch`;
  return `Give --cache-dir ${typedText(folder)}, or another folder of its own.`;
}

/** What to do where standard output cannot be written to. */
export function hintForStdout({ code }: StdoutError): string {
  return isFull(code)
    ? "Free some space where standard output goes, or send it elsewhere."
    : "Send standard output elsewhere.";
}

/** Whether a disk has no more room, for anybody or for this user. */
function isFull(code: string | undefined): boolean {
  return code === "ENOSPC" || code === "EDQUOT";
}

/** What to do about a path that the option names. */
export function hintForDisk({ code, message }: StorageError, option = "--cache-dir"): string {
  if (isFull(code)) {
    return "Free some space and run the same command again; what is finished is kept.";
  }
  if (code === "ENOTDIR") {
    return `A file stands where a folder is wanted: choose another with ${option}.`;
  }
  if (option === "--into" && message.startsWith("Cannot read ")) {
    const remove = code === "EACCES" || code === "EPERM" ? "" : " remove it,";
    return `Make it readable for you,${remove} or choose another place with --into.`;
  }
  if (code === "EACCES" || code === "EROFS") {
    return `Choose a directory that you may write to, with ${option}.`;
  }
  if (code === "EMFILE" || code === "ENFILE") {
    return "Raise the limit of open files with ulimit -n, or ask for fewer symbols at once.";
  }
  return `Look at the path, or choose another directory with ${option}.`;
}
