/**
 * The listing: which dates the bucket has, kept for a while so that a hit needs no network.
 *
 * @module
 */

import { NO_STRAYS, sortOut, type Strays, sumOfStrays, withDates } from "./dated_files.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import { type KeptListing, readListing, writeListing } from "../cache/kept_listing.ts";
import { type Dataset, yearPrefix } from "../market/dataset.ts";
import {
  byDate,
  type DatedObject,
  isInSpan,
  type ObjectVersion,
  type Span,
} from "../dated_object.ts";
import type { S3Client } from "../s3/client.ts";
import { sourceName } from "../s3/bucket_url.ts";
import type { Semaphore } from "../concurrency/semaphore.ts";
import type { Settings } from "../settings.ts";

/** A dataset's span of dates, both ends included. */
export interface DatedSpan {
  readonly dataset: Dataset;
  readonly period: Span;
}

/** Where a listing may come from. */
export interface KeptOptions {
  readonly directory: CacheDirectory;
  /** As `sourceName()` has it. */
  readonly source: string;
  /** How old a kept listing may be. */
  readonly maxAgeMs: number;
  readonly nowMs: number;
}

/** Which kept listings the settings allow. */
export function keptOptions(settings: Settings, directory: CacheDirectory): KeptOptions {
  const { offline, refresh, nowMs } = settings;
  const maxAgeMs = offline ? Infinity : refresh ? -1 : settings.maxAgeMs;
  return { directory, source: sourceName(settings), maxAgeMs, nowMs };
}

/** The objects of some datasets, a year's prefix at a time. */
export class Listing {
  readonly #years = new Map<string, { dataset: Dataset; kept: KeptListing }>();
  /** The versions that {@linkcode replace} has put others in place of, by key. */
  readonly #earlier = new Map<string, readonly ObjectVersion[]>();
  /** Settled when the last listing that is to be kept is written. */
  #kept: Promise<void> = Promise.resolve();
  /** What {@linkcode byDataset} made of the years, as long as they are the same. */
  #dated: ReadonlyMap<string, readonly DatedObject[]> | undefined;
  /** Likewise what {@linkcode filesOf} made of them. */
  readonly #bySpan = new Map<string, readonly DatedObject[]>();

  /** Reads what is kept and young enough of the years that the spans touch. */
  static async readKept(spans: readonly DatedSpan[], options: KeptOptions): Promise<Listing> {
    const listing = new Listing();
    for (const [prefix, dataset] of prefixesOf(spans)) {
      const kept = await readListing(options.directory, {
        source: options.source,
        prefix,
      });
      if (kept && isYoung(kept, options)) listing.#setYear(prefix, { dataset, kept });
    }
    return listing;
  }

  /** Whether every year that the span touches is here. */
  covers(span: DatedSpan): boolean {
    return [...prefixesOf([span]).keys()].every((prefix) => this.#years.has(prefix));
  }

  /** When the oldest part was listed, in milliseconds since the epoch. */
  get listedAtMs(): number {
    return Math.min(
      ...[...this.#years.values()].map(({ kept }) => kept.listedAtMs),
    );
  }

  /**
   * Lists the years that are missing and keeps them: one first, so that wrong keys cost a
   * single request, then the others at once; the first that fails ends those.
   *
   * @throws {S3Error} {@linkcode NetworkError} {@linkcode IntegrityError} as the client does.
   */
  async complete(
    spans: readonly DatedSpan[],
    client: S3Client,
    options: KeptOptions & { semaphore: Semaphore; signal: AbortSignal },
  ): Promise<void> {
    const { directory, source, nowMs, semaphore } = options;
    const stop = new AbortController();
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const missing = [...prefixesOf(spans)].filter(([prefix]) => !this.#years.has(prefix));
    const listYear = async ([prefix, dataset]: [string, Dataset]) => {
      const list = () => Array.fromAsync(client.list(prefix, { signal }));
      const listed = await semaphore.run(list, { signal });
      const { files, strays } = sortOut(dataset, listed);
      const kept = { source, prefix, listedAtMs: nowMs, objects: files.map(toKept), strays };
      await writeListing(directory, kept);
      this.#setYear(prefix, { dataset, kept });
    };
    for (const newest of missing.splice(-1)) await listYear(newest);
    const others = missing.map(listYear);
    try {
      await Promise.all(others);
    } catch (error) {
      stop.abort(error);
      await Promise.allSettled(others);
      throw error;
    }
  }

  /** What the bucket has in the years beside flat files. */
  get strays(): Strays {
    return sumOfStrays([...this.#years.values()].map(({ kept }) => kept.strays ?? NO_STRAYS));
  }

  /** All flat files of each dataset, oldest first, no key twice. */
  byDataset(): ReadonlyMap<string, readonly DatedObject[]> {
    return this.#dated ??= this.#date();
  }

  /** The flat files of a span, oldest first: the same list for all that ask for the same. */
  filesOf({ dataset, period }: DatedSpan): readonly DatedObject[] {
    const name = `${dataset.name} ${period.from} ${period.to}`;
    return this.#bySpan.getOrInsertComputed(
      name,
      () => this.byDataset().get(dataset.name)?.filter((file) => isInSpan(file, period)) ?? [],
    );
  }

  /**
   * Puts the version that an object has now in place of the listed one; none removes it. What is
   * recorded of the listed one counts in this run as before: whoever has it fetches nothing.
   */
  async replace(
    key: string,
    version: ObjectVersion | undefined,
    directory: CacheDirectory,
  ): Promise<void> {
    for (const [prefix, { dataset, kept }] of this.#years) {
      if (!key.startsWith(prefix)) continue;
      const { same = [], others = [] } = Object.groupBy(
        kept.objects,
        (object) => object.key === key ? "same" : "others",
      );
      this.#earlier.set(key, [...this.#earlier.get(key) ?? [], ...same]);
      const objects = version ? [...others, toKept(version)] : others;
      this.#setYear(prefix, { dataset, kept: { ...kept, objects } });
      await this.#keep(prefix, directory);
    }
  }

  /** Keeps what is known of a year once others have been: so the last to be written is the latest. */
  async #keep(prefix: string, directory: CacheDirectory): Promise<void> {
    const write = () => writeListing(directory, this.#years.get(prefix)!.kept);
    await (this.#kept = this.#kept.then(write, write));
  }

  #setYear(prefix: string, year: { dataset: Dataset; kept: KeptListing }): void {
    this.#years.set(prefix, year);
    this.#dated = undefined;
    this.#bySpan.clear();
  }

  #withEarlier(file: DatedObject): DatedObject {
    const earlier = this.#earlier.get(file.key);
    return earlier === undefined ? file : { ...file, earlier };
  }

  #date(): Map<string, DatedObject[]> {
    const dated = new Map<string, DatedObject[]>();
    for (const [name, years] of Map.groupBy(this.#years.values(), nameOf)) {
      const files = years.flatMap(({ dataset, kept }) => withDates(dataset, kept.objects))
        .map((file) => this.#withEarlier(file));
      // A listing that an older version has kept may have a key twice.
      const once = new Map(files.map((file) => [file.key, file]));
      dated.set(name, [...once.values()].sort(byDate));
    }
    return dated;
  }
}

/**
 * A file as the bucket has it now.
 *
 * @returns `undefined` when it is gone.
 */
export async function currentVersionOf(
  file: DatedObject,
  { client, signal }: { readonly client: S3Client; readonly signal: AbortSignal },
): Promise<DatedObject | undefined> {
  for await (const { key, size, etag } of client.list(file.key, { signal })) {
    if (key === file.key) return { ...file, size, etag };
  }
  return undefined;
}

const nameOf = ({ dataset }: { readonly dataset: Dataset }) => dataset.name;

/** When any age will do, one from a clock that was ahead is as good. */
function isYoung({ listedAtMs }: KeptListing, { nowMs, maxAgeMs }: KeptOptions): boolean {
  return maxAgeMs === Infinity || listedAtMs <= nowMs && nowMs - listedAtMs <= maxAgeMs;
}

const toKept = ({ key, size, etag }: ObjectVersion) => ({ key, size, etag });

function prefixesOf(spans: readonly DatedSpan[]): Map<string, Dataset> {
  const prefixes = new Map<string, Dataset>();
  for (const { dataset, period } of spans) {
    const first = period.from > dataset.firstDate ? period.from : dataset.firstDate;
    for (let year = yearOf(first); year <= yearOf(period.to); year++) {
      prefixes.set(yearPrefix(dataset, year), dataset);
    }
  }
  return prefixes;
}

const yearOf = (date: string) => Number(date.slice(0, 4));
