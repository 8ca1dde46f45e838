/**
 * What the REST API had of a ticker in one of its tables, when it was last asked.
 *
 * The file is one sealed line (see `line.ts`) with the rows under the table's name; a damaged
 * one, or one of another endpoint, counts as none.
 *
 * @module
 */

import type { AnswerKind, CacheDirectory } from "./directory.ts";
import { KeptFiles } from "./kept_files.ts";
import { readSealed, sealLine } from "./line.ts";

/** Whose answer it is, and on what. */
export interface AnswerName {
  readonly kind: AnswerKind;
  /** The endpoint with its path, without a slash at its end. */
  readonly source: string;
  /** What tells the key that was used from others; `undefined` in a file of an older version. */
  readonly key: string | undefined;
  readonly ticker: string;
}

/** The rows of one ticker, and when they were asked for. */
export interface KeptAnswer<Row> extends AnswerName {
  /** Milliseconds since the epoch. */
  readonly askedAtMs: number;
  /** Without the ticker. */
  readonly rows: readonly Row[];
}

const VERSION = 1;

/**
 * The kept answer on a ticker from this source, or `undefined`; where a key is given, what
 * another key has brought is none.
 */
export async function readAnswer<Row>(
  directory: CacheDirectory,
  { kind, source, key, ticker }: AnswerName,
): Promise<KeptAnswer<Row> | undefined> {
  const bytes = await new KeptFiles(directory).read(directory.answerPath(kind, ticker));
  const kept = readSealed(bytes) as Record<string, unknown> | undefined;
  if (kept?.format !== formatOf(kind) || kept.version !== VERSION) return undefined;
  if (kept.source !== source || kept.ticker !== ticker) return undefined;
  const usedKey = kept.key as string | undefined;
  if (usedKey !== undefined && key !== undefined && usedKey !== key) return undefined;
  const askedAtMs = kept.askedAtMs as number;
  return { kind, source, key: usedKey, ticker, askedAtMs, rows: kept[kind] as Row[] };
}

/** @throws {StorageError} when the disk does not take it. */
export async function writeAnswer<Row>(
  directory: CacheDirectory,
  { kind, source, key, ticker, askedAtMs, rows }: KeptAnswer<Row>,
): Promise<void> {
  const of = { format: formatOf(kind), version: VERSION, source, key, ticker, askedAtMs };
  const bytes = new TextEncoder().encode(sealLine({ ...of, [kind]: rows }, 0));
  await new KeptFiles(directory).write(directory.answerPath(kind, ticker), bytes);
}

function formatOf(kind: AnswerKind): string {
  return `flatfetch-${kind}`;
}
