/**
 * One thread that extracts, and what passes between it and whoever started it.
 *
 * @module
 */

import type { Expected } from "../bucket/integrity.ts";
import { startThread } from "../concurrency/thread.ts";
import type { DatedObject } from "../dated_object.ts";
import { type IntegrityCheck, IntegrityError } from "../errors.ts";
import { LakeObjectError } from "../lake/lake_object_error.ts";
import type { LakeExtraction } from "./lake_rows.ts";
import { THREAD_URL } from "./thread_module.ts";

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
export type FileAnswer = Extract<ThreadAnswer, { rows: string }>;
/** Of what came out of an object of a lake. */
export type LakeAnswer = Extract<ThreadAnswer, { fromLake: unknown }>;

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
