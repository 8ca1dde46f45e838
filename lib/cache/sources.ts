/**
 * Finds the part of a cache directory that belongs to a bucket: the directory itself for one of
 * them, a folder of its own, laid out alike, for each other one.
 *
 *     <cache>/bars/source.json                      whose things are in the directory itself
 *     <cache>/sources/127.0.0.1-0123456789abcdef/   those of another bucket
 *
 * `source.json` is one sealed line (see `line.ts`) with the bucket's name. The directory is that
 * of the first bucket that is loaded into it. An older version has written none: then it is that
 * of the bucket which the kept listings are of, else of whichever comes first.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { quote, StorageError } from "../errors.ts";
import { temporaryPath } from "./atomic_file.ts";
import { CacheDirectory } from "./directory.ts";
import { codeOf, onDisk } from "./disk_error.ts";
import { directoriesIn } from "./inventory.ts";
import { KeptFiles } from "./kept_files.ts";
import { formatLine, readOnlyLine } from "./file_format.ts";
import { listedSources } from "./kept_listing.ts";
import { removeFile } from "./removal.ts";
import { type JournalSource, StoredRecords } from "./stored_records.ts";

/** The things of one bucket. */
export interface SourceDirectory {
  readonly directory: CacheDirectory;
  /** As `sourceName()` has it; `undefined` where nobody has said it yet. */
  readonly source: string | undefined;
}

const FORMAT = { format: "flatfetch-source", version: 1 };

/** Where a bucket's things are, or would be. Only looks. */
export async function findSource(root: CacheDirectory, source: string): Promise<CacheDirectory> {
  return await mayBeOf(root, source) ? root : new CacheDirectory(folderOf(root, source));
}

/**
 * Makes a cache directory, and the place in it for a bucket's things; whose it is stays as it was.
 *
 * @throws {StorageError} as `CacheDirectory.make()` does.
 */
export async function makeSource(root: CacheDirectory, source: string): Promise<CacheDirectory> {
  await root.make();
  const directory = await findSource(root, source);
  if (directory !== root) await directory.make();
  return directory;
}

/**
 * Makes the place for a bucket's things, as {@linkcode makeSource} does, and from now on it is
 * that bucket's. One on a read-only disk is taken as it is: whoever wants to write there fails.
 *
 * @throws {StorageError} as `CacheDirectory.make()` does.
 */
export async function openSource(root: CacheDirectory, source: string): Promise<CacheDirectory> {
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const directory = await makeSource(root, source).catch((error) =>
      onlyRead(root, source, error)
    );
    const owner = await readOwner(directory) ?? await claim(directory, source);
    // Another process may just have taken the directory itself for another bucket.
    if (owner === source || directory !== root) return directory;
  }
  const path = ownerPath(root);
  await onDisk("read", path, () => Deno.readFile(path));
  const why = "it does not say whose the cache is";
  throw new StorageError(`Cannot use ${quote(path)}: ${why}`, { path });
}

async function onlyRead(
  root: CacheDirectory,
  source: string,
  error: unknown,
): Promise<CacheDirectory> {
  if (codeOf(error) === "EROFS" && await root.check() === "marked") {
    return await findSource(root, source);
  }
  throw error;
}

/** More than other processes take to agree on whose a directory is. */
const MOST_ROUNDS = 20;

/** Every bucket's things: first those in the directory itself. */
export async function listSources(root: CacheDirectory): Promise<SourceDirectory[]> {
  const folders = await directoriesIn(`${root.path}/sources`);
  const directories = [root, ...folders.toSorted().map((path) => new CacheDirectory(path))];
  return await Promise.all(directories.map(async (directory) => (
    { directory, source: await readOwner(directory) }
  )));
}

/** What is recorded of a bucket; where nobody has said whose a directory is, of every one. */
export async function openRecords(
  { directory, source }: SourceDirectory,
): Promise<StoredRecords> {
  return await StoredRecords.open(directory, source === undefined ? undefined : bucketOf(source));
}

/** The bucket of a source, as journals name it. */
function bucketOf(source: string): JournalSource {
  const [endpoint, bucket] = source.split(" ");
  return { host: new URL(endpoint!).hostname, bucket: bucket! };
}

/** Lets the next bucket that is loaded have the directory itself, of which nothing is left. */
export async function disown(root: CacheDirectory): Promise<void> {
  if (await readOwner(root) !== undefined) await removeFile(ownerPath(root));
}

/** Whether the directory itself is that bucket's, or nobody's. */
async function mayBeOf(root: CacheDirectory, source: string): Promise<boolean> {
  const owner = await readOwner(root);
  if (owner !== undefined) return owner === source;
  const listed = await listedSources(root);
  return listed.size === 0 || listed.has(source) || listed.has(withoutPath(source));
}

/** What older versions called the bucket. */
function withoutPath(source: string): string {
  const [endpoint, bucket] = source.split(" ");
  return `${new URL(endpoint!).origin} ${bucket}`;
}

function folderOf(root: CacheDirectory, source: string): string {
  const host = new URL(source.split(" ")[0]!).hostname.replace(/[^a-z0-9.-]/g, "_").slice(0, 60);
  const hash = createHash("sha256").update(source).digest("hex").slice(0, 16);
  return `${root.path}/sources/${host}-${hash}`;
}

const ownerPath = (directory: CacheDirectory) => `${directory.path}/bars/source.json`;

async function readOwner(directory: CacheDirectory): Promise<string | undefined> {
  return ownerIn(await readOwnerFile(directory));
}

function readOwnerFile(directory: CacheDirectory): Promise<Uint8Array | undefined> {
  return new KeptFiles(directory).read(ownerPath(directory));
}

function ownerIn(bytes: Uint8Array | undefined): string | undefined {
  const owner = bytes && readOnlyLine(bytes, FORMAT);
  return typeof owner?.source === "string" ? owner.source : undefined;
}

/** Writes whose the directory is, unless that has been written meanwhile; tells whose it is. */
async function claim(directory: CacheDirectory, source: string): Promise<string | undefined> {
  const path = ownerPath(directory);
  const line = formatLine(FORMAT, { source });
  await directory.makeParent(path);
  const beside = temporaryPath(path);
  return await onDisk("write", path, async () => {
    try {
      await Deno.writeTextFile(beside, line, { createNew: true, mode: 0o600 });
      const there = await readOwnerFile(directory);
      const isDamaged = there !== undefined && ownerIn(there) === undefined;
      if (isDamaged) await removeFile(path);
      return await linkOrRename(beside, path) ? source : await readOwner(directory);
    } finally {
      await removeFile(beside);
    }
  });
}

/**
 * Gives a file its name, unless that is taken. A link replaces nothing; where the file system has
 * none, the last one to come wins.
 */
async function linkOrRename(from: string, to: string): Promise<boolean> {
  try {
    await Deno.link(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    await Deno.rename(from, to);
  }
  return true;
}
