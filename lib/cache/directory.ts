/**
 * The cache directory: which path each thing in it has.
 *
 *     <cache>/.progress_TSLA_5y_1d.ndjson                     journals
 *     <cache>/bars/us_stocks_sip/day_aggs_v1/TSLA.ndjson      cache entries
 *     <cache>/bars/us_stocks_sip/day_aggs_v1/TSLA.lock        locks, never removed
 *     <cache>/listings/us_stocks_sip/day_aggs_v1/2024.json    what the bucket had
 *     <cache>/objects/us_stocks_sip/day_aggs_v1/2024/03/2024-03-07.csv.gz
 *
 * @module
 */

import { quote, StorageError } from "../errors.ts";
import { parentOf } from "./atomic_file.ts";
import { onDisk } from "./disk_error.ts";

/** Names one journal: what is being loaded. */
export interface JournalName {
  readonly symbol: string;
  readonly period: string;
  readonly interval: string;
}

/** The paths of a cache directory. Making one touches no disk. */
export class CacheDirectory {
  readonly path: string;

  /** @throws {TypeError} when the path is empty. */
  constructor(path: string) {
    this.path = path;
    if (path === "") {
      throw new TypeError("Cannot use a cache directory without a path");
    }
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
    return `${this.path}/bars/${safeKey(dataset)}/${fileName(ticker)}.ndjson`;
  }

  lockPath(dataset: string, ticker: string): string {
    return `${this.path}/bars/${safeKey(dataset)}/${fileName(ticker)}.lock`;
  }

  /** The prefix ends in a slash, as in `us_stocks_sip/day_aggs_v1/2024/`. */
  listingPath(prefix: string): string {
    return `${this.path}/listings/${safeKey(prefix.replace(/\/$/, ""))}.json`;
  }

  objectPath(key: string): string {
    return `${this.path}/objects/${safeKey(key)}`;
  }

  /** Where the listings, the kept objects, or the entries of all datasets, or of one, are. */
  folderPath(kind: "listings" | "objects" | "bars", dataset?: string): string {
    const folder = `${this.path}/${kind}`;
    return dataset === undefined ? folder : `${folder}/${safeKey(dataset)}`;
  }

  /**
   * Makes sure that the directory exists and is one.
   *
   * @throws {StorageError} when it cannot be made, is a symlink or no directory.
   */
  async make(): Promise<void> {
    await makeDirectory(this.path);
    await this.check();
  }

  /**
   * Makes sure that the path is a directory, if it is there.
   *
   * @throws {StorageError} when it is a symlink or no directory.
   */
  async check(): Promise<void> {
    const info = await onDisk("open", this.path, () => lstatIfThere(this.path));
    if (info === undefined || info.isDirectory) return;
    const what = info.isSymlink ? "a symbolic link" : "not a directory";
    throw new StorageError(`Cannot use cache directory ${quote(this.path)}: it is ${what}`, {
      path: this.path,
    });
  }
}

async function lstatIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Makes a directory and those above it, for their owner alone. */
export async function makeDirectory(path: string): Promise<void> {
  await onDisk("make directory", path, async () => {
    try {
      await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    } catch (error) {
      // A dangling symlink, or a file: the caller's look at it tells which.
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  });
}

/** Makes the directory that a path will be in. */
export function makeParent(path: string): Promise<void> {
  return makeDirectory(parentOf(path));
}

/**
 * A file name for any text, different for different texts also where the file system
 * ignores case: all but `A-Z 0-9 . -` becomes `%XX`, so `BACpB` is `BAC%70B`; so does the
 * first letter of a name that Windows keeps for a device, and a leading dot.
 */
export function fileName(text: string): string {
  const name = Array.from(new TextEncoder().encode(text), encodeByte).join("");
  const reserved = /^(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)/.test(name) ||
    /^\.|^$/.test(name);
  return reserved ? `%${hex(name.charCodeAt(0) || 0)}${name.slice(1)}` : name;
}

function encodeByte(byte: number): string {
  const char = String.fromCharCode(byte);
  return /[A-Z0-9.\-]/.test(char) ? char : `%${hex(byte)}`;
}

const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, "0");

/** A key that is a plain relative path, so that it names nothing outside its folder. */
function safeKey(key: string): string {
  if (
    key.split("/").every((part) => /^[A-Za-z0-9_][A-Za-z0-9._\-]{0,99}$/.test(part))
  ) return key;
  throw new TypeError(`Cannot keep ${quote(key)}: it is no plain path`);
}
