/**
 * What an object has besides its bytes, and what must be under its key, as headers say it; and asks a
 * bucket for it.
 *
 * @module
 */

import { quote, S3Error } from "../errors.ts";
import { FIRST_BYTE } from "../http/exchange.ts";
import type { BucketConnection } from "./bucket_connection.ts";
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
function headOf(headers: Headers): ObjectHead {
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

/** What is under a key; `undefined` when nothing is. */
export async function lookAt(
  connection: BucketConnection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ObjectHead | undefined> {
  try {
    return await askHead(connection, key, signal);
  } catch (error) {
    const isMute = error instanceof S3Error && [400, 403].includes(error.status);
    if (!isMute) throw error;
    // The answer to a HEAD has no body that would say why: the clock may be off.
    await askFirstByte(connection, key, signal);
    return await askHead(connection, key, signal);
  }
}

async function askHead(
  connection: BucketConnection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ObjectHead | undefined> {
  const target = connection.target(key, looking(key));
  const request = { ...target, method: "HEAD", headOnly: true, maxBytes: 0, signal } as const;
  try {
    return await connection.sender.send(request, ({ headers }) => headOf(headers));
  } catch (error) {
    if (error instanceof S3Error && error.status === 404) return undefined;
    throw error;
  }
}

/** Asks for an object's first byte, as far as there is one. */
async function askFirstByte(
  connection: BucketConnection,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = connection.target(key, looking(key));
  const statuses = [...FIRST_BYTE.statuses, 404, 416];
  const request = { ...target, ...FIRST_BYTE, statuses, signal };
  await connection.sender.send(request, () => {});
}

function looking(key: string): string {
  return `Cannot look at ${quote(key)}`;
}
