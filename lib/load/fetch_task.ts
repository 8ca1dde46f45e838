/**
 * The work for one object: brings it here, takes the wanted rows out of it, records them.
 *
 * @module
 */

import type { CacheDirectory } from "../cache/directory.ts";
import { RecordHead } from "../cache/record.ts";
import { type DatedObject, isMd5 } from "../dated_object.ts";
import type { ObjectStore } from "../cache/objects.ts";
import { keepDownload } from "../bucket/download.ts";
import { freeBuffer } from "../flatfile/inflate.ts";
import { isReplaced, type Refusals } from "./verdict.ts";
import { currentVersionOf, type Listing } from "../bucket/listing.ts";
import { byKind, type OpenDemand } from "./open_symbols.ts";
import type { Task } from "./plan.ts";
import type { RecordBatch } from "./record_batch.ts";
import type { Permit } from "../concurrency/semaphore.ts";
import type { Connection } from "./run_connection.ts";
import type { BroughtFile, Fetcher } from "./fetcher.ts";

/** What the work for one object needs. */
export interface FetchOptions {
  readonly connection: Connection;
  readonly fetcher: Fetcher;
  readonly batch: RecordBatch;
  readonly listing: Listing;
  readonly directory: CacheDirectory;
  readonly refusals: Refusals;
  readonly keep: boolean;
  readonly signal: AbortSignal;
  readonly permit: Permit;
}

/** Brings one object here and records its rows; a replaced object is listed again. */
export async function fetchTask(task: Task<OpenDemand>, options: FetchOptions): Promise<void> {
  let { object } = task;
  for (let replaced = 0;; replaced++) {
    try {
      await fetchObject(object, task.demands, options);
      return options.refusals.served();
    } catch (error) {
      const isLast = replaced === MAX_REPLACED || !isReplaced(error);
      const current = isLast ? undefined : await listAgain(object, options);
      if (current === undefined) throw options.refusals.judge(object.key, error);
      object = current;
    }
  }
}

/** How often an object is listed again that was replaced while it was fetched. */
const MAX_REPLACED = 3;

/** Download, extract, keep, record. */
async function fetchObject(
  object: DatedObject,
  demands: readonly OpenDemand[],
  { connection, fetcher, batch, keep, signal, permit }: FetchOptions,
): Promise<void> {
  const { key } = object;
  const { symbols, families } = byKind(demands);
  const tickers = [...symbols, ...families].map(({ ticker }) => ticker);
  const file = await fetcher.bring(object, tickers, { signal, permit });
  const { rows, bytes, large } = file.value;
  for (const [i, body] of file.value.families.entries()) {
    await families[i]!.store.write(object, body);
    freeBuffer(body);
  }
  using _large = large;
  const isKept = file.from !== "bucket" || keep && await keepFile(object, file, fetcher.store);
  fetcher.count(file);
  freeBuffer(bytes);
  const { from } = file;
  await batch.add({
    head: new RecordHead(object),
    stores: symbols.map(({ store }) => store),
    rows,
    isKept,
    onSafe: () => connection.report({ type: "file", key, outcome: { kind: "done", from } }),
  });
  if (!isKept) await large?.remove();
}

/** Keeps a file, unless all of it would have to be in memory to be proved again; whether it did. */
async function keepFile(
  object: DatedObject,
  { value: { bytes, large }, proof }: BroughtFile,
  store: ObjectStore,
): Promise<boolean> {
  if (large === undefined) await keepDownload(object, bytes, { proof, store });
  else if (proof === "md5" && isMd5(object.etag)) await large.keep();
  else return false;
  return true;
}

/** The version of an object that the bucket has now, or none when it is gone. */
async function listAgain(
  object: DatedObject,
  { connection: { client }, listing, directory, signal }: FetchOptions,
): Promise<DatedObject | undefined> {
  const found = client && await currentVersionOf(object, { client, signal });
  await listing.replace(object.key, found, directory);
  return found;
}
