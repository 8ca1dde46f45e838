/**
 * Extracts on a few threads, so that the one that fetches never inflates or parses; what passes
 * between them are a job and its answer.
 *
 * Where no thread can be started (see {@linkcode threadHindrance}) it extracts in place, with the
 * same result.
 *
 * @module
 */

import type { DatedObject } from "../dated_object.ts";
import type { LakeExtraction } from "./lake_rows.ts";
import { chunksOf } from "../cache/part_file.ts";
import { extract } from "./extract.ts";
import type { Compressed } from "./inflate.ts";
import { type Expected, readChecked } from "../bucket/integrity.ts";
import { TickerSet } from "./ticker_set.ts";
import { startThread } from "../concurrency/thread.ts";
import { type IntegrityCheck, IntegrityError } from "../errors.ts";
import { LakeObjectError } from "../lake/lake_object_error.ts";
import { THREAD_URL } from "./thread_module.ts";

/** What was taken out of an object, as {@linkcode extract} does. */
export interface Extraction {
  /** What is recorded of each ticker, in the order in which the tickers were given. */
  readonly rows: readonly string[];
  /** What is kept of each family, in their order. */
  readonly families: readonly Uint8Array<ArrayBuffer>[];
  /** The object's bytes, given back; none of those in a file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** More threads than this are of no use: the rest of the program cannot feed them. */
export const MOST_THREADS = 8;

/** Extracts in place until it is given threads, which end when it is disposed of. */
export class Extractor implements Disposable {
  #threads: ExtractThread[] = [];
  /** As long as threads are starting. */
  #starting: Promise<void> | undefined;

  /** How many threads there are. */
  get threads(): number {
    return this.#threads.length;
  }

  /**
   * Starts as many threads as there are cores, at most eight. What is to be extracted meanwhile
   * waits for them; the promise has to be waited for before this is disposed of.
   */
  startThreads(cores: number = navigator.hardwareConcurrency): Promise<void> {
    const start = async () => {
      const started = Array.from(
        { length: Math.min(cores, MOST_THREADS) },
        () => ExtractThread.start(),
      );
      for (const thread of await Promise.all(started)) if (thread) this.#threads.push(thread);
      this.#starting = undefined;
    };
    return this.#starting = start();
  }

  /**
   * Proves an object's bytes and takes the rows of the tickers, each given once, out of them;
   * some of them may be names of families.
   * Bytes must not be used any more; the extraction gives them back.
   *
   * @throws {IntegrityError} as `readChecked()` and {@linkcode extract} do.
   */
  async extract(object: Expected, source: Source, tickers: readonly string[]): Promise<Extraction> {
    if (this.#starting !== undefined) await this.#starting;
    const thread = this.#idlest();
    if (thread === undefined) return await extractInPlace(object, source, new TickerSet(tickers));
    const { rows, families, bytes } = await thread.ask<FileAnswer>(object.key, tickers, {
      work: { object, source },
      transfer: source instanceof Uint8Array ? [source.buffer] : [],
    });
    return { rows: rows.split("\n"), families, bytes };
  }

  /**
   * Takes the rows of the tickers for each of some flat files out of an object of a lake.
   *
   * @throws {LakeObjectError} as `extractFromLake()` does.
   */
  async extractFromLake(
    lakePath: string,
    files: readonly DatedObject[],
    tickers: readonly string[],
  ): Promise<readonly LakeExtraction[]> {
    if (this.#starting !== undefined) await this.#starting;
    const thread = this.#idlest();
    if (thread === undefined) {
      const { extractFromLake } = await import("./lake_rows.ts");
      return extractFromLake(lakePath, files, new TickerSet(tickers));
    }
    const work = { lakePath, files };
    const { fromLake } = await thread.ask<LakeAnswer>(lakePath, tickers, { work, transfer: [] });
    return fromLake;
  }

  /** The thread that has the least to do. */
  #idlest(): ExtractThread | undefined {
    const [first, ...others] = this.#threads;
    return first && others.reduce((best, one) => one.load < best.load ? one : best, first);
  }

  [Symbol.dispose](): void {
    for (const thread of this.#threads) thread.end();
    this.#threads = [];
  }
}

/** Proves the bytes and takes the rows out of them on this thread. */
export async function extractInPlace(
  object: Expected,
  source: Source,
  wanted: TickerSet,
): Promise<Extraction> {
  const { key, size } = object;
  if (!(source instanceof Uint8Array)) {
    const found = await extract(key, inFile({ ...source, size }), wanted);
    return { ...found, bytes: new Uint8Array() };
  }
  const found = await readChecked(source, object, () => extract(key, source, wanted));
  return { ...found, bytes: source };
}

/** The first bytes of a file, so many as `size` says, to be inflated. */
export function inFile(
  { path, size }: { readonly path: string; readonly size: number },
): Compressed {
  return { length: size, chunks: () => chunksOf(path, size) };
}

/** Where an object's bytes are: in memory, or in a file that begins with them, proved. */
export type Source = Uint8Array<ArrayBuffer> | { readonly path: string };

/** What a thread is asked. Bytes go over to it. */
export type ThreadJob =
  & {
    readonly id: number;
    /** Each once; without them those of the job before. */
    readonly tickers: readonly string[] | undefined;
  }
  & (FileWork | LakeWork);

/** The rows out of an object. */
interface FileWork {
  readonly object: Expected;
  readonly source: Source;
}

/** The rows of some flat files out of an object of a lake. */
interface LakeWork {
  readonly lakePath: string;
  readonly files: readonly DatedObject[];
}

/** What a thread says once it is ready: what came of a job. */
export type ThreadAnswer =
  | {
    readonly id: number;
    /** The rows of each ticker, a line each: one text passes between threads faster than many. */
    readonly rows: string;
    /** Of each family. They go over to whoever asked, as the bytes do. */
    readonly families: Uint8Array<ArrayBuffer>[];
    readonly bytes: Uint8Array<ArrayBuffer>;
  }
  | {
    readonly id: number;
    readonly fromLake: readonly LakeExtraction[];
  }
  | {
    readonly id: number;
    readonly failure: ThreadFailure;
  };

/** Why a job failed; what is an `IntegrityError` has a check. */
export interface ThreadFailure {
  readonly message: string;
  readonly check?: IntegrityCheck | undefined;
  readonly md5?: string | undefined;
  readonly isOfLake?: boolean;
}

/** Of what came out of an object. */
type FileAnswer = Extract<ThreadAnswer, { rows: string }>;
/** Of what came out of an object of a lake. */
type LakeAnswer = Extract<ThreadAnswer, { fromLake: unknown }>;

/** A promise's two ends. */
type Waiting = Pick<PromiseWithResolvers<ThreadAnswer>, "resolve" | "reject"> & { name: string };

/** One worker and the jobs that it has not answered yet. */
export class ExtractThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** The tickers that the thread knows. */
  #told = "";
  #lastId = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#settle(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`A thread has failed: ${event.message}`));
    };
  }

  /** `undefined` when none can be started. */
  static async start(): Promise<ExtractThread | undefined> {
    const worker = await startThread(THREAD_URL, "flatfetch-extract");
    return worker && new ExtractThread(worker);
  }

  /** How many jobs it has. */
  get load(): number {
    return this.#waiting.size;
  }

  /** @param name names what it is about in an error. */
  async ask<Answer extends ThreadAnswer>(
    name: string,
    tickers: readonly string[],
    { work, transfer }: { readonly work: FileWork | LakeWork; readonly transfer: Transferable[] },
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<ThreadAnswer>();
    const id = ++this.#lastId;
    this.#waiting.set(id, { name, resolve, reject });
    const job: ThreadJob = { id, tickers: this.#newTickers(tickers), ...work };
    this.#worker.postMessage(job, transfer);
    return await promise as Answer;
  }

  end(): void {
    this.#worker.terminate();
    this.#fail(new Error("The threads have ended"));
  }

  /** The tickers, unless the thread knows them already: hundreds are the same for every file. */
  #newTickers(tickers: readonly string[]): readonly string[] | undefined {
    const names = tickers.join("\n");
    if (names === this.#told) return undefined;
    this.#told = names;
    return tickers;
  }

  #settle(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("failure" in answer) return waiting?.reject(errorOf(waiting.name, answer.failure));
    waiting?.resolve(answer);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function errorOf(key: string, { message, check, md5, isOfLake }: ThreadFailure): Error {
  if (isOfLake) return new LakeObjectError(message);
  return check === undefined
    ? new Error(message)
    : new IntegrityError(message, { key, check, md5 });
}
