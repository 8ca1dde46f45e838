/**
 * The splits of a ticker, as the REST API had them when it was last asked.
 *
 * The file is one sealed line (see `line.ts`); a damaged one, or one of another endpoint,
 * counts as none.
 *
 * @module
 */

import type { CacheDirectory } from "./directory.ts";
import { KeptFiles } from "./kept_files.ts";
import { readSealed, sealLine } from "./line.ts";

/** A split as it is kept. */
export interface KeptSplit {
  readonly executionDate: string;
  readonly from: number;
  readonly to: number;
}

/** The splits of one ticker, and when they were asked for. */
export interface KeptSplits {
  /** The endpoint with its path, without a slash at its end. */
  readonly source: string;
  /** What tells the key that was used from others; `undefined` in a file of an older version. */
  readonly key: string | undefined;
  readonly ticker: string;
  /** Milliseconds since the epoch. */
  readonly askedAtMs: number;
  readonly splits: readonly KeptSplit[];
}

const FORMAT = "flatfetch-splits";
const VERSION = 1;

/**
 * The kept splits of a ticker from this source, or `undefined`; where a key is given, those that
 * another key has brought are none.
 */
export async function readSplits(
  directory: CacheDirectory,
  { source, key, ticker }: Pick<KeptSplits, "source" | "key" | "ticker">,
): Promise<KeptSplits | undefined> {
  const bytes = await new KeptFiles(directory).read(directory.splitsPath(ticker));
  const kept = readSealed(bytes);
  if (kept?.format !== FORMAT || kept.version !== VERSION) return undefined;
  if (kept.source !== source || kept.ticker !== ticker) return undefined;
  const { key: usedKey, askedAtMs, splits } = kept as unknown as KeptSplits;
  if (usedKey !== undefined && key !== undefined && usedKey !== key) return undefined;
  return { source, key: usedKey, ticker, askedAtMs, splits };
}

/** @throws {StorageError} when the disk does not take it. */
export async function writeSplits(
  directory: CacheDirectory,
  { source, key, ticker, askedAtMs, splits }: KeptSplits,
): Promise<void> {
  const kept = { format: FORMAT, version: VERSION, source, key, ticker, askedAtMs, splits };
  const bytes = new TextEncoder().encode(sealLine(kept, 0));
  await new KeptFiles(directory).write(directory.splitsPath(ticker), bytes);
}
