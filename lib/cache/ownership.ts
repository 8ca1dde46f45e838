/**
 * What in a directory is this program's: by its name, and by the directory's mark or by its own
 * content.
 *
 * The mark is `CACHEDIR.TAG`, by whose first line backups know a cache as well
 * (https://bford.info/cachedir/), and whose second line names this program. Older versions
 * wrote none; a directory of theirs is known by its files, each of which begins as only this
 * program's do.
 *
 * @module
 */

import { finishedName, lastPart, writeAtomically } from "./atomic_file.ts";
import { onDisk } from "./disk_error.ts";
import { lstatIfThere } from "./folders.ts";
import { MEMBER_BEGINNING } from "./members.ts";
import { ifThere, openRegular } from "./regular_file.ts";

/** Whose a directory is: nobody's yet, by its mark this program's, by its files, or another's. */
export type Ownership = "new" | "marked" | "older" | "foreign";

const MARK = "CACHEDIR.TAG";
const MARK_TEXT = "Signature: 8a477f597d28d172789f06886806bc55\n" +
  "# This file was created by flatfetch, which may remove what it has put here.\n" +
  "# About such files: https://bford.info/cachedir/\n";

/** The names that this program gives to files, by the folder that they are in or below. */
const NAMES = {
  "": /^\.progress_.+\.ndjson(\.aside(-\d+)?)?$/,
  bars: /^([A-Z0-9.%-]+\.(ndjson|lock)|source\.json)$/,
  families: /^(\d{4}-\d{2}-\d{2}\.ndjson\.gz|[A-Z0-9.%-]+\.lock)$/,
  listings: /^\w[\w.-]*\.json$/,
  objects: /^\d{4}-\d{2}-\d{2}\.csv\.gz(\.sum|(\.\d)?\.part)?$/,
  splits: /^[A-Z0-9.%-]+\.json$/,
  dividends: /^[A-Z0-9.%-]+\.json$/,
  renames: /^[A-Z0-9.%-]+\.json$/,
} as const;

/** A folder of a cache directory; `""` is the directory itself. */
export type OwnFolder = keyof typeof NAMES;

const FOLDERS = (Object.keys(NAMES) as OwnFolder[]).filter((folder) => folder !== "");

/** What else it has: the folders, and other buckets' directories; and what is soon gone. */
const AT_TOP: readonly string[] = [...FOLDERS, "sources"];
const PASSING = /^(owner|CACHEDIR\.TAG)$/;

/** What systems put into any directory; and the mark, this program's or another's. */
const NOBODYS =
  /^(CACHEDIR\.TAG|lost\+found|\.DS_Store|\._.*|\.localized|\.Spotlight-V100|\.Trashes|\.fseventsd|\.Trash-\d+|\.directory|Thumbs\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information)$/i;

/** How many files are looked into before a directory counts as another's. */
const MAX_LOOKS = 200;

/** @throws {StorageError} when the directory cannot be listed. */
export async function ownershipOf(directory: string): Promise<Ownership> {
  if (isMarked(directory)) return "marked";
  const names = await onDisk("list", directory, () => namesIn(directory));
  if (names.every((name) => isVoid(`${directory}/${name}`))) return "new";
  let looks = 0;
  for (const path of ownFiles(directory)) {
    if (hasOwnContent(path)) return "older";
    if (++looks === MAX_LOOKS) break;
  }
  return "foreign";
}

/**
 * Marks a directory, unless it also has what is not this program's, which backups must not
 * pass over, or another mark.
 *
 * @throws {StorageError} when the disk does not take it.
 */
export async function mark(directory: string): Promise<void> {
  const names = namesIn(directory);
  if (names.includes(MARK) || !names.every(isExpected)) return;
  const text = new TextEncoder().encode(MARK_TEXT);
  await writeAtomically(`${directory}/${MARK}`, [text], { sync: false });
}

/** Whether the directory has this program's mark. */
export function isMarked(directory: string): boolean {
  return beginningOf(`${directory}/${MARK}`).startsWith(MARK_TEXT.split("\n", 2).join("\n"));
}

/** What stands in the directory or below its `bars`, and is neither this program's nor a system's. */
export function othersIn(directory: string): string[] {
  const others = namesIn(directory).filter((name) => !isExpected(name));
  const inBars = filesBelow(`${directory}/bars`, 4).filter((path) => {
    const name = lastPart(path);
    return !NAMES.bars.test(name) && !isOwnTemporary(name) && !NOBODYS.test(name);
  });
  return [...others.map((name) => `${directory}/${name}`), ...inBars];
}

/**
 * Whether something in a directory is no sign of anybody's files: a system's, an unfinished
 * file, or a folder such as this program makes with nothing else in it, as a killed run of it
 * leaves them.
 */
function isVoid(path: string): boolean {
  const isNothing = (path: string) =>
    NOBODYS.test(lastPart(path)) || isOwnTemporary(lastPart(path));
  if (isNothing(path)) return true;
  if (!AT_TOP.includes(lastPart(path))) return false;
  // Of a folder that another process has just removed there are no files either.
  if (lstatIfThere(path)?.isDirectory === false) return false;
  return filesBelow(path, 6).every(isNothing);
}

/** Whether a file in one of a directory's folders, or for `""` in itself, is this program's. */
export function isOwn(
  path: string,
  { folder, marked }: { readonly folder: OwnFolder; readonly marked: boolean },
): boolean {
  const name = finishedName(lastPart(path)) ?? lastPart(path);
  return NAMES[folder].test(name) && (marked || hasOwnContent(path));
}

/** Whether a name is that of an unfinished file of this program's, wherever it is. */
export function isOwnTemporary(name: string): boolean {
  const finished = finishedName(name);
  return finished !== undefined &&
    [...Object.values(NAMES), PASSING].some((names) => names.test(finished));
}

function isExpected(name: string): boolean {
  return AT_TOP.includes(name) || NAMES[""].test(name) || isOwnTemporary(name) ||
    NOBODYS.test(name);
}

/** Files that by their names may be this program's. */
function* ownFiles(directory: string): Generator<string> {
  for (const name of namesIn(directory)) {
    if (NAMES[""].test(name)) yield `${directory}/${name}`;
  }
  for (const folder of FOLDERS) {
    for (const path of filesBelow(`${directory}/${folder}`, 4)) {
      if (NAMES[folder].test(lastPart(path))) yield path;
    }
  }
}

function* filesBelow(folder: string, depth: number): Generator<string> {
  for (const { name, isDirectory } of entriesIn(folder)) {
    if (!isDirectory) yield `${folder}/${name}`;
    else if (depth > 0) yield* filesBelow(`${folder}/${name}`, depth - 1);
  }
}

/**
 * Whether a file begins as only this program's do: a sealed line with a format, compressed or
 * not, or the name of a lock's holder. An object is the vendor's, and proves nothing.
 */
function hasOwnContent(path: string): boolean {
  const beginning = beginningOf(path);
  return beginning.startsWith('{"format":"flatfetch-') || beginning.startsWith(MEMBER) ||
    path.endsWith(".lock") && /^process \d{1,10}\n$/.test(beginning);
}

const MEMBER = String.fromCharCode(...MEMBER_BEGINNING);

/** The first bytes of a regular file, each as a character; nothing of what cannot be read. */
function beginningOf(path: string): string {
  try {
    using file = openRegular(path);
    const bytes = new Uint8Array(256);
    const length = file?.readSync(bytes) ?? 0;
    return String.fromCharCode(...bytes.subarray(0, length));
  } catch {
    return "";
  }
}

const namesIn = (folder: string) => entriesIn(folder).map(({ name }) => name);

/** Nothing of what is no folder, but a link to one. */
function entriesIn(folder: string): Deno.DirEntry[] {
  return ifThere(() => Deno.lstatSync(folder).isDirectory ? [...Deno.readDirSync(folder)] : []) ??
    [];
}
