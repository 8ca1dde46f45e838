/**
 * Converts on a thread for each core, so that the one that fetches and writes never inflates or parses.
 *
 * A thread works on one object at a time, which nobody shares with it. Where no thread can be
 * started, conversion is done in place, with the same result.
 *
 * @module
 */

import { Semaphore } from "../concurrency/semaphore.ts";
import { startThread } from "../concurrency/thread.ts";
import { IntegrityError } from "../errors.ts";
import { WiderColumnError } from "./columns.ts";
import { CONVERTER_URL } from "./converter_module.ts";
import { convert, type Converted, type SourceBytes } from "./convert.ts";
import type { ConvertOptions } from "./converter.ts";

/** What is to be converted. */
export interface ConvertJob {
  /** The bytes go over to whoever converts; without any those of the job before are taken. */
  readonly sources: readonly SourceBytes[] | undefined;
  readonly options: ConvertOptions;
}

/** What a thread is asked: to begin a job, or for what comes next. */
export type ConvertRequest = ConvertJob | "next";

/** Converts one job after the other for one object. */
export interface Converting {
  /** @throws as {@linkcode convert} does. */
  convert(job: ConvertJob): AsyncGenerator<Uint8Array<ArrayBuffer>, Converted>;
}

/** What a thread says once it is ready, to each request. */
export type ConvertAnswer =
  | { readonly kind: "chunk"; readonly chunk: Uint8Array<ArrayBuffer> }
  | { readonly kind: "done"; readonly converted: Converted }
  | {
    readonly kind: "failure";
    readonly message: string;
    /** The facts of an error that has some. */
    readonly wider?: Pick<WiderColumnError, "column" | "kind">;
    readonly integrity?: Pick<IntegrityError, "key" | "check" | "md5">;
  };

/** More are of no use: the rest of the program cannot feed them. */
const MOST_THREADS = 8;

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

  /** Starts a thread for each object that may be worked on at once, at most one a core and eight in all. */
  static async start(atOnce: number): Promise<ConverterPool> {
    const count = Math.min(atOnce, navigator.hardwareConcurrency, MOST_THREADS);
    const started = await Promise.all(Array.from({ length: count }, () => Thread.start()));
    return new ConverterPool(started.filter((thread) => thread !== undefined));
  }

  /**
   * Gives `work` what converts, when one is free, for it alone.
   *
   * @throws what `work` throws; the signal's reason when it aborts before.
   */
  async use<T>(work: (one: Converting) => Promise<T>, signal: AbortSignal): Promise<T> {
    return await this.#places.run(async () => {
      const thread = this.#idle.pop();
      if (thread === undefined) return await work(inPlace());
      try {
        return await work(thread);
      } finally {
        this.#idle.push(thread);
      }
    }, { signal });
  }

  [Symbol.dispose](): void {
    for (const thread of this.#all) thread.end();
  }
}

/** Converts on this thread. */
function inPlace(): Converting {
  let kept: readonly SourceBytes[] = [];
  return { convert: ({ sources = kept, options }) => convert(kept = sources, options) };
}

/** One worker, which makes the next chunk when it is asked to, so that none pile up. */
class Thread implements Converting {
  readonly #worker: Worker;
  #answer = Promise.withResolvers<ConvertAnswer>();
  /** Settled when the last request is answered. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }) => this.#answer.resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(`A thread has failed: ${event.message}`);
    };
  }

  /** `undefined` when none can be started. */
  static async start(): Promise<Thread | undefined> {
    const worker = await startThread(CONVERTER_URL, "flatfetch-convert");
    return worker && new Thread(worker);
  }

  async *convert(job: ConvertJob): AsyncGenerator<Uint8Array<ArrayBuffer>, Converted> {
    const buffers = (job.sources ?? []).flatMap(({ gzip }) =>
      gzip instanceof Uint8Array ? gzip.buffer as ArrayBuffer : []
    );
    let answer = await this.#ask(job, [...new Set(buffers)]);
    for (;; answer = await this.#ask("next")) {
      if (answer.kind === "chunk") yield answer.chunk;
      if (answer.kind === "done") return answer.converted;
      if (answer.kind === "failure") throw errorOf(answer);
    }
  }

  end(): void {
    this.#worker.terminate();
    this.#fail("The threads have ended");
  }

  /** What was left early may still be answered: that is waited for, and nobody hears it. */
  async #ask(request: ConvertRequest, transfer: Transferable[] = []): Promise<ConvertAnswer> {
    await this.#last;
    this.#answer = Promise.withResolvers();
    this.#last = this.#answer.promise.catch(() => {});
    this.#worker.postMessage(request, transfer);
    return await this.#answer.promise;
  }

  #fail(message: string): void {
    this.#answer.promise.catch(() => {});
    this.#answer.reject(new Error(message));
  }
}

function errorOf(
  { message, wider, integrity }: ConvertAnswer & { readonly kind: "failure" },
): Error {
  if (wider !== undefined) return new WiderColumnError(message, wider);
  return integrity === undefined ? new Error(message) : new IntegrityError(message, integrity);
}
