/**
 * The work for one object of a target: brings its flat files here, proves them, converts and writes.
 *
 * @module
 */

import { checkSize, download } from "../bucket/download.ts";
import { fetchLargeObject } from "../bucket/large_object.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import type { ObjectStore } from "../cache/objects.ts";
import { chunksOf } from "../cache/part_file.ts";
import { checkBytes } from "../bucket/integrity.ts";
import { type DatedObject, isLarge } from "../dated_object.ts";
import { IntegrityError, OfflineError, quote } from "../errors.ts";
import { inflate } from "../flatfile/inflate.ts";
import type { S3Client } from "../s3/client.ts";
import type { ColumnKind } from "./columns.ts";
import { type Converted, type SourceBytes, SOURCES_KEY, WiderColumnError } from "./convert.ts";
import type { ConverterPool, Converting } from "./converter_pool.ts";
import { metadataIn } from "./parquet_tail.ts";
import type { ExportTask, Layout } from "./plan_export.ts";
import type { ExportTarget, PutOutcome, TargetObject } from "./target.ts";

/** What the work needs. */
export interface TaskTools {
  readonly store: ObjectStore;
  /** Where large files are while they are worked on. */
  readonly directory: CacheDirectory;
  /** Without one only kept files can be had. */
  readonly client: S3Client | undefined;
  readonly pool: ConverterPool;
  readonly target: ExportTarget;
  readonly layout: Layout;
  readonly programVersion: string;
  readonly signal: AbortSignal;
  /** The object that is there and is to be replaced. */
  readonly replaces: TargetObject | undefined;
  /** Is called as the work goes on, so that it is no standstill. */
  readonly keepAlive: () => void;
  /** Runs what is no download, for which others may download meanwhile. */
  readonly aside: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What came of it. */
export interface TaskDone {
  readonly outcome: PutOutcome;
  /** Rows in the object; 0 of a file that was only copied. */
  readonly rows: number;
  /** What a user should know, in sentences. */
  readonly notices: readonly string[];
}

/**
 * Makes one object.
 *
 * An abort rejects with the signal's reason; nothing is there then.
 *
 * @throws {IntegrityError} when a flat file is damaged or cannot be read.
 * @throws what the bucket, the target and the disk throw.
 */
export async function exportTask(task: ExportTask, tools: TaskTools): Promise<TaskDone> {
  const { layout: { format }, aside } = tools;
  const act = format === "csv.gz" ? copy : convertAndPut;
  const [first] = task.sources;
  if (task.sources.length === 1 && isLarge(first!)) return await exportLarge(task, tools, act);
  await refuseLoss(task, tools);
  const files: SourceBytes[] = [];
  // One after the other: the task has one of the places that bound what is downloaded at once.
  for (const source of task.sources) files.push(await bring(source, tools));
  return await aside(() => act(task, files, tools));
}

/** As much of an object's end as has its metadata. */
const TAIL_BYTES = 1 << 18;

/**
 * A month is made anew from what the bucket lists. Rows of a day that it lists no more would go.
 *
 * @throws {IntegrityError} with check `"loss"` then.
 */
async function refuseLoss(
  { path, sources }: ExportTask,
  { layout, target, replaces, signal }: TaskTools,
): Promise<void> {
  if (layout.by !== "month" || replaces === undefined) return;
  const tail = await target.read(path, { last: TAIL_BYTES }, signal);
  const found = tail && metadataIn(tail, SOURCES_KEY);
  if (found === undefined) return;
  const listed = new Set(sources.map(({ key }) => key));
  const lost = (JSON.parse(found) as { key: string }[]).find(({ key }) => !listed.has(key));
  if (lost === undefined) return;
  const message = `it has rows of ${
    quote(lost.key)
  }, which the bucket lists no more; left as it is`;
  throw new IntegrityError(message, { key: path, check: "loss" });
}

async function bring(
  source: DatedObject,
  { store, client, signal }: TaskTools,
): Promise<SourceBytes> {
  const { key, size } = source;
  const { value } = await download(source, {
    store,
    client,
    signal,
    accept: (bytes, md5) => {
      checkBytes(bytes, { key, size, md5 });
      return Promise.resolve(bytes);
    },
  });
  return { ...source, gzip: value };
}

/** A large file is on the disk as long as its object is made, and what came of it stays for the next run. */
async function exportLarge(
  task: ExportTask,
  tools: TaskTools,
  act: typeof convertAndPut,
): Promise<TaskDone> {
  const { client, directory, signal, aside } = tools;
  const source = task.sources[0]!;
  checkSize(source);
  if (client === undefined) {
    throw new OfflineError(`Cannot read ${quote(source.key)} offline: it is not kept here`);
  }
  using large = await fetchLargeObject(source, { client, directory, signal });
  const done = await aside(() => act(task, [{ ...source, gzip: { path: large.path } }], tools))
    .catch(async (error) => {
      if (error instanceof IntegrityError) await large.remove();
      throw error;
    });
  await large.remove();
  return done;
}

/** The gzip as it came, once it is proved to be whole. */
async function copy(
  { path, mark }: ExportTask,
  [file]: readonly SourceBytes[],
  { target, signal, replaces }: TaskTools,
): Promise<TaskDone> {
  const { key, size, gzip } = file!;
  const chunks = async function* () {
    if (gzip instanceof Uint8Array) yield gzip as Uint8Array<ArrayBuffer>;
    else yield* chunksOf(gzip.path, size) as AsyncIterable<Uint8Array<ArrayBuffer>>;
  };
  await inflate(key, gzip instanceof Uint8Array ? gzip : { length: size, chunks }, () => {});
  const outcome = await target.put(path, chunks(), { mark, replaces, signal });
  return { outcome, rows: 0, notices: [] };
}

async function convertAndPut(
  task: ExportTask,
  files: readonly SourceBytes[],
  tools: TaskTools,
): Promise<TaskDone> {
  return await tools.pool.use((one) => convertWith(one, task, files, tools), tools.signal);
}

/** Makes the object, and once more for each column that is wider than its name says. */
async function convertWith(
  one: Converting,
  { path, mark, sources: [first] }: ExportTask,
  files: readonly SourceBytes[],
  { target, layout, programVersion, signal, replaces, keepAlive }: TaskTools,
): Promise<TaskDone> {
  const { by, tickers } = layout;
  const notices: string[] = [];
  let wider: Readonly<Record<string, ColumnKind>> = {};
  let sources: readonly SourceBytes[] | undefined = files;
  for (;;) {
    const job = {
      sources,
      options: { mark, programVersion, tickers, hasDate: by === "month", wider },
    };
    let converted: Converted | undefined;
    const chunks = async function* () {
      const all = one.convert(job);
      let next = await all.next();
      for (; !next.done; next = await all.next()) {
        keepAlive();
        yield next.value;
      }
      converted = next.value;
    };
    try {
      const outcome = await target.put(path, chunks(), { mark, replaces, signal });
      const { rows = 0, isSorted = true } = converted ?? {};
      if (!isSorted) {
        notices.push(`${first!.key} is not sorted by ticker and time; its rows stay so`);
      }
      return { outcome, rows: outcome === "written" ? rows : 0, notices };
    } catch (error) {
      if (!(error instanceof WiderColumnError)) throw error;
      wider = { ...wider, [error.column]: error.kind };
      notices.push(error.message);
      sources = undefined;
    }
  }
}
