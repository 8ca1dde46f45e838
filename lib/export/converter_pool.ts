/**
 * Converts on a thread for each core, so that the one that fetches and writes never inflates or parses.
 *
 * A thread works on one object at a time, which nobody shares with it. Where no thread can be
 * started, conversion is done in place, with the same result.
 *
 * @module
 */

import { Semaphore } from "../concurrency/semaphore.ts";
import { type IntegrityCheck, IntegrityError } from "../errors.ts";
import type { ColumnKind } from "./columns.ts";
import {
  convert,
  type Converted,
  type ConvertOptions,
  type SourceBytes,
  WiderColumnError,
} from "./convert.ts";

/** What a thread is asked. The bytes go over to it. */
export interface ConvertJob {
  readonly sources: readonly SourceBytes[];
  readonly options: ConvertOptions;
}

/** What a thread says. */
export type ConvertAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "chunk"; readonly chunk: Uint8Array<ArrayBuffer> }
  | { readonly kind: "done"; readonly converted: Converted }
  | { readonly kind: "failure"; readonly failure: ConvertFailure };

/** Why a thread failed. */
export type ConvertFailure =
  | {
    readonly type: "wider";
    readonly message: string;
    readonly column: string;
    readonly columnKind: ColumnKind;
  }
  | {
    readonly type: "integrity";
    readonly message: string;
    readonly key: string;
    readonly check: IntegrityCheck;
  }
  | { readonly type: "other"; readonly message: string };

/** More are of no use: the rest of the program cannot feed them. */
const MOST_THREADS = 8;

/** None in a bundle, whose modules have no files of their own. */
const WORKER_URL = import.meta.url.endsWith("/converter_pool.ts")
  ? new URL("./convert_worker.ts", import.meta.url)
  : undefined;

/** Nobody calls it: so that Deno has the thread's module with all others. */
export const workerModule = () => import("./convert_worker.ts");

/** Some threads that convert. */
export class ConverterPool implements Disposable {
  readonly #idle: Thread[] = [];
  readonly #all: Thread[] = [];
  readonly #places: Semaphore;

  private constructor(threads: readonly Thread[]) {
    this.#all.push(...threads);
    this.#idle.push(...threads);
    this.#places = new Semaphore(Math.max(1, threads.length));
  }

  /** Starts as many threads as there are cores, at most eight. */
  static async start(cores: number = navigator.hardwareConcurrency): Promise<ConverterPool> {
    const count = Math.min(cores, MOST_THREADS);
    const started = await Promise.all(Array.from({ length: count }, () => Thread.start()));
    return new ConverterPool(started.filter((thread) => thread !== undefined));
  }

  /** How many objects are converted at once. */
  get size(): number {
    return Math.max(1, this.#all.length);
  }

  /**
   * Gives the chunks of a Parquet file to `use`, when a thread is free; the bytes of the sources must not
   * be used any more.
   *
   * @throws as {@linkcode convert} does, and what `use` throws.
   */
  async convert<T>(
    job: ConvertJob,
    { use, signal }: {
      readonly use: (chunks: AsyncGenerator<Uint8Array<ArrayBuffer>, Converted>) => Promise<T>;
      readonly signal: AbortSignal;
    },
  ): Promise<T> {
    return await this.#places.run(async () => {
      const thread = this.#idle.pop();
      if (thread === undefined) return await use(convert(job.sources, job.options));
      try {
        return await use(thread.convert(job));
      } finally {
        // A thread that was left early still gives chunks; nobody hears them.
        await thread.finish();
        this.#idle.push(thread);
      }
    }, { signal });
  }

  [Symbol.dispose](): void {
    for (const thread of this.#all) thread.end();
  }
}

/** One worker with at most one job. */
class Thread {
  readonly #worker: Worker;
  #answers: ConvertAnswer[] = [];
  #wake: () => void = () => {};
  #isBusy = false;
  #failure: Error | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      this.#answers.push(data);
      this.#wake();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Error(`A thread has failed: ${event.message}`);
      this.#wake();
    };
  }

  /** A thread that has said that it is ready; `undefined` when none can be started. */
  static start(): Promise<Thread | undefined> {
    if (WORKER_URL === undefined || !mayRead(WORKER_URL)) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<Thread | undefined>();
    const worker = new Worker(WORKER_URL, { type: "module", name: "flatfetch-convert" });
    worker.onmessage = () => resolve(new Thread(worker));
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      resolve(undefined);
    };
    return promise;
  }

  async *convert(job: ConvertJob): AsyncGenerator<Uint8Array<ArrayBuffer>, Converted> {
    this.#isBusy = true;
    const buffers = new Set(
      job.sources.flatMap(({ gzip }) =>
        gzip instanceof Uint8Array ? gzip.buffer as ArrayBuffer : []
      ),
    );
    this.#worker.postMessage(job, [...buffers]);
    for (;;) {
      const answer = await this.#next();
      if (answer.kind === "chunk") yield answer.chunk;
      if (answer.kind === "done") return answer.converted;
      if (answer.kind === "failure") throw errorOf(answer.failure);
    }
  }

  /** Waits until the job has ended, if there is one. */
  async finish(): Promise<void> {
    while (this.#isBusy && this.#failure === undefined) await this.#next().catch(() => {});
  }

  end(): void {
    this.#worker.terminate();
    this.#failure ??= new Error("The threads have ended");
    this.#wake();
  }

  async #next(): Promise<ConvertAnswer> {
    while (this.#answers.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const answer = this.#answers.shift()!;
    if (answer.kind !== "chunk") this.#isBusy = false;
    return answer;
  }
}

function mayRead(url: URL): boolean {
  return url.protocol !== "file:" ||
    Deno.permissions.querySync({ name: "read", path: url }).state === "granted";
}

function errorOf(failure: ConvertFailure): Error {
  switch (failure.type) {
    case "wider": {
      const { message, column, columnKind } = failure;
      return new WiderColumnError(message, { column, kind: columnKind });
    }
    case "integrity": {
      const { message, key, check } = failure;
      return new IntegrityError(message, { key, check });
    }
    case "other":
      return new Error(failure.message);
  }
}
