/**
 * The thread's side of extraction: takes bytes, gives rows and the bytes back.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { LakeObjectError } from "../lake/lake_object_error.ts";
import { TickerSet } from "./ticker_set.ts";
import {
  extractInPlace,
  type ThreadAnswer,
  type ThreadFailure,
  type ThreadJob,
} from "./extractor.ts";

/** What a thread uses of its global scope, which is typed as the main thread's. */
interface ThreadScope {
  onmessage: (event: MessageEvent<ThreadJob>) => void;
  postMessage(message: ThreadAnswer | "ready", transfer?: Transferable[]): void;
}

const thread = globalThis as unknown as ThreadScope;
const known = { wanted: new TickerSet([]) };

thread.onmessage = async ({ data }) => {
  const { id, tickers } = data;
  if (tickers !== undefined) known.wanted = new TickerSet(tickers);
  try {
    if ("lakePath" in data) {
      const { extractFromLake } = await import("./lake_rows.ts");
      const fromLake = extractFromLake(data.lakePath, data.files, known.wanted);
      const buffers = fromLake.flatMap((one) => one?.families ?? []).map(({ buffer }) => buffer);
      return thread.postMessage({ id, fromLake }, buffers);
    }
    const { rows, families, bytes } = await extractInPlace(data.object, data.source, known.wanted);
    const buffers = [bytes, ...families].map(({ buffer }) => buffer);
    const answer = { id, rows: rows.join("\n"), families: [...families], bytes };
    thread.postMessage(answer, buffers);
  } catch (error) {
    thread.postMessage({ id, failure: failureOf(error as Error) });
  }
};

thread.postMessage("ready");

function failureOf(error: Error): ThreadFailure {
  const { message } = error;
  if (error instanceof LakeObjectError) return { message, isOfLake: true };
  if (!(error instanceof IntegrityError)) return { message: String(message) };
  const { check, md5 } = error;
  return { message, check, md5 };
}
