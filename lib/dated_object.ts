/**
 * An object of the bucket and the date in its key.
 *
 * @module
 */

/** What identifies a version of an object. */
export interface ObjectVersion {
  /** In the bucket. */
  readonly key: string;
  /** Bytes; -1 where the listing does not say. */
  readonly size: number;
  /** Without quotes; empty where the server has none. */
  readonly etag: string;
}

/** An object as the listing has it, and the date in its key. */
export interface DatedObject extends ObjectVersion {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** What this run listed before it found the object replaced: what is recorded of it counts too. */
  readonly earlier?: readonly ObjectVersion[];
}

/** Whether an ETag has the form of an MD5. Those of encrypted objects have it too and are none. */
export function isMd5(etag: string): boolean {
  return /^[0-9a-f]{32}$/i.test(etag);
}

/** A larger object is fetched in parts, onto the disk. */
const LARGE_BYTES = 64 * 2 ** 20;

/** No file of bars comes near it: one that is listed so is not asked for. */
export const MAX_OBJECT_BYTES = 64 * 2 ** 30;

/** Whether an object, by what the listing says, is too large to be in memory whole. */
export function isLarge({ size }: Pick<ObjectVersion, "size">): boolean {
  return size > LARGE_BYTES;
}

/** Whether an object, by what the listing says, is larger than any that is loaded. */
export function isTooLarge({ size }: Pick<ObjectVersion, "size">): boolean {
  return size > MAX_OBJECT_BYTES;
}

/** Bytes that an object brings: none when it is too large to be loaded, or nobody knows its size. */
export function bytesToLoad({ size }: Pick<ObjectVersion, "size">): number {
  return isTooLarge({ size }) ? 0 : Math.max(0, size);
}

/** Bytes that some objects bring. */
export function bytesOfAll(objects: readonly Pick<ObjectVersion, "size">[]): number {
  return objects.reduce((sum, object) => sum + bytesToLoad(object), 0);
}

/** A day of UTC. */
export const DAY_MS = 86_400_000;

/** The date in UTC of a time since the epoch. */
export function dateAt(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Dates, both ends included. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Whether the date of something lies in a span. */
export function isInSpan({ date }: Pick<DatedObject, "date">, { from, to }: Span): boolean {
  return from <= date && date <= to;
}

/** The order of dates. */
export function byDate(a: { readonly date: string }, b: { readonly date: string }): number {
  return a.date < b.date ? -1 : Number(a.date > b.date);
}

/** The dataset that a key is in, such as `us_stocks_sip/day_aggs_v1`, whether it is known or not. */
export function datasetInKey(key: string): string {
  return key.split("/", 2).join("/");
}

/** Whether exactly this version of the object is recorded, or an earlier one of the same run. */
export function isRecorded(
  { key, size, etag, earlier }: ObjectVersion & Pick<DatedObject, "earlier">,
  recorded: ReadonlyMap<string, ObjectVersion>,
): boolean {
  const record = recorded.get(key);
  return record?.size === size && record.etag === etag ||
    earlier !== undefined && earlier.some((version) => isRecorded(version, recorded));
}
