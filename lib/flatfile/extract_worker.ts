/**
 * The thread's side of extraction: takes bytes, gives rows and the bytes back.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { TickerSet } from "./ticker_set.ts";
import { extractInPlace, type ThreadAnswer, type ThreadJob } from "./extractor.ts";

/** What a thread uses of its global scope, which is typed as the main thread's. */
interface ThreadScope {
  onmessage: (event: MessageEvent<ThreadJob>) => void;
  postMessage(message: ThreadAnswer, transfer: Transferable[]): void;
}

const thread = globalThis as unknown as ThreadScope;
const known = { wanted: new TickerSet([]) };

thread.onmessage = async ({ data }) => {
  const { id, object, source, tickers } = data;
  if (tickers !== undefined) known.wanted = new TickerSet(tickers);
  try {
    const { rows, families, bytes } = await extractInPlace(object, source, known.wanted);
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
  thread.postMessage(message, transfer);
}
