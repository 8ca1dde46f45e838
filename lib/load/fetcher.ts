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
import { bytesToLoad, type DatedObject } from "../dated_object.ts";
import { tickersOf } from "../flatfile/extract.ts";
import { type Extraction, Extractor } from "../flatfile/extractor.ts";
import type { Connection } from "./connection.ts";

/** A file that was looked at ahead of its task. */
interface LookedAt {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tickers: readonly string[];
  /** Their MD5, where it is known. */
  readonly md5: string | undefined;
}

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
  readonly #ahead = new Map<string, Promise<Download<LookedAt>>>();
  readonly #end = new AbortController();

  constructor(connection: Connection, directory: CacheDirectory) {
    this.#connection = connection;
    this.store = new ObjectStore(directory);
  }

  /**
   * Brings an object here ahead of its task, which then finds it, or its failure, and says
   * which tickers are in it. The end of the session ends it where no task has come for it.
   */
  async lookAhead(object: DatedObject): Promise<readonly string[]> {
    const look = async (bytes: Uint8Array<ArrayBuffer>, md5: string | undefined) => {
      const expected = { ...object, md5 };
      const tickers = await readChecked(bytes, expected, () => tickersOf(object.key, bytes));
      return { bytes, tickers, md5 };
    };
    const signal = AbortSignal.any([this.#connection.signal, this.#end.signal]);
    const bring = () => this.#download(object, signal, look);
    const ahead = this.#ahead.get(object.key) ??
      this.#connection.semaphore.run(bring, { signal, bytes: bytesToLoad(object) });
    this.#ahead.set(object.key, ahead);
    return (await ahead).value.tickers;
  }

  /** Brings an object here, proved, with the rows of the tickers; extracting, it releases its permit. */
  async bring(
    object: DatedObject,
    tickers: readonly string[],
    { signal, permit }: { readonly signal: AbortSignal; readonly permit: Permit },
  ): Promise<Download<Extraction>> {
    const { key, size } = object;
    const extract = (bytes: Uint8Array<ArrayBuffer>, md5: string | undefined) =>
      permit.runOutsideLimit(() => this.extractor.extract({ key, size, md5 }, bytes, tickers));
    const ahead = this.#ahead.get(key);
    if (ahead === undefined) return await this.#download(object, signal, extract);
    try {
      const { value, ...download } = await abortable(ahead, signal);
      return { ...download, value: await extract(value.bytes, value.md5) };
    } finally {
      if (!signal.aborted) this.#ahead.delete(key);
    }
  }

  /** Counts a file whose rows were taken, so that each file of the run counts once. */
  count({ from, proof, value }: Download<Extraction>): void {
    this.counts[from === "store" ? "fromStore" : "downloaded"]++;
    if (from === "bucket") this.counts.bytesDownloaded += value.bytes.length;
    if (proof === "md5") this.counts.md5Checked++;
  }

  /** Ends what still runs and waits for it. */
  async [Symbol.asyncDispose]() {
    this.#end.abort();
    await Promise.allSettled(this.#ahead.values());
    this.extractor[Symbol.dispose]();
  }

  #download<T>(
    object: DatedObject,
    signal: AbortSignal,
    accept: DownloadOptions<T>["accept"],
  ): Promise<Download<T>> {
    return download(object, { store: this.store, client: this.#connection.client, signal, accept });
  }
}
