/**
 * What an object has besides its bytes, and what must be under its key, as headers say it.
 *
 * @module
 */

import { etagOf } from "./etag.ts";

const METADATA = "x-amz-meta-";

/** What must be under a key for an object to be written there. */
export type WriteCondition = "absent" | { readonly etag: string };

/** What an object gets besides its bytes. */
export interface ObjectFacts {
  readonly contentType: string;
  /** Printable ASCII, by names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a server tells of an object. */
export interface ObjectHead {
  /** Bytes. */
  readonly size: number | undefined;
  /** Without quotes. */
  readonly etag: string;
  /** By names in lower case. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** What an answer tells. */
export function headOf(headers: Headers): ObjectHead {
  const metadata = [...headers].filter(([name]) => name.startsWith(METADATA))
    .map(([name, value]) => [name.slice(METADATA.length), value] as const);
  const size = Number(headers.get("content-length") ?? NaN);
  return {
    size: Number.isNaN(size) ? undefined : size,
    etag: etagOf(headers) ?? "",
    metadata: new Map(metadata),
  };
}

/** What tells the server of them. */
export function headersOf({ contentType, metadata }: ObjectFacts): Record<string, string> {
  const named = Object.entries(metadata).map(([name, value]) => [METADATA + name, value]);
  return { "content-type": contentType, ...Object.fromEntries(named) };
}

/** The header of a condition. */
export function conditionOf(condition: WriteCondition | undefined): Record<string, string> {
  if (condition === undefined) return {};
  if (condition === "absent") return { "if-none-match": "*" };
  return { "if-match": `"${condition.etag}"` };
}
