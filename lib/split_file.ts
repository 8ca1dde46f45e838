/**
 * Reads the splits of some stocks from a file.
 *
 * @module
 */

import { quote, UsageError } from "./errors.ts";
import { type Split, uniqueSplits } from "./market/split.ts";
import { parseSplits, tickersSpelled } from "./market/split_text.ts";
import { readTextFile, UnreadableTextError } from "./text_file.ts";

/**
 * The splits of the tickers in a CSV or JSON file, under the tickers' own spelling; the file may
 * also spell them as symbols are, such as `BRK-B`.
 *
 * @throws {UsageError} when there is no such file, or it cannot be read.
 */
export async function readSplitFile(
  path: string,
  tickers: readonly string[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Split[]> {
  const bySpelling = Map.groupBy(
    parseSplits(await readText(path, signal), path),
    ({ ticker }) => ticker,
  );
  const wanted = new Set(tickers);
  const splits = [...bySpelling].flatMap(([spelled, ofSpelling]) =>
    [...wanted.intersection(new Set(tickersSpelled(spelled)))].flatMap((ticker) =>
      ofSpelling.map((split) => ({ ...split, ticker }))
    )
  );
  // What stands there under two spellings is one split.
  return uniqueSplits(splits);
}

async function readText(path: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await readTextFile(path, { signal });
  } catch (error) {
    if (!(error instanceof UnreadableTextError)) throw error;
    throw new UsageError(`Cannot read splits from ${quote(path)}: ${error.message}`);
  }
}
