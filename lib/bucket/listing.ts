/**
 * The listing: which dates the bucket has, kept for a while so that a hit needs no network.
 *
 * @module
 */

import { NO_STRAYS, sortOut, type Strays, sumOfStrays, withDates } from "./dated_files.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import { type KeptListing, readListing, writeListing } from "../cache/kept_listing.ts";
import { type Dataset, dateOfKey, yearPrefix } from "../market/dataset.ts";
import {
  byDate,
  type DatedObject,
  isInSpan,
  type ObjectVersion,
  type Span,
} from "../dated_object.ts";
import { S3Error } from "../errors.ts";
import { isDate } from "../market/period.ts";
import type { S3Client } from "../s3/client.ts";
import { classify } from "../s3/retry.ts";
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
    const { directory, source } = options;
    const listing = new Listing();
    const tried = new Set<string>();
    const untried = () => listing.#missing(spans).filter(([prefix]) => !tried.has(prefix));
    // What is kept of the year in which a dataset is known to begin may name earlier ones.
    for (let years = untried(); years.length > 0; years = untried()) {
      for (const [prefix, dataset] of years) {
        tried.add(prefix);
        const kept = await readListing(directory, { source, prefix });
        if (kept === undefined || !isYoung(kept, options)) continue;
        // Offline one has to do that says nothing of earlier years.
        const { startsAt = options.maxAgeMs === Infinity ? null : undefined } = kept;
        listing.#setYear(prefix, { dataset, kept: { ...kept, startsAt } });
      }
    }
    return listing;
  }

  /** Whether every year that the span touches is here. */
  covers(span: DatedSpan): boolean {
    return this.#missing([span]).length === 0;
  }

  /** When the oldest part was listed, in milliseconds since the epoch. */
  get listedAtMs(): number {
    return Math.min(...this.#years.values().map(({ kept }) => kept.listedAtMs));
  }

  /**
   * Lists the years that are missing and keeps them: one first, so that wrong keys cost a
   * single request, then the others at once, then those that turn out to come before the year in
   * which the dataset is known to begin; the first that fails ends those.
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
    const reachingBack = new Set(spans.filter(reachesBack).map(({ dataset }) => dataset.name));
    const listYear = async ([prefix, dataset]: [string, Dataset]) => {
      const isFirst = prefix === firstPrefix(dataset) && reachingBack.has(dataset.name);
      const list = async () => {
        const listed = await Array.fromAsync(client.list(prefix, { signal }));
        return { listed, startsAt: isFirst ? await findStart(dataset, client, signal) : undefined };
      };
      const { listed, startsAt } = await semaphore.run(list, { signal });
      const { files, strays } = sortOut(dataset, listed);
      const objects = files.map(toKept);
      const kept = { source, prefix, listedAtMs: nowMs, objects, strays, startsAt };
      await writeListing(directory, kept);
      this.#setYear(prefix, { dataset, kept });
    };
    for (const newest of this.#missing(spans).slice(-1)) await listYear(newest);
    for (let some = this.#missing(spans); some.length > 0; some = this.#missing(spans)) {
      const others = some.map(listYear);
      try {
        await Promise.all(others);
      } catch (error) {
        stop.abort(error);
        await Promise.allSettled(others);
        throw error;
      }
    }
  }

  /** The date of the dataset's first file, where that is before the one that is known. */
  earlierStartOf(dataset: Dataset): string | undefined {
    const startsAt = this.#years.get(firstPrefix(dataset))?.kept.startsAt;
    return startsAt && canStart(startsAt) && startsAt < dataset.firstDate ? startsAt : undefined;
  }

  /** The years that the spans touch and that are not here, by their prefixes. */
  #missing(spans: readonly DatedSpan[]): [prefix: string, dataset: Dataset][] {
    const missing = new Map<string, Dataset>();
    for (const span of spans) {
      const { dataset, period } = span;
      // The year in which the dataset is known to begin says whether there are earlier ones.
      const first = firstPrefix(dataset);
      const isUnknown = this.#years.get(first)?.kept.startsAt === undefined;
      if (reachesBack(span) && isUnknown) missing.set(first, dataset);
      const start = yearOf(this.earlierStartOf(dataset) ?? dataset.firstDate);
      for (let year = Math.max(yearOf(period.from), start); year <= yearOf(period.to); year++) {
        const prefix = yearPrefix(dataset, year);
        if (!this.#years.has(prefix)) missing.set(prefix, dataset);
      }
    }
    return [...missing];
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

/** Whether a span begins no later than its dataset is known to, so that earlier files are of it. */
function reachesBack({ dataset, period }: DatedSpan): boolean {
  return period.from <= dataset.firstDate;
}

/** Whether a dataset may begin on a date: one of an odd file would make each year since a request. */
function canStart(date: string): boolean {
  return isDate(date) && date >= "1900";
}

/** Keys of a page in which a dataset's first file is looked for: it is nearly always the first key. */
const FEW_KEYS = 100;

/**
 * The date of a dataset's first file; `null` when there is none up to the year in which it is known
 * to begin, or the server lists no more than a year. Any number of other objects may come before.
 */
async function findStart(
  dataset: Dataset,
  client: S3Client,
  signal: AbortSignal,
): Promise<string | null> {
  const end = `${firstPrefix(dataset)}~`;
  const keys = client.list(`${dataset.name}/`, { pageSize: FEW_KEYS, signal });
  try {
    for await (const { key } of keys) {
      const date = dateOfKey(dataset, key);
      if (date !== undefined && canStart(date)) return date;
      if (key > end) return null;
    }
    return null;
  } catch (error) {
    if (error instanceof S3Error && classify(error) !== "retry") return null;
    throw error;
  }
}

const firstPrefix = (dataset: Dataset) => yearPrefix(dataset, yearOf(dataset.firstDate));

const yearOf = (date: string) => Number(date.slice(0, 4));
