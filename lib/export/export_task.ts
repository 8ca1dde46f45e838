/**
 * The work for one object of a target: has its flat files brought here, converts and writes them.
 *
 * @module
 */

import { bytesInMemory } from "../bucket/large_object.ts";
import { currentVersionOf } from "../bucket/listing.ts";
import { chunksOf } from "../cache/part_file.ts";
import { IntegrityError, type ObjectChangedError, quote } from "../errors.ts";
import { inflate } from "../flatfile/inflate.ts";
import { causeOf, isReplaced } from "../load/verdict.ts";
import { type Layout, markOf } from "../lake/layout.ts";
import { type Brought, type FileTools, sizeOf, withFiles } from "./bring_files.ts";
import { type ColumnKind, WiderColumnError } from "./columns.ts";
import type { Converted, SourceBytes } from "./convert.ts";
import type { ConverterPool, Converting } from "./converter_pool.ts";
import { judgeOther } from "./mixture.ts";
import { type ExportFailure, type ExportTask, nameOf } from "./plan_export.ts";
import type { ExportTarget, PutOptions, PutOutcome, TargetObject } from "./target.ts";

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
