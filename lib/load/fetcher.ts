/**
 * Brings objects here, proved, with the rows that are wanted, and counts what came.
 *
 * @module
 */

import { abortable } from "../concurrency/abortable.ts";
import type { Permit } from "../concurrency/semaphore.ts";
import { type Download, download, type DownloadOptions } from "../bucket/download.ts";
import { readChecked } from "../bucket/integrity.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import { ObjectStore } from "../cache/objects.ts";
import { bytesInMemory, downloadLarge, LargeObject } from "../bucket/large_object.ts";
import { type DatedObject, isLarge } from "../dated_object.ts";
import { tickersOf } from "../flatfile/extract.ts";
import { type Extraction, Extractor, inFile } from "../flatfile/extractor.ts";
import type { Connection } from "./run_connection.ts";
import type { LakeSource } from "./lake_source.ts";
import type { RunContext } from "./run_context.ts";

/** A file that was looked at ahead of its task. */
interface LookedAt {
  readonly source: Uint8Array<ArrayBuffer> | LargeObject;
  readonly tickers: readonly string[];
  /** The MD5 of bytes in memory, where it is known. */
  readonly md5: string | undefined;
}

/** A file that was brought here. */
export interface BroughtFile extends Omit<Download<BroughtRows>, "from"> {
  readonly from: Download<BroughtRows>["from"] | "lake";
}

/** What was taken out of an object. */
export interface BroughtRows extends Extraction {
  /** The object, where it is on the disk: to be kept or removed when its rows are recorded. */
  readonly large?: LargeObject | undefined;
}

/** Whoever brings the objects of one run, from a lake, the kept ones or over a connection. */
export class Fetcher implements AsyncDisposable {
  readonly store: ObjectStore;
  readonly extractor = new Extractor();
  readonly counts = {
    fromStore: 0,
    fromLake: 0,
    downloaded: 0,
    bytesDownloaded: 0,
    md5Checked: 0,
  };
  readonly #connection: Connection;
  readonly #directory: CacheDirectory;
  readonly #lake: LakeSource | undefined;
  readonly #ahead = new Map<string, Promise<Download<LookedAt>>>();
  readonly #end = new AbortController();

  constructor(connection: Connection, { directory, lake }: Pick<RunContext, "directory" | "lake">) {
    this.#connection = connection;
    this.#directory = directory;
    this.#lake = lake;
    this.store = new ObjectStore(directory);
  }

  /**
   * Brings an object here ahead of its task, which then finds it, or its failure, and says
   * which tickers are in it. The end of the fetcher ends it where no task has come for it.
   */
  async lookAhead(object: DatedObject): Promise<ReadonlySet<string>> {
    const { key } = object;
    const fromLake = await this.tickersInLake(object, ["*"]);
    if (fromLake !== undefined) return fromLake;
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
    const bytes = bytesInMemory(object);
    const { value } = await this.#ahead.getOrInsertComputed(
      key,
      () => this.#connection.semaphore.run(bring, { signal, bytes }),
    );
    return new Set(value.tickers);
  }

  /** As {@linkcode LakeSource.tickersOf} has it. */
  async tickersInLake(
    object: DatedObject,
    wanted: readonly string[],
  ): Promise<ReadonlySet<string> | undefined> {
    return await this.#lake?.tickersOf(object, wanted);
  }

  /** Brings an object here, proved, with the rows of the tickers; extracting, it releases its permit. */
  async bring(
    object: DatedObject,
    tickers: readonly string[],
    { signal, permit }: { readonly signal: AbortSignal; readonly permit: Permit },
  ): Promise<BroughtFile> {
    const { key, size } = object;
    const extract = async (source: LookedAt["source"], md5?: string): Promise<BroughtRows> => {
      const large = source instanceof LargeObject ? source : undefined;
      const from = large ? { path: large.path } : source as Uint8Array<ArrayBuffer>;
      const extracted = await permit.runOutsideLimit(() =>
        this.extractor.extract({ key, size, md5 }, from, tickers)
      );
      return { ...extracted, large };
    };
    const ahead = this.#ahead.get(key);
    if (ahead === undefined) {
      const value = await this.#lake?.bring(object, tickers, { extractor: this.extractor, permit });
      if (value !== undefined) return { value, from: "lake", proof: "gzip" };
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
  count({ from, proof, value }: BroughtFile): void {
    if (from === "lake") return void this.counts.fromLake++;
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

  #downloadLarge<T>(
    object: DatedObject,
    signal: AbortSignal,
    accept: (large: LargeObject) => Promise<T>,
  ): Promise<Download<T>> {
    const { client, semaphore } = this.#connection;
    const options = { store: this.store, directory: this.#directory, client, semaphore, signal };
    return downloadLarge(object, options, accept);
  }
}
