/**
 * The tickers in the newest file of a dataset, for suggestions alone: what cannot be had within some
 * seconds is left out.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { ObjectStore } from "../cache/objects.ts";
import { dateAt, type DatedObject, DAY_MS } from "../dated_object.ts";
import { download, keepDownload } from "../bucket/download.ts";
import { tickersOf } from "../flatfile/extract.ts";
import { readChecked } from "../bucket/integrity.ts";
import { keptOptions, Listing } from "../bucket/listing.ts";
import type { Dataset } from "../market/dataset.ts";
import { S3Client } from "../s3/client.ts";
import { Semaphore } from "../concurrency/semaphore.ts";
import { findKeys } from "./run_connection.ts";
import type { Settings } from "../settings.ts";

/** After that nothing more is asked for. */
const PATIENCE_MS = 5_000;

/** A larger file, as of an index's minutes, costs more than the answer is worth. */
const MOST_BYTES = 32 * 2 ** 20;

const REQUESTS_AT_ONCE = 4;

/** The days before a date of which one has a file, unless the dataset has ended. */
const DAYS_BACK = 10;

/**
 * Looks into newest files: kept ones, else those of the bucket, over connections of its own, so
 * that nobody else's requests or retries are fewer for it. The files are kept if they may be.
 */
export class NewestTickers implements AsyncDisposable {
  readonly #directory: CacheDirectory;
  readonly #settings: Settings;
  readonly #store: ObjectStore;
  readonly #end = new AbortController();
  readonly #signal: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #seen = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  #client: S3Client | undefined;
  #connected: Promise<S3Client | undefined> | undefined;

  constructor(directory: CacheDirectory, settings: Settings) {
    this.#directory = directory;
    this.#settings = settings;
    this.#store = new ObjectStore(directory);
    this.#signal = AbortSignal.any([settings.signal, this.#end.signal]);
  }

  /** HTTP requests made so far. */
  get requests(): number {
    return this.#client?.requests ?? 0;
  }

  /** Those of the newest of some files. */
  async inFile(file: DatedObject): Promise<ReadonlySet<string> | undefined> {
    return await this.#once(file.key, () => this.#look(file));
  }

  /** Those of the newest file of a dataset that is not after a date. */
  async inDataset(dataset: Dataset, to: string): Promise<ReadonlySet<string> | undefined> {
    return await this.#once(`${dataset.name} ${to}`, async () => {
      const file = await this.#find(dataset, to);
      return file && await this.inFile(file);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#timer);
    await Promise.all(this.#seen.values());
    this.#client?.close();
  }

  #once(
    name: string,
    look: () => Promise<ReadonlySet<string> | undefined>,
  ): Promise<ReadonlySet<string> | undefined> {
    return this.#seen.getOrInsertComputed(name, () => look().catch(() => undefined));
  }

  async #find(dataset: Dataset, to: string): Promise<DatedObject | undefined> {
    if (to < dataset.firstDate) return undefined;
    const from = dateAt(Date.parse(to) - DAYS_BACK * DAY_MS);
    const span = { dataset, period: { from, to } };
    const kept = keptOptions(this.#settings, this.#directory);
    const listing = await Listing.readKept([span], kept);
    if (!listing.covers(span)) {
      const client = await this.#connect();
      if (client === undefined) return undefined;
      const options = { ...kept, semaphore: new Semaphore(1), signal: this.#signal };
      await listing.complete([span], client, options);
    }
    return listing.byDataset().get(dataset.name)?.findLast(({ date }) => date <= to);
  }

  async #look(file: DatedObject): Promise<ReadonlySet<string> | undefined> {
    const { key, size } = file;
    if (size > MOST_BYTES) return undefined;
    const { value, from, proof } = await download(file, {
      store: this.#store,
      client: await this.#connect(),
      signal: this.#signal,
      accept: async (bytes, md5) => {
        const read = async () => new Set(await tickersOf(key, bytes));
        return { bytes, tickers: await readChecked(bytes, { key, size, md5 }, read) };
      },
    });
    const isToKeep = from === "bucket" && size <= this.#settings.keepLimitBytes;
    if (isToKeep) await keepDownload(file, value.bytes, { proof, store: this.#store });
    return value.tickers;
  }

  /** `undefined` offline, and without keys. */
  #connect(): Promise<S3Client | undefined> {
    return this.#connected ??= this.#makeClient().catch(() => undefined);
  }

  async #makeClient(): Promise<S3Client | undefined> {
    const { offline, endpoint, bucket, region, limits, bandwidth, fetch: ours } = this.#settings;
    if (offline) return undefined;
    const credentials = await findKeys(this.#settings);
    const concurrency = REQUESTS_AT_ONCE;
    const place = { endpoint, bucket, region, credentials, concurrency, limits, bandwidth };
    this.#timer = setTimeout(() => this.#end.abort(), PATIENCE_MS);
    return this.#client = new S3Client({ ...place, ...(ours && { fetch: ours }) });
  }
}
