/**
 * The thread's side of extraction: takes bytes, gives rows and the bytes back.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import { IntegrityError } from "../errors.ts";
import { TickerSet } from "./ticker_set.ts";
import { extractInPlace, type ThreadAnswer, type ThreadJob } from "./extractor.ts";

const known = { wanted: new TickerSet([]) };

self.onmessage = async ({ data }: MessageEvent<ThreadJob>) => {
  const { id, object, bytes, tickers } = data;
  if (tickers !== undefined) known.wanted = new TickerSet(tickers);
  try {
    const { rows, families } = await extractInPlace(object, bytes, known.wanted);
    const buffers = [bytes, ...families].map(({ buffer }) => buffer);
    answer({ id, rows: rows.join("\n"), families: [...families], bytes }, buffers);
  } catch (error) {
    const { check, md5 } = error instanceof IntegrityError
      ? error
      : { check: undefined, md5: undefined };
    answer({ id, failure: { message: String((error as Error).message), check, md5 } });
  }
};

answer("ready");

function answer(message: ThreadAnswer, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
