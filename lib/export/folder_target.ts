/**
 * A folder as the place of an export.
 *
 * A file is written beside its name, synced, and renamed, if what has its name then is what was
 * listed. What it was made of stands in a Parquet file's own
 * metadata, and beside any other file under its name with `.mark`. So the folder alone says what is
 * done, and a file that was put there otherwise counts as not done.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { entriesIn, makeDirectory } from "../cache/folders.ts";
import { freeBytesAt } from "../cache/filesystem.ts";
import { placeFiles, stageFile } from "../cache/placed_file.ts";
import { isTemporaryName } from "../cache/atomic_file.ts";
import { closedFolderAbove, codeOf, diskError, isForbidden, onDisk } from "../cache/disk_error.ts";
import { openRegular, readWhole } from "../cache/regular_file.ts";
import { sweep } from "../cache/replacement.ts";
import { freeBuffer } from "../flatfile/inflate.ts";
import { checkGiven, needed, text } from "../given.ts";
import { checkFooter } from "../lake/check_footer.ts";
import { dayOfFolder, layoutOf } from "../lake/layout.ts";
import { datasetNames } from "../market/dataset.ts";
import type { ByteSpan } from "../s3/range.ts";
import type { ExportTarget, MeantObject, PutOptions, PutOutcome, TargetObject } from "./target.ts";

/** For whoever the user's own settings (umask) let read and write. */
const FOLDER_MODE = 0o777;
/** No object is deeper in its dataset, so a folder that links to one above it does no harm. */
const MOST_DEPTH = 2;
const MOST_MARK_BYTES = 1_024;
/** The names of an export's unfinished files, and what they begin with; a mark begins anyhow. */
const UNFINISHED: readonly (readonly [RegExp, readonly number[]])[] = [
  [/\/\.part\.parquet\.\w+\.tmp$/, [0x50, 0x41, 0x52, 0x31]],
  [/\/\.\d{4}-\d\d-\d\d\.csv\.gz\.\w+\.tmp$/, [0x1f, 0x8b]],
  [/\/\.\d{4}-\d\d-\d\d\.csv\.gz\.mark\.\w+\.tmp$/, []],
];
/** As much of a file is in memory for its MD5. */
const PIECE_BYTES = 1 << 22;

/** A folder that is exported to. */
export class FolderTarget implements ExportTarget {
  readonly name: string;
  readonly #path: string;
  /** The paths of unfinished files beside what was listed. */
  readonly #unfinished = new Set<string>();

  /** Nothing is made before the first file is written. */
  constructor(path: string) {
    checkGiven({ path }, { path: needed(text("a path")) });
    this.name = path;
    this.#path = path.replace(/(?<=.)\/+$/, "");
  }

  freeBytes(): Promise<number | undefined> {
    return freeBytesAt(this.#path);
  }

  async datasets(): Promise<string[]> {
    const names: string[] = [];
    const prefixes = new Set(datasetNames().map((name) => name.split("/", 1)[0]));
    for (const prefix of await this.#foldersIn("")) {
      try {
        for (const name of await this.#foldersIn(`/${prefix}`)) names.push(`${prefix}/${name}`);
      } catch (error) {
        const { unreadable } = this.#unreadable(prefix, error);
        if (prefixes.has(prefix)) throw unreadable;
      }
    }
    return names;
  }

  async list(dataset: string, signal: AbortSignal): Promise<TargetObject[]> {
    const objects = new Map<string, TargetObject>();
    for await (const object of this.#objects(dataset, dataset)) {
      signal.throwIfAborted();
      objects.set(object.path, object);
    }
    return [...objects.values()];
  }

  sweep(): void {
    for (const path of this.#unfinished) {
      const [, beginning] = UNFINISHED.find(([name]) => name.test(path)) ?? [];
      if (beginning !== undefined) sweep(path, Uint8Array.from(beginning));
    }
    this.#unfinished.clear();
  }

  async put(
    path: string,
    chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
    { mark, replaces, judge, signal }: PutOptions,
  ): Promise<PutOutcome> {
    const place = `${this.#path}/${path}`;
    const folder = place.slice(0, place.lastIndexOf("/"));
    await makeDirectory(folder, { mode: FOLDER_MODE });
    const lookAgain = () => this.#lookAgain(path, replaces);
    if ((await onDisk("read", place, lookAgain))?.mark === mark) return "present";
    using files = new DisposableStack();
    const own = [files.use(await stageFile(place, untilAborted(chunks, signal)))];
    if (!path.endsWith(".parquet")) {
      const line = new TextEncoder().encode(`${mark}\n`);
      own.push(files.use(await stageFile(`${place}.mark`, [line])));
    }
    for (let expected = replaces;;) {
      const other = await placeFiles(place, own, () => this.#lookAgain(path, expected));
      if (other === undefined) return "written";
      if (other.mark === mark || await judge(other) === "leave") return "present";
      expected = other;
    }
  }

  async read({ path }: MeantObject, span: ByteSpan): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const place = `${this.#path}/${path}`;
    return await onDisk("read", place, () => {
      using file = openRegular(place);
      return file && readSpan(file, span);
    });
  }

  async md5(path: string, signal: AbortSignal): Promise<string | undefined> {
    const hash = createHash("md5");
    for (let at = 0;; at += PIECE_BYTES) {
      signal.throwIfAborted();
      const piece = await this.read({ path }, { start: at, end: at + PIECE_BYTES });
      if (piece === undefined) return undefined;
      hash.update(piece);
      if (piece.length < PIECE_BYTES) return hash.digest("hex");
    }
  }

  /** Has nothing to close. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /** The finished files under a dataset's folder, and what cannot be read of it. */
  async *#objects(
    dataset: string,
    folder: string,
    depth = MOST_DEPTH,
  ): AsyncGenerator<TargetObject> {
    let entries: Deno.DirEntry[];
    try {
      entries = await this.#entriesOf(`/${folder}`);
    } catch (error) {
      return yield this.#unreadable(folder, error);
    }
    for (const { name, isDirectory, isFile } of entries) {
      const path = `${folder}/${name}`;
      if (name.endsWith(".mark")) continue;
      if (!isDirectory && dayOfFolder(dataset, path) !== undefined) {
        yield this.#unreadable(path, new Error("it is no folder"));
      } else if (isFile || layoutOf(dataset, path) !== undefined) {
        const object = await this.#look(path).catch((error) => this.#unreadable(path, error));
        if (object !== undefined) yield object;
      } else if (isDirectory && depth > 0) yield* this.#objects(dataset, path, depth - 1);
    }
  }

  /**
   * What cannot be read, or the topmost closed folder around it.
   *
   * @throws what says nothing of the path itself.
   */
  #unreadable(path: string, error: unknown): TargetObject {
    const folder = closedFolderAbove(`${this.#path}/${path}`);
    const unreadable = folder ?? diskError("read", `${this.#path}/${path}`, error);
    const isOutside = folder !== undefined && folder.path.length <= this.#path.length;
    const code = codeOf(unreadable) ?? "";
    if (isOutside || ["EMFILE", "ENFILE", "ENOMEM"].includes(code)) throw unreadable;
    const own = folder?.path.slice(this.#path.length + 1) ?? path;
    return { path: own, size: 0, mark: undefined, unreadable };
  }

  async #foldersIn(folder: string): Promise<string[]> {
    const entries = await this.#entriesOf(folder);
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  }

  /**
   * What is in a folder that may be missing, hidden ones aside. A link to a folder is one; a link to
   * anything else is none of its files.
   */
  async #entriesOf(folder: string): Promise<Deno.DirEntry[]> {
    const place = this.#path + folder;
    const entries = await entriesIn(place, "read");
    for (const { name } of entries) {
      if (isTemporaryName(name)) this.#unfinished.add(`${place}/${name}`);
    }
    return entries.filter(({ name }) => !name.startsWith(".")).map((entry) => ({
      ...entry,
      isDirectory: entry.isDirectory || entry.isSymlink && isFolder(`${place}/${entry.name}`),
    }));
  }

  /** What has a name now, unless that is what is expected there, or nothing. */
  async #lookAgain(
    path: string,
    expected: TargetObject | undefined,
  ): Promise<TargetObject | undefined> {
    const object = await this.#look(path);
    const isExpected = object?.size === expected?.size && object?.mark === expected?.mark;
    return isExpected ? undefined : object;
  }

  async #look(path: string): Promise<TargetObject | undefined> {
    const place = `${this.#path}/${path}`;
    using file = openRegular(place);
    if (file === undefined) return undefined;
    const { size } = file.statSync();
    if (!path.endsWith(".parquet")) return { path, size, mark: await markBeside(place) };
    const found = await checkFooter(size, (start, end) => readSpan(file, { start, end }));
    return { path, size, mark: found.kind === "right" ? found.facts.mark : undefined };
  }
}

/** Whether a link leads to a folder, or to where this user may not look. */
function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    return isForbidden(error);
  }
}

/** @throws {StorageError} when what has the name is no file, or cannot be read. */
async function markBeside(place: string): Promise<string | undefined> {
  const path = `${place}.mark`;
  return await onDisk("read", path, () => {
    using file = openRegular(path);
    const bytes = file && readSpan(file, { start: 0, end: MOST_MARK_BYTES });
    return bytes && new TextDecoder().decode(bytes).trimEnd();
  });
}

async function* untilAborted(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    yield chunk;
    freeBuffer(chunk);
  }
  signal.throwIfAborted();
}

function readSpan(file: Deno.FsFile, span: ByteSpan): Uint8Array<ArrayBuffer> {
  const { size } = file.statSync();
  const start = "last" in span ? Math.max(0, size - span.last) : span.start;
  const end = "last" in span ? size : Math.min(size, span.end);
  file.seekSync(start, Deno.SeekMode.Start);
  return readWhole(file, Math.max(0, end - start));
}
