/**
 * Brings objects here, proved, with the rows that are wanted, and counts what came.
 *
 * @module
 */

import { abortable } from "../concurrency/abortable.ts";
import type { Permit } from "../concurrency/semaphore.ts";
import { checkSize, type Download, download, type DownloadOptions } from "../bucket/download.ts";
import { readChecked } from "../bucket/integrity.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import { ObjectStore } from "../cache/objects.ts";
import {
  bytesInMemory,
  fetchLargeObject,
  keptLargeObject,
  LargeObject,
  PARTS_AT_ONCE,
} from "../bucket/large_object.ts";
import { type DatedObject, isLarge } from "../dated_object.ts";
import { IntegrityError, OfflineError, quote } from "../errors.ts";
import { tickersOf } from "../flatfile/extract.ts";
import { type Extraction, Extractor, inFile } from "../flatfile/extractor.ts";
import type { Connection } from "./connection.ts";

/** A file that was looked at ahead of its task. */
interface LookedAt {
  readonly source: Uint8Array<ArrayBuffer> | LargeObject;
  readonly tickers: readonly string[];
  /** The MD5 of bytes in memory, where it is known. */
  readonly md5: string | undefined;
}

/** What was taken out of an object. */
export interface Brought extends Extraction {
  /** The object, where it is on the disk: to be kept or removed when its rows are recorded. */
  readonly large?: LargeObject | undefined;
}

/** Bytes of a large object that are wrong are fetched once more, as those of others are. */
const MAX_LARGE_FETCHES = 2;

/** Whoever brings the objects of one run, from the kept ones or over a connection. */
export class Fetcher implements AsyncDisposable {
  readonly store: ObjectStore;
  readonly extractor = new Extractor();
  readonly counts = {
    fromStore: 0,
    downloaded: 0,
    bytesDownloaded: 0,
    md5Checked: 0,
  };
  readonly #connection: Connection;
  readonly #directory: CacheDirectory;
  readonly #ahead = new Map<string, Promise<Download<LookedAt>>>();
  readonly #end = new AbortController();

  constructor(connection: Connection, directory: CacheDirectory) {
    this.#connection = connection;
    this.#directory = directory;
    this.store = new ObjectStore(directory);
  }

  /**
   * Brings an object here ahead of its task, which then finds it, or its failure, and says
   * which tickers are in it. The end of the session ends it where no task has come for it.
   */
  async lookAhead(object: DatedObject): Promise<readonly string[]> {
    const { key } = object;
    const look = async (bytes: Uint8Array<ArrayBuffer>, md5: string | undefined) => {
      const tickers = await readChecked(bytes, { ...object, md5 }, () => tickersOf(key, bytes));
      return { source: bytes, tickers, md5 };
    };
    const lookAtLarge = async (large: LargeObject) => {
      return { source: large, tickers: await tickersOf(key, inFile(large)), md5: undefined };
    };
    const signal = AbortSignal.any([this.#connection.signal, this.#end.signal]);
    const bring = (): Promise<Download<LookedAt>> =>
      isLarge(object)
        ? this.#downloadLarge(object, signal, lookAtLarge)
        : this.#download(object, signal, look);
    const ahead = this.#ahead.get(key) ??
      this.#connection.semaphore.run(bring, { signal, bytes: bytesInMemory(object) });
    this.#ahead.set(key, ahead);
    return (await ahead).value.tickers;
  }

  /** Brings an object here, proved, with the rows of the tickers; extracting, it releases its permit. */
  async bring(
    object: DatedObject,
    tickers: readonly string[],
    { signal, permit }: { readonly signal: AbortSignal; readonly permit: Permit },
  ): Promise<Download<Brought>> {
    const { key, size } = object;
    const extract = async (source: LookedAt["source"], md5?: string): Promise<Brought> => {
      const large = source instanceof LargeObject ? source : undefined;
      const from = large ? { path: large.path } : source as Uint8Array<ArrayBuffer>;
      const extracted = await permit.runOutsideLimit(() =>
        this.extractor.extract({ key, size, md5 }, from, tickers)
      );
      return { ...extracted, large };
    };
    const ahead = this.#ahead.get(key);
    if (ahead === undefined) {
      return isLarge(object)
        ? await this.#downloadLarge(object, signal, extract)
        : await this.#download(object, signal, extract);
    }
    try {
      const { value, ...download } = await abortable(ahead, signal);
      return { ...download, value: await extract(value.source, value.md5) };
    } finally {
      if (!signal.aborted) this.#ahead.delete(key);
    }
  }

  /** Counts a file whose rows were taken, so that each file of the run counts once. */
  count({ from, proof, value }: Download<Brought>): void {
    this.counts[from === "store" ? "fromStore" : "downloaded"]++;
    if (from === "bucket") this.counts.bytesDownloaded += value.large?.size ?? value.bytes.length;
    if (proof === "md5") this.counts.md5Checked++;
  }

  /** Ends what still runs and waits for it. */
  async [Symbol.asyncDispose]() {
    this.#end.abort();
    for (const ahead of await Promise.allSettled(this.#ahead.values())) {
      const source = ahead.status === "fulfilled" ? ahead.value.value.source : undefined;
      if (source instanceof LargeObject) source[Symbol.dispose]();
    }
    this.extractor[Symbol.dispose]();
  }

  #download<T>(
    object: DatedObject,
    signal: AbortSignal,
    accept: DownloadOptions<T>["accept"],
  ): Promise<Download<T>> {
    return download(object, { store: this.store, client: this.#connection.client, signal, accept });
  }

  /** Brings a large object onto the disk, or finds it there. */
  async #downloadLarge<T>(
    object: DatedObject,
    signal: AbortSignal,
    accept: (large: LargeObject) => Promise<T>,
  ): Promise<Download<T>> {
    checkSize(object);
    const { client, semaphore } = this.#connection;
    const kept = await keptLargeObject(object, { directory: this.#directory, store: this.store });
    if (kept !== undefined) {
      return { value: await accept(kept), from: "store", proof: kept.proof };
    }
    if (client === undefined) {
      throw new OfflineError(`Cannot read ${quote(object.key)} offline: it is not kept here`);
    }
    for (let fetches = 1;; fetches++) {
      const partsAtOnce = Math.min(PARTS_AT_ONCE, semaphore.limit);
      const options = { client, directory: this.#directory, signal, partsAtOnce };
      const large = await fetchLargeObject(object, options);
      try {
        return { value: await accept(large), from: "bucket", proof: large.proof };
      } catch (error) {
        if (!(error instanceof IntegrityError)) {
          large[Symbol.dispose]();
          throw error;
        }
        await large.remove();
        if (error.check === "format") throw error;
        if (fetches === MAX_LARGE_FETCHES) throw lasting(error);
      }
    }
  }
}

/** What two fetches brought damaged, a third one does. */
function lasting({ message, key, check, cause }: IntegrityError): IntegrityError {
  return new IntegrityError(message, { key, check, isLasting: true, cause });
}
