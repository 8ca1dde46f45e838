/**
 * The work for one object of a target: brings its flat files here, proved, into memory or, where they
 * are large, onto the disk; converts and writes them.
 *
 * @module
 */

import { bytesInMemory, downloadLarge } from "../bucket/large_object.ts";
import { currentVersionOf } from "../bucket/listing.ts";
import { chunksOf } from "../cache/part_file.ts";
import { IntegrityError, type ObjectChangedError, quote } from "../errors.ts";
import { inflate } from "../flatfile/inflate.ts";
import { causeOf, isReplaced } from "../load/verdict.ts";
import { type Layout, markOf } from "../lake/layout.ts";
import { type ColumnKind, WiderColumnError } from "./columns.ts";
import type { Converted, SourceBytes } from "./convert.ts";
import type { ConverterPool, Converting } from "./converter_pool.ts";
import { judgeOther } from "./mixture.ts";
import { type ExportFailure, type ExportTask, nameOf } from "./plan_export.ts";
import type { ExportTarget, PutOptions, PutOutcome, TargetObject } from "./target.ts";
import { type Download, download } from "../bucket/download.ts";
import { checkBytes } from "../bucket/integrity.ts";
import type { CacheDirectory } from "../cache/directory.ts";
import type { ObjectStore } from "../cache/objects.ts";
import type { Semaphore } from "../concurrency/semaphore.ts";
import { type DatedObject, isLarge } from "../dated_object.ts";
import type { S3Client } from "../s3/client.ts";

/** What the work needs. */
export interface TaskTools extends FileTools {
  readonly pool: ConverterPool;
  readonly target: ExportTarget;
  readonly layout: Layout;
  readonly programVersion: string;
  /** The object that is there and is to be replaced. */
  readonly replaces: TargetObject | undefined;
  /** Is called as the work goes on, so that it is no standstill. */
  readonly keepAlive: () => void;
  /** Runs what is no download, for which others may download meanwhile. */
  readonly aside: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What came of it. */
export interface TaskDone extends Brought {
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
  const act = tools.layout.format === "csv.gz" ? copy : convertAndPut;
  return await withFiles(
    task.sources,
    tools,
    (files) => tools.aside(() => act(task, files, tools)),
  );
}

/** How often a file may be replaced while it is fetched before it is given up. */
const MOST_VERSIONS = 4;

/**
 * Makes one object of its flat files as they are now: one that is replaced meanwhile is listed again.
 *
 * @throws as {@linkcode exportTask} does.
 */
export async function exportCurrent(task: ExportTask, tools: TaskTools): Promise<TaskDone> {
  let current = task;
  for (let version = 1;; version++) {
    try {
      return await exportTask(current, tools);
    } catch (error) {
      const listed = version < MOST_VERSIONS && await listedAgain(current, error, tools);
      if (!listed) throw error;
      current = listed;
    }
  }
}

/**
 * The task with the flat file as it is now that an error says is replaced; `undefined` when it says
 * something else, or the file is gone.
 */
async function listedAgain(
  task: ExportTask,
  error: unknown,
  { client, layout, signal }: TaskTools,
): Promise<ExportTask | undefined> {
  const { key, isWrite } = error as Partial<ObjectChangedError>;
  const isOfSource = isReplaced(error) && !isWrite;
  const old = isOfSource ? task.sources.find((source) => source.key === key) : undefined;
  const now = old && client && await currentVersionOf(old, { client, signal });
  if (now === undefined) return undefined;
  const sources = task.sources.map((source) => source === old ? now : source);
  return { ...task, sources, mark: markOf(sources, layout) };
}

/** Rows, pages and what is written, of a thread that converts. */
const ROWS_BYTES = 1 << 23;

/**
 * Why a task failed: which other object it is than the one that {@linkcode nameOf} names, and of a
 * flat file that cannot be read what of it that is.
 */
function whyFailed(error: unknown, name: string): string {
  const { key } = error as { readonly key?: unknown };
  const of = typeof key === "string" && !key.endsWith(name) ? `${key}: ` : "";
  if (!(error instanceof IntegrityError) || error.check !== "format") return of + causeOf(error);
  const start = `Cannot read ${quote(error.key)}: `;
  return `${of}${causeOf(error)}: ${error.message.replace(start, "")}`;
}

/** What is said of a task that failed. */
export function failureOf({ path, sources }: ExportTask, error: unknown): ExportFailure {
  const key = sources[0]!.key;
  return { path, key, cause: whyFailed(error, nameOf({ path, key })) };
}

/** Bytes that a task has in memory at once. */
export function memoryOf(task: ExportTask): number {
  return bytesInMemory(sizeOf(task.sources)) + ROWS_BYTES;
}

/** What came of files that are here. */
type Made = Omit<TaskDone, keyof Brought>;

/** The gzip as it came, once it is proved to be whole. */
async function copy(
  task: ExportTask,
  [file]: readonly SourceBytes[],
  tools: TaskTools,
): Promise<Made> {
  const { key, size, gzip } = file!;
  const chunks = async function* () {
    if (gzip instanceof Uint8Array) yield gzip as Uint8Array<ArrayBuffer>;
    else yield* chunksOf(gzip.path, size) as AsyncIterable<Uint8Array<ArrayBuffer>>;
  };
  await inflate(key, gzip instanceof Uint8Array ? gzip : { length: size, chunks }, () => {});
  const outcome = await tools.target.put(task.path, chunks(), putOptions(task, tools));
  return { outcome, rows: 0, notices: [] };
}

function putOptions(task: ExportTask, tools: TaskTools): PutOptions {
  const { replaces, signal } = tools;
  const judge = (there: TargetObject) => judgeOther(there, task, tools);
  return { mark: task.mark, replaces, judge, signal };
}

async function convertAndPut(
  task: ExportTask,
  files: readonly SourceBytes[],
  tools: TaskTools,
): Promise<Made> {
  return await tools.pool.use((one) => convertWith(one, task, files, tools), tools.signal);
}

/** Makes the object, and once more for each column that is wider than its name says. */
async function convertWith(
  one: Converting,
  task: ExportTask,
  files: readonly SourceBytes[],
  tools: TaskTools,
): Promise<Made> {
  const { path, mark, sources: [first] } = task;
  const { target, layout: { by, tickers }, programVersion, keepAlive } = tools;
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
      const outcome = await target.put(path, chunks(), putOptions(task, tools));
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

/** Where the files come from. */
interface FileTools {
  readonly store: ObjectStore;
  /** Where large files are while they are worked on. */
  readonly directory: CacheDirectory;
  /** Without one only kept files can be had. */
  readonly client: S3Client | undefined;
  /** Bounds the requests that are made at once. */
  readonly semaphore: Semaphore;
  readonly signal: AbortSignal;
}

/** Where flat files came from. */
interface Brought {
  /** Files that were kept in the cache. */
  readonly fromCache: number;
  /** Bytes of the others. */
  readonly bytesDownloaded: number;
}

/** Bytes of some files together. */
export function sizeOf(files: readonly Pick<DatedObject, "size">[]): { readonly size: number } {
  return { size: files.reduce((sum, { size }) => sum + Math.max(0, size), 0) };
}

/**
 * Brings files here, one after the other: a task has one of the places that bound what is
 * downloaded at once.
 *
 * @returns what `use` does, and where the files came from.
 * @throws {IntegrityError} when a file is damaged.
 * @throws what `use`, the bucket and the disk throw.
 */
async function withFiles<T extends object>(
  sources: readonly DatedObject[],
  tools: FileTools,
  use: (files: readonly SourceBytes[]) => Promise<T>,
): Promise<T & Brought> {
  const bring = isLarge(sizeOf(sources)) ? onDisk : inMemory;
  const brought = { fromCache: 0, bytesDownloaded: 0 };
  const bringFrom = async (at: number, files: readonly SourceBytes[]): Promise<T> => {
    const source = sources[at];
    if (source === undefined) return await use(files);
    const { value, from } = await bring(
      source,
      tools,
      (gzip) => bringFrom(at + 1, [...files, { ...source, gzip }]),
    );
    if (from === "store") brought.fromCache++;
    else brought.bytesDownloaded += source.size;
    return value;
  };
  return { ...await bringFrom(0, []), ...brought };
}

/** Brings one flat file here, proved, for as long as it is used. */
type Bring = <T>(
  source: DatedObject,
  tools: FileTools,
  use: (gzip: SourceBytes["gzip"]) => Promise<T>,
) => Promise<Pick<Download<T>, "value" | "from">>;

const inMemory: Bring = async (source, { store, client, signal }, use) => {
  const { key, size } = source;
  const { value, from } = await download(source, {
    store,
    client,
    signal,
    accept: (bytes, md5) => {
      checkBytes(bytes, { key, size, md5 });
      return Promise.resolve(bytes);
    },
  });
  return { value: await use(value), from };
};

const onDisk: Bring = async (source, tools, use) =>
  await downloadLarge(source, tools, async (large) => {
    const done = await use({ path: large.path });
    await large.remove();
    return done;
  });
