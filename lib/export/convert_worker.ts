/**
 * The thread's side of conversion: takes gzips, gives the chunks of a Parquet file.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { convert, WiderColumnError } from "./convert.ts";
import type { ConvertAnswer, ConvertJob } from "./converter_pool.ts";

/** What a thread uses of its global scope, which is typed as the main thread's. */
interface ThreadScope {
  onmessage: (event: MessageEvent<ConvertJob>) => void;
  postMessage(message: ConvertAnswer, transfer: Transferable[]): void;
}

const thread = globalThis as unknown as ThreadScope;

thread.onmessage = async ({ data: { sources, options } }) => {
  try {
    const chunks = convert(sources, options);
    for (;;) {
      const next = await chunks.next();
      if (next.done) return answer({ kind: "done", converted: next.value });
      answer({ kind: "chunk", chunk: next.value }, [next.value.buffer]);
    }
  } catch (error) {
    answer({ kind: "failure", failure: failureOf(error as Error) });
  }
};

answer({ kind: "ready" });

function failureOf(error: Error) {
  const { message } = error;
  if (error instanceof WiderColumnError) {
    return { type: "wider", message, column: error.column, columnKind: error.kind } as const;
  }
  if (error instanceof IntegrityError) {
    return { type: "integrity", message, key: error.key, check: error.check } as const;
  }
  return { type: "other", message } as const;
}

function answer(message: ConvertAnswer, transfer: Transferable[] = []): void {
  thread.postMessage(message, transfer);
}
