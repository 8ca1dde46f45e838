/**
 * The thread's side of extraction: takes bytes, gives rows and the bytes back.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import { IntegrityError } from "./errors.ts";
import { extractInPlace, type ThreadAnswer, type ThreadJob } from "./extractor.ts";

self.onmessage = async ({ data }: MessageEvent<ThreadJob>) => {
  const { id, object, bytes, tickers } = data;
  try {
    answer({ id, ...await extractInPlace(object, bytes, tickers) }, [bytes.buffer]);
  } catch (error) {
    const check = error instanceof IntegrityError ? error.check : undefined;
    answer({ id, failure: { message: String((error as Error).message), check } });
  }
};

answer("ready");

function answer(message: ThreadAnswer, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
