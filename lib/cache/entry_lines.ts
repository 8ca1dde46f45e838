/**
 * The lines of a cache entry, written and read; `entry.ts` tells the format.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { formatLine, newNonce, readHeader, seedOf } from "./file_format.ts";
import { fileName } from "./directory.ts";
import { sealBodies, unsealBody } from "./line.ts";
import type { StoredLine } from "./members.ts";
import { KeptRecord } from "./record.ts";

/** What an entry is of. */
export interface EntryIdentity {
  readonly dataset: string;
  readonly ticker: string;
  readonly symbol: string;
}

const FORMAT = { format: "flatfetch-bars", version: 1 };

/** Characters that are sealed, hashed and written together. */
const CHUNK_LENGTH = 1 << 16;

/** The lines of an entry, many in each chunk. */
export function* entryChunks(
  { dataset, ticker, symbol }: EntryIdentity,
  records: Iterable<KeptRecord>,
): Iterable<Uint8Array> {
  const nonce = newNonce();
  const seed = seedOf(nonce)!;
  const sorted = [...records].sort((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  const of = { dataset, ticker, symbol };
  const hash = createHash("sha256");
  const hashed = (lines: Uint8Array) => {
    hash.update(lines);
    return lines;
  };
  yield hashed(new TextEncoder().encode(formatLine(FORMAT, { nonce, of })));
  let bodies: string[] = [];
  let length = 0;
  for (const record of sorted) {
    const body = record.toBody();
    bodies.push(body);
    length += body.length;
    if (length < CHUNK_LENGTH) continue;
    yield hashed(sealBodies(bodies, seed));
    [bodies, length] = [[], 0];
  }
  yield hashed(sealBodies(bodies, seed));
  yield sealBodies([footerBody(sorted.length, hash.digest("hex"))], seed);
}

/** Makes records of an entry's lines, one after the other. */
export class EntryParser {
  /** What the entry is of; `undefined` before its header, and when that is no header of it. */
  of: EntryIdentity | undefined;
  /** Whether the footer was the last line, and agrees with what stood before it. */
  isWhole = false;
  readonly #path: string;
  readonly #hash = createHash("sha256");
  #seed = 0;
  #records = 0;
  #lastKey: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The record in a line, if one counts there. */
  take({ bytes }: StoredLine): KeptRecord | undefined {
    const record = this.of === undefined ? this.#begin(bytes) : this.#goOn(bytes);
    this.#hash.update(bytes).update("\n");
    return record;
  }

  #begin(line: Uint8Array): undefined {
    const header = readHeader(line, FORMAT, { what: "cache entry ", path: this.#path });
    const seed = seedOf(header?.nonce);
    const of = header?.of;
    if (seed === undefined || !isIdentity(of) || !isPathOf(this.#path, of)) return;
    this.of = of;
    this.#seed = seed;
  }

  #goOn(line: Uint8Array): KeptRecord | undefined {
    const body = unsealBody(line, this.#seed) ?? "";
    const record = this.#next(KeptRecord.fromBody(body));
    this.isWhole = body.startsWith('{"footer"') &&
      body === footerBody(this.#records, this.#hash.copy().digest("hex"));
    return record;
  }

  /** The record, if it counts: keys ascend. */
  #next(record: KeptRecord | undefined): KeptRecord | undefined {
    if (record === undefined) return undefined;
    if (this.#lastKey !== undefined && record.key <= this.#lastKey) return undefined;
    this.#lastKey = record.key;
    this.#records++;
    return record;
  }
}

function isIdentity(value: unknown): value is EntryIdentity {
  if (typeof value !== "object" || value === null) return false;
  const { dataset, ticker, symbol } = value as Record<string, unknown>;
  return [dataset, ticker, symbol].every((part) => typeof part === "string" && part.isWellFormed());
}

/** Whether an entry stands where one of this identity belongs. */
function isPathOf(path: string, { dataset, ticker }: EntryIdentity): boolean {
  return path.endsWith(`/${dataset}/${fileName(ticker)}.ndjson`);
}

function footerBody(records: number, sha256: string): string {
  return `{"footer":${JSON.stringify({ records, sha256 })}`;
}
