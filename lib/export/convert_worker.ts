/**
 * The thread's side of conversion: takes gzips, gives the chunks of a Parquet file one by one.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { freeBuffer } from "../flatfile/inflate.ts";
import { WiderColumnError } from "./columns.ts";
import { convert, type SourceBytes } from "./convert.ts";
import type { ConvertAnswer, ConvertRequest } from "./converter_pool.ts";

/** What a thread uses of its global scope, which is typed as the main thread's. */
interface ThreadScope {
  onmessage: (event: MessageEvent<ConvertRequest>) => void;
  postMessage(message: ConvertAnswer | "ready", transfer?: Transferable[]): void;
}

const thread = globalThis as unknown as ThreadScope;
const work: { sources: readonly SourceBytes[]; chunks?: ReturnType<typeof convert> } = {
  sources: [],
};

thread.onmessage = async ({ data }) => {
  try {
    if (data !== "next") {
      work.sources = data.sources ?? work.sources;
      work.chunks = convert(work.sources, data.options);
    }
    const { done, value } = await work.chunks!.next();
    if (!done) return thread.postMessage({ kind: "chunk", chunk: value }, [value.buffer]);
    for (const { gzip } of work.sources) if (gzip instanceof Uint8Array) freeBuffer(gzip);
    work.sources = [];
    thread.postMessage({ kind: "done", converted: value });
  } catch (error) {
    const { message } = error as Error;
    thread.postMessage({ kind: "failure", message, ...factsOf(error) });
  }
};

thread.postMessage("ready");

function factsOf(error: unknown) {
  if (error instanceof WiderColumnError) {
    return { wider: { column: error.column, kind: error.kind } };
  }
  if (!(error instanceof IntegrityError)) return {};
  const { key, check, md5 } = error;
  return { integrity: { key, check, md5 } };
}
