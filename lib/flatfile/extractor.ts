/**
 * Extracts on a few threads, so that the one that fetches never inflates or parses.
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
import { ExtractThread, type FileAnswer, type LakeAnswer, type Source } from "./extract_thread.ts";
import { TickerSet } from "./ticker_set.ts";

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
