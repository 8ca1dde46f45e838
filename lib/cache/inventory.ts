/**
 * What a cache directory holds: its journals and its cache entries.
 *
 * @module
 */

import { lastPart } from "./atomic_file.ts";
import type { CacheDirectory, FolderKind } from "./directory.ts";
import { JournalError } from "../errors.ts";
import { entriesIn } from "./folders.ts";
import { type JournalContent, readJournal } from "./journal.ts";
import { isAsideName } from "./removal.ts";

/** A journal with what was read of it. */
export interface StoredJournal {
  readonly path: string;
  readonly content: JournalContent;
  /** When it was last written, in milliseconds since the epoch. */
  readonly writtenAtMs: number;
}

/** Is called with a file that only a newer version of this program can read. */
export type OnNewer = (error: JournalError) => void;

/** Passes over a file that only a newer version can read; any other error is thrown on. */
export function passOver(onNewer: OnNewer = () => {}): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof JournalError)) throw error;
    onNewer(error);
  };
}

/** Passes over none. */
export const refuseNewer: OnNewer = (error) => {
  throw error;
};

/**
 * Every journal, by path; files that are no journals are passed over.
 *
 * @throws {JournalError} when one is of a newer format and there is no `onNewer`.
 */
export async function listJournals(
  directory: CacheDirectory,
  onNewer: OnNewer = refuseNewer,
): Promise<StoredJournal[]> {
  const stored: StoredJournal[] = [];
  for (const path of (await journalPaths(directory)).toSorted()) {
    const content = await readJournal(path).catch(passOver(onNewer));
    const info = await Deno.lstat(path).catch(() => undefined);
    if (content === undefined || content === "foreign" || info === undefined) continue;
    stored.push({ path, content, writtenAtMs: info.mtime?.getTime() ?? 0 });
  }
  return stored;
}

/** Journals that were moved aside, and files in the place of one that cannot be read as one. */
export async function listStrays(directory: CacheDirectory): Promise<string[]> {
  const strays = (await filesBelow(directory.path)).filter((path) =>
    /^\.progress_/.test(lastPart(path)) && isAsideName(path)
  );
  for (const path of await journalPaths(directory)) {
    if (await readJournal(path) === "foreign") strays.push(path);
  }
  return strays;
}

/** Where journals are, readable or not. */
export async function journalPaths(directory: CacheDirectory): Promise<string[]> {
  return (await filesBelow(directory.path)).filter((path) =>
    /^\.progress_.+\.ndjson$/.test(lastPart(path))
  );
}

/** Where entries are, readable or not. */
export async function listEntryPaths(directory: CacheDirectory): Promise<string[]> {
  return (await inDatasets(directory, "bars")).filter(isEntryPath);
}

/** The same, and where something else stands in the place of one, such as a symlink. */
export async function listEntryPlaces(directory: CacheDirectory): Promise<string[]> {
  return (await inDatasets(directory, "bars", (folder) => entriesOf(folder, () => true)))
    .filter(isEntryPath);
}

const isEntryPath = (path: string) => path.endsWith(".ndjson");

/** The files in the folders that all datasets have for a kind, or what else is listed of each. */
export async function inDatasets(
  directory: CacheDirectory,
  kind: FolderKind,
  list: (folder: string) => Promise<string[]> = filesBelow,
): Promise<string[]> {
  const paths: string[] = [];
  for (const prefix of await directoriesIn(directory.folderPath(kind))) {
    for (const dataset of await directoriesIn(prefix)) paths.push(...await list(dataset));
  }
  return paths;
}

/** Paths of the folders in one; none when that is not there. */
export function directoriesIn(path: string): Promise<string[]> {
  return entriesOf(path, (entry) => entry.isDirectory);
}

/** Paths of the regular files in a folder; none when that is not there. */
export function filesBelow(path: string): Promise<string[]> {
  return entriesOf(path, (entry) => entry.isFile);
}

/** Paths of a directory's entries of a kind; none when there is no such directory. */
async function entriesOf(path: string, isWanted: (entry: Deno.DirEntry) => boolean) {
  return (await entriesIn(path)).filter(isWanted).map(({ name }) => `${path}/${name}`);
}
