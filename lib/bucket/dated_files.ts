/**
 * Separates the flat files of a prefix from the other objects there.
 *
 * @module
 */

import type { DatedObject, ObjectVersion } from "../dated_object.ts";
import { type Dataset, dateOfKey } from "../market/dataset.ts";

/** Objects that lie among flat files and cannot be any: they are passed over. */
export interface Strays {
  /** How many there are. */
  readonly count: number;
  /** The first few of their keys, as the server has them. */
  readonly keys: readonly string[];
}

/** As many keys as a reader needs to see of what kind they are. */
const MOST_KEYS = 5;

export const NO_STRAYS: Strays = { count: 0, keys: [] };

/** Tells the flat files of a dataset, each with the date in its key, from the strays. */
export function sortOut(
  dataset: Dataset,
  objects: Iterable<ObjectVersion>,
): { readonly files: DatedObject[]; readonly strays: Strays } {
  const files: DatedObject[] = [];
  const keys: string[] = [];
  let count = 0;
  for (const { key, size, etag } of objects) {
    const date = dateOfKey(dataset, key);
    if (date !== undefined) files.push({ key, size, etag, date });
    else if (count++ < MOST_KEYS) keys.push(key);
  }
  return { files, strays: { count, keys } };
}

/** The versions that are a dataset's flat files, each with the date in its key. */
export function withDates(dataset: Dataset, versions: Iterable<ObjectVersion>): DatedObject[] {
  return sortOut(dataset, versions).files;
}

/** Those of several prefixes. */
export function sumOfStrays(strays: Iterable<Strays>): Strays {
  const all = [...strays];
  return {
    count: all.reduce((sum, { count }) => sum + count, 0),
    keys: all.flatMap(({ keys }) => keys).slice(0, MOST_KEYS),
  };
}
