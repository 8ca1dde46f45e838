/**
 * The cache directory: which path each thing in it has. No text from outside leads out of it.
 *
 *     <cache>/.progress_TSLA_5y_1d.ndjson                     journals
 *     <cache>/.progress_TSLA_5y_1d.ndjson.aside               journals moved out of the way
 *     <cache>/bars/us_stocks_sip/day_aggs_v1/TSLA.ndjson      cache entries
 *     <cache>/bars/us_stocks_sip/day_aggs_v1/TSLA.lock        locks, never removed
 *     <cache>/families/us_options_opra/day_aggs_v1/O%3ASPY%2A/2025-12-19.ndjson.gz
 *     <cache>/families/us_options_opra/day_aggs_v1/O%3ASPY%2A.lock
 *     <cache>/listings/us_stocks_sip/day_aggs_v1/2024.json    what the bucket had
 *     <cache>/objects/us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz
 *     <cache>/objects/us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz.sum
 *     <cache>/objects/us_stocks_sip/trades_v1/2024/03/2024-03-07.csv.gz.part
 *     <cache>/splits/TSLA.json                                the REST API's splits of a ticker
 *     <cache>/dividends/TSLA.json                             and its dividends
 *     <cache>/sources/…                                       other buckets: see `sources.ts`
 *     <cache>/CACHEDIR.TAG                                    the mark: see `ownership.ts`
 *     <cache>/….xxxxxxxx.tmp                                  files that are being written
 *
 * What is made here is for its owner alone: directories 0700, files 0600. Nothing in it is
 * read or written through a symlink.
 *
 * @module
 */

import { normalize, parse, sep } from "node:path";
import { ForeignDirectoryError, quote } from "../errors.ts";
import {
  arePlainFolders,
  isFolder,
  makeDirectory,
  makeFolders,
  refuseLinkedFolders,
  requireOwn,
} from "./folders.ts";
import { mark, type Ownership, ownershipOf } from "./ownership.ts";

/** Names one journal: what is being loaded. */
export interface JournalName {
  readonly symbol: string;
  readonly period: string;
  readonly interval: string;
}

/** What the REST API answers about a ticker, each kept in a folder of its name. */
export const ANSWER_KINDS = ["splits", "dividends", "renames"] as const;

/** One of them. */
export type AnswerKind = typeof ANSWER_KINDS[number];

/** What has a folder in a cache directory. */
export type FolderKind = "listings" | "objects" | "bars" | "families" | AnswerKind | "sources";

/** Folders between one of those and the files, or the dates' folders, of a dataset. */
const FOLDER_DEPTHS: Readonly<Record<FolderKind, number>> = {
  listings: 2,
  objects: 2,
  bars: 2,
  families: 3,
  splits: 0,
  dividends: 0,
  renames: 0,
  sources: 1,
};

/** The paths of a cache directory. Making one touches no disk. */
export class CacheDirectory {
  /** Without a slash at its end, which would follow a symlink. */
  readonly path: string;

  /** @throws {TypeError} when the path is empty. */
  constructor(path: string) {
    if (path === "") {
      throw new TypeError("Cannot use a cache directory without a path");
    }
    const plain = normalize(path);
    const isTrimmed = !plain.endsWith(sep) || plain === parse(plain).root;
    this.path = isTrimmed ? plain : plain.slice(0, -1);
  }

  journalPath({ symbol, period, interval }: JournalName): string {
    if (!/^[0-9a-z_\-]{1,40}$/.test(`${period}_${interval}`)) {
      throw new TypeError(
        `Cannot name a journal of ${quote(period)} and ${quote(interval)}`,
      );
    }
    return `${this.path}/.progress_${fileName(symbol)}_${period}_${interval}.ndjson`;
  }

  entryPath(dataset: string, ticker: string): string {
    return `${this.path}/bars/${plainPath(dataset)}/${fileName(ticker)}.ndjson`;
  }

  lockPath(dataset: string, ticker: string): string {
    return `${this.path}/bars/${plainPath(dataset)}/${fileName(ticker)}.lock`;
  }

  /** The folder of a family's files. */
  familyPath({ dataset, family }: { readonly dataset: string; readonly family: string }): string {
    return `${this.path}/families/${plainPath(dataset)}/${fileName(family)}`;
  }

  /** The file of what a family has in the object of a key. */
  familyFilePath(of: { readonly dataset: string; readonly family: string }, key: string): string {
    const [, date] = /([^/]+)\.csv\.gz$/.exec(plainPath(key)) ?? [];
    if (date === undefined) throw new TypeError(`Cannot keep rows of ${quote(key)}: it is no file`);
    return `${this.familyPath(of)}/${date}.ndjson.gz`;
  }

  /** The prefix ends in a slash, as in `us_stocks_sip/day_aggs_v1/2024/`. */
  listingPath(prefix: string): string {
    return `${this.path}/listings/${plainPath(prefix.replace(/\/$/, ""))}.json`;
  }

  objectPath(key: string): string {
    return `${this.path}/objects/${plainPath(key)}`;
  }

  answerPath(kind: AnswerKind, ticker: string): string {
    return `${this.path}/${kind}/${fileName(ticker)}.json`;
  }

  /** Where the listings, the kept objects, or the entries of all datasets, or of one, are. */
  folderPath(kind: FolderKind, dataset?: string): string {
    const folder = `${this.path}/${kind}`;
    return dataset === undefined ? folder : `${folder}/${plainPath(dataset)}`;
  }

  /**
   * Makes sure that the directory exists, is one, belongs to the user and has this program's
   * mark, which one that is shared with other files does not get.
   *
   * @throws {StorageError} when it cannot be made or written, is a symlink, no directory or
   * another user's, or has a symlink in the place of a folder.
   * @throws {ForeignDirectoryError} when it has files already, and none of them is this program's.
   */
  async make(): Promise<void> {
    await makeDirectory(this.path);
    const ownership = await this.check();
    await requireOwn(this.path);
    if (ownership === "new") await mark(this.path);
    // It is known without: the mark may wait until the disk takes it.
    if (ownership === "older") await mark(this.path).catch(() => {});
  }

  /**
   * Makes sure that the path is a cache directory, if it is there. Only looks.
   *
   * @returns how it is known as one.
   * @throws {StorageError} when it is a symlink or no directory, or has a symlink in the
   * place of a folder.
   * @throws {ForeignDirectoryError} as {@linkcode make} does.
   */
  async check(): Promise<Ownership> {
    if (!await isFolder(this.path, "cache directory")) return "new";
    const ownership = await ownershipOf(this.path);
    if (ownership === "foreign") throw new ForeignDirectoryError(this.path);
    for (const [kind, depth] of Object.entries(FOLDER_DEPTHS)) {
      await refuseLinkedFolders(this.folderPath(kind as FolderKind), depth);
    }
    return ownership;
  }

  /**
   * Makes the folders that a path of this directory will be in.
   *
   * @throws {StorageError} when one is a symlink or no directory.
   */
  async makeParent(path: string): Promise<void> {
    await makeFolders(this.path, path);
  }

  /** Whether the folders of a path of this directory are there, none of them a symlink. */
  async hasParent(path: string): Promise<boolean> {
    return await arePlainFolders(this.path, path);
  }
}

/**
 * A file name for any text, different for different texts also where the file system
 * ignores case: all but `A-Z 0-9 . -` becomes `%XX`, so `BACpB` is `BAC%70B`; so does the
 * first letter of a name that Windows keeps for a device, and a leading dot. The name of
 * the empty text is `%`.
 *
 * @throws {TypeError} when the text holds half of a surrogate pair.
 */
export function fileName(text: string): string {
  if (!text.isWellFormed()) throw new TypeError(`Cannot name a file of ${quote(text)}`);
  if (text === "") return "%";
  const name = Array.from(new TextEncoder().encode(text), encodeByte).join("");
  const isReserved = /^(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)/.test(name) || name.startsWith(".");
  return isReserved ? `%${hex(name.charCodeAt(0))}${name.slice(1)}` : name;
}

/**
 * A key that is a plain relative path, so that it names nothing outside its folder.
 *
 * @throws {TypeError} for any other.
 */
export function plainPath(key: string): string {
  const isPlain = (part: string) => /^[A-Za-z0-9_][A-Za-z0-9._\-]{0,99}$/.test(part);
  if (key.split("/").every(isPlain)) return key;
  throw new TypeError(`Cannot keep ${quote(key)}: it is no plain path`);
}

function encodeByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return /[A-Z0-9.\-]/.test(char) ? char : `%${hex(byte)}`;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}
