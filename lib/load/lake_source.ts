/**
 * A lake in a folder as a source of flat files: an object of it stands in for those that it is made
 * of, as long as these are the versions that the bucket lists.
 *
 * Nothing there is believed or changed: what is damaged is named at the end, and its files are taken
 * from elsewhere.
 *
 * @module
 */

import { join, resolve } from "node:path";
import type { Permit } from "../concurrency/semaphore.ts";
import { etagsOf, type Expected, readChecked } from "../bucket/integrity.ts";
import { closedFolderAbove, isForbidden, onDisk } from "../cache/disk_error.ts";
import { openRegular, readWhole } from "../cache/regular_file.ts";
import { datasetInKey, type DatedObject, isLarge, isMd5 } from "../dated_object.ts";
import { IntegrityError, quote, reasonOf, StorageError, UsageError } from "../errors.ts";
import { tickersOf } from "../flatfile/extract.ts";
import { type Extraction, type Extractor, inFile, type Source } from "../flatfile/extractor.ts";
import type { Extracted } from "../flatfile/found_rows.ts";
import { covers, tickersInLake } from "../flatfile/lake_rows.ts";
import { TickerSet } from "../flatfile/ticker_set.ts";
import { type LakeHead, readLakeHead } from "../lake/lake_object.ts";
import { LakeObjectError } from "../lake/lake_object_error.ts";
import { type Layout, markOf, MIRROR, pathOf } from "../lake/layout.ts";
import { datasetNames, parseKey } from "../market/dataset.ts";
import type { Reporter } from "../progress.ts";

/** An object that has rows of a flat file. */
type Place =
  | { readonly path: string; readonly head: LakeHead }
  /** The file itself, of whose bytes nothing is known yet. */
  | { readonly path: string; readonly head?: undefined };

/** The rows of each flat file of an object, by key, until they are taken. */
type Decoded = Map<string, Extracted>;

/** So many damaged objects are named. */
const MOST_NAMED = 20;
const NOT_USED = "Not used of the lake until removed and exported again";
const CLOSED = "Not used of the lake until made readable for you";
const OTHER_MD5 = "its MD5 is another one";
/** What an error says of a copy before it says what is wrong; the object is named already. */
const OF_KEY = /^Cannot \w+ "[^"]*": /;

/** The lake of one run. */
export class LakeSource {
  readonly #folder: string;
  /** By path; `undefined` where there is none that can be read. */
  readonly #heads = new Map<string, LakeHead | undefined>();
  /** By path and tickers. */
  readonly #months = new Map<string, Promise<Decoded>>();
  /** Datasets of which something was looked for, and whether anything was there. */
  readonly #datasets = new Map<string, boolean>();
  /** By path and file. */
  readonly #tickers = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  /** Why objects cannot be read, by path. */
  readonly #damaged = new Map<string, string>();
  /** What this user may not read, the topmost folders of it. */
  readonly #closed = new Set<string>();

  private constructor(folder: string) {
    this.#folder = folder.replace(/(?<=.)\/+$/, "");
  }

  /** @throws {UsageError} when there is no such folder, it cannot be read, or it is one in a lake. */
  static async open(folder: string): Promise<LakeSource> {
    const fail = (what: string) =>
      new UsageError(`Cannot read a lake in ${quote(folder)}: ${what}`);
    let isFolder: boolean;
    let levels = 0;
    try {
      isFolder = (await Deno.stat(folder)).isDirectory;
      if (isFolder) levels = levelsBelowLake(folder);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      throw fail(reasonOf(error));
    }
    if (!isFolder) throw fail("it is no folder");
    if (levels > 0) {
      throw fail(`it is a folder in one, want ${quote(join(folder, ...Array(levels).fill("..")))}`);
    }
    return new LakeSource(folder);
  }

  /** Whether the rows of some tickers, or of all, can be had of a file, unless they turn out damaged. */
  has(file: DatedObject, tickers: readonly string[]): boolean {
    const isThere = this.#find(file, tickers) !== undefined;
    const dataset = datasetInKey(file.key);
    this.#datasets.set(dataset, isThere || this.#datasets.get(dataset) === true);
    return isThere;
  }

  /**
   * The tickers that the lake has of a file: of the wanted, which may be `*`, all that are in the
   * file; `undefined` when it cannot tell.
   */
  async tickersOf(
    file: DatedObject,
    wanted: readonly string[],
  ): Promise<ReadonlySet<string> | undefined> {
    const place = this.#find(file, wanted);
    if (place === undefined) return undefined;
    const name = `${place.path}\n${file.key}`;
    return await this.#tickers.getOrInsertComputed(name, () => this.#tickersIn(place, file));
  }

  /** What is recorded of the tickers; `undefined` when the file has to be taken from elsewhere. */
  async bring(
    file: DatedObject,
    tickers: readonly string[],
    { extractor, permit }: { readonly extractor: Extractor; readonly permit: Permit },
  ): Promise<Extraction | undefined> {
    const place = this.#find(file, tickers);
    if (place === undefined) return undefined;
    const read = async () => {
      if (place.head === undefined) {
        const { object, source } = await this.#mirrored(file, place.path);
        return await extractor.extract(object, source, tickers);
      }
      const name = [place.path, ...tickers].join("\n");
      const decoded = await this.#months.getOrInsertComputed(
        name,
        () => decode(place, tickers, extractor),
      );
      const found = decoded.get(file.key);
      decoded.delete(file.key);
      return found && { ...found, bytes: new Uint8Array() };
    };
    // Of a month twenty files wait for one thread.
    return await this.#unlessDamaged(place.path, () => permit.runOutsideLimit(read));
  }

  /** Says of which datasets it has nothing that is wanted, and which objects cannot be read. */
  report(report: Reporter): void {
    const isClosed = (name: string) =>
      [...this.#closed].some((path) => overlap(path, `${this.#folder}/${name}`));
    const lacking = [...this.#datasets.keys()]
      .filter((name) => !this.#datasets.get(name) && !isClosed(name));
    if (lacking.length > 0) {
      const message = `The lake ${quote(this.#folder)} has nothing of ${lacking.join(", ")} ` +
        "that the bucket lists for this";
      report({ type: "notice", message });
    }
    const nameOf = (path: string) => path.slice(this.#folder.length + 1) || quote(path);
    const named = (what: string, names: readonly string[]) => {
      for (const name of names.slice(0, MOST_NAMED)) {
        report({ type: "notice", message: `${what}: ${name}` });
      }
      const more = names.length - MOST_NAMED;
      if (more > 0) report({ type: "notice", message: `${what}: ${more} more` });
    };
    named(CLOSED, [...this.#closed].sort().map(nameOf));
    named(NOT_USED, [...this.#damaged].sort().map(([path, why]) => `${nameOf(path)}: ${why}`));
  }

  /** The object that has the tickers' rows of a file, of all the layouts that there are. */
  #find(file: DatedObject, tickers: readonly string[]): Place | undefined {
    const dataset = datasetInKey(file.key);
    for (const by of ["date", "month"] as const) {
      const path = `${this.#folder}/${pathOf(dataset, file, { by, format: "parquet" })}`;
      const head = this.#headOf(path);
      if (head !== undefined && covers(head, file, tickers)) return { path, head };
    }
    const path = `${this.#folder}/${pathOf(dataset, file, MIRROR)}`;
    return !this.#isLost(path) && this.#isMirrored(file, path) ? { path } : undefined;
  }

  async #tickersIn({ path, head }: Place, file: DatedObject) {
    const tickers = await this.#unlessDamaged(path, async () => {
      if (head !== undefined) return tickersInLake(path, file);
      const { object, source } = await this.#mirrored(file, path);
      if ("path" in source) return await tickersOf(file.key, inFile({ ...file, ...source }));
      return await readChecked(source, object, () => tickersOf(file.key, source));
    });
    return tickers && new Set(tickers);
  }

  #headOf(path: string): LakeHead | undefined {
    if (this.#isLost(path)) return undefined;
    if (this.#heads.has(path)) return this.#heads.get(path);
    let head: LakeHead | undefined;
    try {
      head = readLakeHead(path);
      // Patterns that cannot be read are thrown here.
      new TickerSet(head?.tickers ?? []);
    } catch (error) {
      if (!(error instanceof LakeObjectError || error instanceof UsageError)) throw error;
      this.#lose(path, error, error.message);
    }
    this.#heads.set(path, head);
    return head;
  }

  /** A mirrored file: its bytes, to be proved by whoever reads them, or where a large one is, proved. */
  async #mirrored(
    { key, size, etag }: DatedObject,
    path: string,
  ): Promise<{ readonly object: Expected; readonly source: Source }> {
    const md5 = isMd5(etag) ? etag : undefined;
    if (!isLarge({ size })) {
      const source = await onDisk("read", path, () => {
        using file = openRegular(path);
        return file === undefined ? new Uint8Array() : readWhole(file);
      });
      return { object: { key, size, md5 }, source };
    }
    const [found] = md5 === undefined ? [] : await etagsOf(path, size, [Infinity]);
    if (found !== md5?.toLowerCase()) throw new LakeObjectError(OTHER_MD5);
    return { object: { key, size }, source: { path } };
  }

  /** What comes of reading an object, which is not read again when it is damaged. */
  async #unlessDamaged<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      const isDamaged = error instanceof LakeObjectError || error instanceof StorageError ||
        error instanceof IntegrityError && error.check !== "format";
      if (!isDamaged) throw error;
      const isMd5 = error instanceof IntegrityError && error.check === "md5";
      this.#lose(path, error, isMd5 ? OTHER_MD5 : error.message.replace(OF_KEY, ""));
      return undefined;
    }
  }

  #isLost(path: string): boolean {
    return this.#damaged.has(path) || this.#closed.has(path);
  }

  #lose(path: string, error: unknown, reason: string): void {
    if (isForbidden((error as Error).cause)) {
      this.#closed.add(closedFolderAbove(path)?.path ?? path);
    } else this.#damaged.set(path, reason);
  }

  /** Whether a file is there as it came, by all that shows without reading its bytes. */
  #isMirrored(file: DatedObject, path: string): boolean {
    try {
      return isMirrored(file, path);
    } catch (cause) {
      if (isForbidden(cause)) this.#lose(path, { cause }, "");
      return false;
    }
  }
}

/** How many folders above one that is named as a dataset's the lake is; 0 where it has datasets itself. */
function levelsBelowLake(folder: string): number {
  const [above, last] = resolve(folder).split("/").slice(-2);
  const names = datasetNames();
  const prefixes = names.map((name) => name.split("/", 1)[0]);
  if (Deno.readDirSync(folder).some(({ name }) => prefixes.includes(name))) return 0;
  return names.includes(`${above}/${last}`) ? 2 : prefixes.includes(last) ? 1 : 0;
}

/** The rows of all files that an object is made of, which a month is decoded for once. */
async function decode(
  { path, head: { sources } }: Place & { readonly head: LakeHead },
  tickers: readonly string[],
  extractor: Extractor,
): Promise<Decoded> {
  const files = sources.flatMap((source): DatedObject[] => {
    const { date } = parseKey(source.key) ?? {};
    return date === undefined ? [] : [{ ...source, date }];
  });
  const found = await extractor.extractFromLake(path, files, tickers);
  return new Map(files.flatMap(({ key }, i) => {
    const one = found[i];
    return one === undefined ? [] : [[key, one]];
  }));
}

/** @throws when it cannot be looked at. */
function isMirrored(file: DatedObject, path: string): boolean {
  const { isFile, size } = Deno.lstatSync(path);
  if (!isFile || size !== file.size) return false;
  if (isMd5(file.etag)) return true;
  const layout: Layout = { ...MIRROR, tickers: undefined };
  return Deno.readTextFileSync(`${path}.mark`).trimEnd() === markOf([file], layout);
}

/** Whether one of two paths is the other or in it. */
function overlap(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}
