/**
 * The work for one object of a target: brings its flat files here, proves them, converts and writes.
 *
 * @module
 */

import { download } from "../bucket/download.ts";
import type { ObjectStore } from "../cache/objects.ts";
import { checkBytes } from "../bucket/integrity.ts";
import { inflate } from "../flatfile/inflate.ts";
import type { S3Client } from "../s3/client.ts";
import type { ColumnKind } from "./columns.ts";
import { type Converted, type Source, type SourceBytes, WiderColumnError } from "./convert.ts";
import type { ConverterPool } from "./converter_pool.ts";
import type { ExportTask, Layout } from "./plan_export.ts";
import type { ExportTarget, PutOutcome, TargetObject } from "./target.ts";

/** What the work needs. */
export interface TaskTools {
  readonly store: ObjectStore;
  /** Without one only kept files can be had. */
  readonly client: S3Client | undefined;
  readonly pool: ConverterPool;
  readonly target: ExportTarget;
  readonly layout: Layout;
  readonly programVersion: string;
  readonly signal: AbortSignal;
  /** The object that is there and is to be replaced. */
  readonly replaces: TargetObject | undefined;
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
  const bytes = await Promise.all(task.sources.map((source) => bring(source, tools)));
  return await aside(() =>
    format === "csv.gz" ? copy(task, bytes[0]!, tools) : convertAndPut(task, bytes, tools)
  );
}

async function bring(source: Source, { store, client, signal }: TaskTools) {
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
  return { ...source, bytes: value };
}

/** The gzip as it came, once it is proved to be whole. */
async function copy(
  { path, mark }: ExportTask,
  { key, bytes }: SourceBytes,
  { target, signal, replaces }: TaskTools,
): Promise<TaskDone> {
  await inflate(key, bytes, () => {});
  const chunks = async function* () {
    yield bytes as Uint8Array<ArrayBuffer>;
  };
  const outcome = await target.put(path, chunks(), { mark, replaces, signal });
  return { outcome, rows: 0, notices: [] };
}

async function convertAndPut(
  { path, mark, sources: [first] }: ExportTask,
  files: readonly SourceBytes[],
  { pool, target, layout, programVersion, signal, replaces }: TaskTools,
): Promise<TaskDone> {
  const { by, tickers } = layout;
  const notices: string[] = [];
  let wider: Readonly<Record<string, ColumnKind>> = {};
  for (;;) {
    const options = { mark, programVersion, tickers, hasDate: by === "month", wider };
    let converted: Converted | undefined;
    try {
      // The bytes go over to a thread, and may be needed once more.
      const sources = files.map((file) => ({ ...file, bytes: file.bytes.slice() }));
      const outcome = await pool.convert({ sources, options }, {
        signal,
        use: async (chunks) => {
          const seen = async function* () {
            converted = yield* chunks;
          };
          return await target.put(path, seen(), { mark, replaces, signal });
        },
      });
      const { rows = 0, isSorted = true } = converted ?? {};
      if (!isSorted) {
        notices.push(`${first!.key} is not sorted by ticker and time; its rows stay so`);
      }
      return { outcome, rows: outcome === "written" ? rows : 0, notices };
    } catch (error) {
      if (!(error instanceof WiderColumnError)) throw error;
      wider = { ...wider, [error.column]: error.kind };
      notices.push(error.message);
    }
  }
}
