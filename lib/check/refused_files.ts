/**
 * Finds which of the files that are not cached the account's plan excludes.
 *
 * @module
 */

import { findCoverage } from "../bucket/coverage.ts";
import { type DatedObject, isInSpan } from "../dated_object.ts";
import type { Connection, LazyConnection } from "../load/run_connection.ts";
import type { Settings } from "../settings.ts";

/**
 * Asks for the first byte of a few files of each list, and takes those between two that are
 * refused to be refused as well (see `coverage.ts`). Nothing is asked offline, or when no file
 * is given.
 *
 * @param lists Each ascending by date, of one dataset.
 * @returns the keys of the refused files, and for how many files was asked.
 * @throws what `S3Client.probe()` does.
 */
export async function findRefused(
  lists: readonly (readonly DatedObject[])[],
  { offline, connection }: Pick<Settings, "offline"> & { readonly connection: LazyConnection },
): Promise<{ refused: ReadonlySet<string>; asked: number }> {
  const refused = new Set<string>();
  if (offline || lists.every(({ length }) => length === 0)) return { refused, asked: 0 };
  const opened = await connection.get();
  const answers = new Map<string, Promise<boolean>>();
  const isRefused = ({ key }: DatedObject) =>
    answers.getOrInsertComputed(key, () => ask(key, opened));
  for (const files of lists) {
    const { spans } = await findCoverage(files, isRefused);
    for (const span of spans.filter(({ refused }) => refused)) {
      for (const file of files) if (isInSpan(file, span)) refused.add(file.key);
    }
  }
  return { refused, asked: answers.size };
}

async function ask(key: string, connection: Connection): Promise<boolean> {
  const { client, semaphore, signal } = connection;
  const answer = await semaphore.run(() => client!.probe(key, { signal }), { signal });
  connection.keepAlive();
  return answer === "refused";
}
