/**
 * Knows the mark of each object of a dataset in a bucket, and keeps the index of them.
 *
 * @module
 */

import { Semaphore } from "../concurrency/semaphore.ts";
import type { ObjectVersion } from "../dated_object.ts";
import { IntegrityError, NetworkError, ObjectChangedError, S3Error } from "../errors.ts";
import { checkFooter } from "../lake/check_footer.ts";
import type { S3Client } from "../s3/client.ts";
import { refusalReason } from "../s3/refusal_reason.ts";
import { classify } from "../s3/retry.ts";
import type { S3Writer, WriteCondition } from "../s3/writer.ts";
import {
  type IndexEntries,
  type IndexEntry,
  indexPathOf,
  isIndexPath,
  parseIndex,
  writeIndex,
} from "./bucket_index.ts";

/** The name of the user metadata that has an object's mark. */
export const MARK = "flatfetch";

/** So many objects are asked for their marks at once. */
const ASKED_AT_ONCE = 16;
/** An index is written after so many new objects, so that a run that is killed wastes little. */
const WRITE_AFTER = 64;
/** How often an index is merged with what another run has written meanwhile. */
const MAX_MERGES = 64;
const FACTS = { contentType: "application/json", metadata: {} };

/** An object of a dataset, by its path in it. */
export interface MarkedObject extends IndexEntry {
  readonly path: string;
  /** The refusal to show this very object. */
  readonly unreadable?: S3Error | undefined;
}

interface Index {
  readonly entries: IndexEntries;
  /** That of the object that it was read from. */
  etag: string | undefined;
  /** Entries that are in no object yet. */
  fresh: number;
  writing: Promise<void>;
}

/** What a dataset's marks are read from and written to. */
export interface MarksOptions {
  readonly client: S3Client;
  readonly writer: S3Writer;
  /** What the keys of the dataset begin with. */
  readonly prefix: string;
}

/** The marks of one dataset. */
export class BucketMarks {
  readonly #options: MarksOptions;
  readonly #indexes = new Map<string, Index>();

  constructor(options: MarksOptions) {
    this.#options = options;
  }

  /** Every object of the dataset with its mark, those of the index aside. */
  async list(signal: AbortSignal): Promise<MarkedObject[]> {
    const { client, prefix } = this.#options;
    await this.flush(signal);
    const listed = await Array.fromAsync(client.list(prefix, { signal }));
    const inDataset = listed.map((object) => ({
      ...object,
      path: object.key.slice(prefix.length),
    }));
    const objects = inDataset.filter(({ path }) => !isIndexPath(path));
    const notes = inDataset.filter(({ path }) => isIndexPath(path));
    await Promise.all(notes.map((note) => this.#read(note, signal)));
    const marked: MarkedObject[] = [];
    const unknown: typeof objects = [];
    for (const object of objects) {
      const entry = this.#index(object.path).entries.get(object.path);
      const isKnown = entry?.etag === object.etag && entry.size === object.size;
      if (isKnown) marked.push({ path: object.path, ...entry });
      else unknown.push(object);
    }
    this.#forgetAllBut(new Set(objects.map(({ path }) => path)));
    marked.push(...await this.#ask(unknown, signal));
    return marked;
  }

  /** Notes an object that was written. */
  async set(path: string, entry: IndexEntry, signal: AbortSignal): Promise<void> {
    const index = this.#note(path, entry);
    if (index.fresh >= WRITE_AFTER) await this.#write(indexPathOf(path), index, signal);
  }

  /** Writes what is new into the index. */
  async flush(signal: AbortSignal): Promise<void> {
    for (const [path, index] of this.#indexes) {
      if (index.fresh > 0) await this.#write(path, index, signal);
    }
  }

  async #read({ key, path, size, etag }: ObjectVersion & { path: string }, signal: AbortSignal) {
    try {
      const { bytes } = await this.#options.client.get(key, { size, ifMatch: etag, signal });
      this.#indexes.set(path, { ...emptyIndex(), entries: parseIndex(bytes), etag });
    } catch (error) {
      signal.throwIfAborted();
      if (!isDispensable(error)) throw error;
    }
  }

  /** Asks for what no index has, and notes it there. */
  async #ask(
    objects: readonly (ObjectVersion & { path: string })[],
    signal: AbortSignal,
  ): Promise<MarkedObject[]> {
    const found: MarkedObject[] = [];
    await new Semaphore(ASKED_AT_ONCE).runEach(objects, async (object) => {
      const { path, etag, size } = object;
      try {
        const entry = { etag, size, mark: await this.#markOf(object, signal) };
        this.#note(path, entry);
        found.push({ path, ...entry });
      } catch (error) {
        if (!isOfObject(error)) throw error;
        found.push({ path, etag, size, mark: undefined, unreadable: error });
      }
    }, { signal });
    return found;
  }

  /** By the footer, where there is one: a copy of damaged bytes may have the metadata of the whole. */
  async #markOf(
    { key, path, etag, size }: ObjectVersion & { path: string },
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { client, writer } = this.#options;
    if (!path.endsWith(".parquet")) return (await writer.head(key, signal))?.metadata.get(MARK);
    try {
      const found = await checkFooter(size, async (start, end) => {
        const options = { size, ifMatch: etag, signal };
        return (await client.getRange(key, { start, end }, options)).bytes;
      });
      return found.kind === "right" ? found.facts.mark : undefined;
    } catch (error) {
      if (["missing", "changed"].includes(classify(error))) return undefined;
      throw error;
    }
  }

  #index(path: string): Index {
    return this.#indexes.getOrInsertComputed(indexPathOf(path), emptyIndex);
  }

  #note(path: string, entry: IndexEntry): Index {
    const index = this.#index(path);
    index.entries.set(path, entry);
    index.fresh++;
    return index;
  }

  #forgetAllBut(paths: ReadonlySet<string>): void {
    for (const { entries } of this.#indexes.values()) {
      for (const path of entries.keys()) if (!paths.has(path)) entries.delete(path);
    }
  }

  /** One writer at a time; what comes meanwhile is written by the next. */
  #write(path: string, index: Index, signal: AbortSignal): Promise<void> {
    index.writing = index.writing.catch(() => {}).then(() => this.#merge(path, index, signal));
    return index.writing;
  }

  async #merge(path: string, index: Index, signal: AbortSignal): Promise<void> {
    const key = this.#options.prefix + path;
    try {
      for (let merge = 1; merge <= MAX_MERGES && index.fresh > 0; merge++) {
        if (!await this.#put(key, index, signal)) await this.#adopt(key, index, signal);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!isDispensable(error)) throw error;
      // Whoever comes next asks the objects themselves.
      index.fresh = 0;
    }
  }

  /** Writes an index, unless another run has done so since it was read. */
  async #put(key: string, index: Index, signal: AbortSignal): Promise<boolean> {
    const { fresh, entries, etag } = index;
    const condition: WriteCondition = etag === undefined ? "absent" : { etag };
    try {
      const bytes = writeIndex(entries);
      index.etag = await this.#options.writer.put(key, bytes, { facts: FACTS, condition, signal });
      index.fresh -= fresh;
      return true;
    } catch (error) {
      if (error instanceof ObjectChangedError) return false;
      throw error;
    }
  }

  /** Adds what another run knows. */
  async #adopt(key: string, index: Index, signal: AbortSignal): Promise<void> {
    const { client, writer } = this.#options;
    const head = await writer.head(key, signal);
    index.etag = head?.etag;
    if (head === undefined) return;
    const bytes = await client.get(key, { ifMatch: head.etag, signal }).then(
      ({ bytes }) => bytes,
      (error) => {
        if (error instanceof ObjectChangedError) return undefined;
        throw error;
      },
    );
    // Yet another run was faster: what it wrote is read when the next write is refused.
    if (bytes === undefined) return;
    for (const [path, entry] of parseIndex(bytes)) {
      if (!index.entries.has(path)) index.entries.set(path, entry);
    }
  }
}

function emptyIndex(): Index {
  return { entries: new Map(), etag: undefined, fresh: 0, writing: Promise.resolve() };
}

/** Whether a server shows others, but not this object, such as one in an archive. */
export function isOfObject(error: unknown): error is S3Error {
  return error instanceof S3Error && refusalReason(error) === "object";
}

/** Whether the run goes on without the index; the objects themselves say what they are. */
function isDispensable(error: unknown): boolean {
  return error instanceof ObjectChangedError || error instanceof IntegrityError ||
    error instanceof NetworkError || error instanceof S3Error;
}
