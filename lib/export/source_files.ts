/**
 * Lists the flat files of a dataset, whatever its columns are.
 *
 * @module
 */

import { byDate, type DatedObject, isInSpan, type Span } from "../dated_object.ts";
import { dateOfKey } from "../market/dataset.ts";
import type { S3Client } from "../s3/client.ts";

/** The flat files of a dataset in a span, ascending by date. */
export async function listFiles(
  client: S3Client,
  dataset: string,
  { span, signal }: { readonly span: Span; readonly signal: AbortSignal },
): Promise<DatedObject[]> {
  const files = new Map<string, DatedObject>();
  for (const prefix of prefixesOf(dataset, span)) {
    for await (const { key, size, etag } of client.list(prefix, { signal })) {
      const date = dateOfKey({ name: dataset }, key);
      const file = date !== undefined && { key, size, etag, date };
      if (file && isInSpan(file, span)) files.set(key, file);
    }
  }
  return [...files.values()].sort(byDate);
}

/** Whether a dataset has anything at all. */
export async function hasFiles(
  client: S3Client,
  dataset: string,
  signal: AbortSignal,
): Promise<boolean> {
  for await (const _ of client.list(`${dataset}/`, { pageSize: 1, signal })) return true;
  return false;
}

/** Those of the years; of many years the dataset's own, which takes fewer requests. */
function prefixesOf(dataset: string, { from, to }: Span): string[] {
  const [first, last] = [Number(from.slice(0, 4)), Number(to.slice(0, 4))];
  if (last - first > 10) return [`${dataset}/`];
  return Array.from(
    { length: last - first + 1 },
    (_, i) => `${dataset}/${String(first + i).padStart(4, "0")}/`,
  );
}
