/**
 * Finds what is in the objects of a place that an export would make anew, so that no rows go which
 * nobody can bring back: those of other tickers, and those of files that the bucket lists no more;
 * and what is in one that it leaves.
 *
 * @module
 */

import { Semaphore } from "../concurrency/semaphore.ts";
import { type Layout, layoutOf, markOf } from "../lake/layout.ts";
import type { ExportTask, MadeOf } from "./plan_export.ts";
import { checkFooterIn, type PlacedDataset } from "./target.ts";

const READS_AT_ONCE = 16;

/**
 * What those objects were made of that have not the mark wanted, by path; damaged and foreign ones
 * say nothing. An object is read only where its mark is none of the same files with tickers that
 * another one had: one read tells for a whole place that was made with other tickers.
 *
 * @param tasks All of the export, whichever machine they are for.
 */
export async function findReplaced(
  tasks: readonly ExportTask[],
  { objects, layout, target, signal }: PlacedDataset,
): Promise<Map<string, MadeOf>> {
  const replaced = new Map<string, MadeOf>();
  // Each file by itself, with all tickers: nothing of it can go.
  if (layout.by === "date" && layout.tickers === undefined) return replaced;
  const there = new Map(objects.map((object) => [object.path, object]));
  const others = tasks.filter(({ path, mark }) =>
    there.has(path) && there.get(path)!.mark !== mark
  );
  const layouts = [{ ...layout, tickers: undefined as Layout["tickers"] }];
  await new Semaphore(READS_AT_ONCE).runEach(others, async ({ path, sources }) => {
    const { mark, size } = there.get(path)!;
    const known = layouts.find((layout) => mark === markOf(sources, layout));
    if (known !== undefined) {
      replaced.set(path, { mark: mark!, sources, tickers: known.tickers });
      return;
    }
    const found = await checkFooterIn(target, { path, size }, signal);
    if (found.kind !== "right") return;
    replaced.set(path, found.facts);
    layouts.push({ ...layout, tickers: found.facts.tickers });
  }, { signal });
  return replaced;
}

/** What the first object was made of that an export of some tickers leaves, by its path. */
export async function findBeside(
  tasks: readonly ExportTask[],
  { dataset, objects, layout, target, signal }: PlacedDataset,
): Promise<Map<string, MadeOf>> {
  const own = new Set(tasks.map(({ path }) => path));
  if (layout.tickers === undefined || own.size === 0) return new Map();
  const beside = objects.filter(({ path, mark }) =>
    mark !== undefined && !own.has(path) && layoutOf(dataset, path) !== undefined
  );
  for (const { path, size } of beside.sort((a, b) => a.path < b.path ? -1 : 1)) {
    const found = await checkFooterIn(target, { path, size }, signal);
    if (found.kind === "right") return new Map([[path, found.facts]]);
  }
  return new Map();
}
