/**
 * Reads the splits of some stocks from a file.
 *
 * @module
 */

import { quote, UsageError } from "./errors.ts";
import type { Split } from "./market/split.ts";
import { parseSplits } from "./market/split_text.ts";
import { parseSymbol } from "./market/symbol.ts";

/**
 * The splits of the tickers in a CSV or JSON file, under the tickers' own spelling; the file may
 * also spell them as symbols are, such as `BRK-B`.
 *
 * @throws {UsageError} when there is no such file, or it cannot be read.
 */
export async function readSplitFile(path: string, tickers: readonly string[]): Promise<Split[]> {
  const splits = parseSplits(await readText(path), path);
  return tickers.flatMap((ticker) =>
    splits.filter((split) => isSpelling(split.ticker, ticker)).map((split) => ({
      ...split,
      ticker,
    }))
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new UsageError(`Cannot read splits from ${quote(path)}: ${reasonOf(error)}`);
  }
}

/** The system's words, which Deno follows by its own for the call. */
function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/ \(os error \d+\).*$/s, "");
}

function isSpelling(spelled: string, ticker: string): boolean {
  if (spelled === ticker) return true;
  try {
    return parseSymbol(spelled).tickers.includes(ticker);
  } catch {
    return false;
  }
}
