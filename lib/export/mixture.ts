/**
 * Refuses what would make of a dataset's objects something that no reader takes for one table: a
 * second layout beside the first, or rows of other tickers in their stead.
 *
 * @module
 */

import { Semaphore } from "../concurrency/semaphore.ts";
import { UsageError } from "../errors.ts";
import { metadataIn } from "../lake/footer.ts";
import { type Layout, layoutOf, METADATA, namesOf } from "../lake/layout.ts";
import type { ExportTask } from "./plan_export.ts";
import type { ExportTarget, TargetObject } from "./target.ts";

/** As much of an object's end as has its metadata. */
const TAIL_BYTES = 1 << 18;
const LOOKS_AT_ONCE = 16;

/**
 * @param objects All that the place has of the dataset.
 * @throws {UsageError} when one of them is of another layout, whatever its date.
 */
export function refuseOtherLayout(
  dataset: string,
  { objects, layout, target }: {
    readonly objects: readonly TargetObject[];
    readonly layout: Layout;
    readonly target: Pick<ExportTarget, "name">;
  },
): void {
  const wanted = layoutText(layout);
  for (const path of objects.map(({ path }) => path).sort()) {
    const found = layoutOf(dataset, path);
    if (found === undefined || layoutText(found) === wanted) continue;
    throw new UsageError(
      `Cannot export ${dataset} ${wanted} into ${target.name}: ` +
        `it is there ${layoutText(found)} already, such as ${path}`,
    );
  }
}

/**
 * @param tasks What is to be made.
 * @param there What the place has, by path.
 * @throws {UsageError} when rows of other tickers would go, which an object has that was made of them.
 */
export async function refuseOtherTickers(
  tasks: readonly ExportTask[],
  { there, layout, target, signal }: {
    readonly there: ReadonlyMap<string, TargetObject>;
    readonly layout: Layout;
    readonly target: ExportTarget;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  if (layout.tickers === undefined) return;
  const wanted = tickersText(layout.tickers);
  const replaced = tasks.filter(({ path }) => there.get(path)?.mark !== undefined);
  await new Semaphore(LOOKS_AT_ONCE).runEach(replaced, async ({ path }) => {
    const tail = await target.read({ path }, { last: TAIL_BYTES }, signal);
    if (tail === undefined || metadataIn(tail, METADATA.mark) === undefined) return;
    const names = metadataIn(tail, METADATA.tickers);
    const found = tickersText(names === undefined ? undefined : JSON.parse(names));
    if (found === wanted) return;
    const dataset = path.split("/").slice(0, -2).join("/");
    throw new UsageError(
      `Cannot export ${dataset} with ${wanted} into ${target.name}: ` +
        `it is there with ${found}, which would go, such as ${path}`,
    );
  }, { signal });
}

function tickersText(tickers: Layout["tickers"]): string {
  return tickers === undefined ? "all tickers" : `tickers ${namesOf(tickers)!.join(",")}`;
}

function layoutText({ by, format }: Pick<Layout, "by" | "format">): string {
  return format === "parquet" ? `as parquet by ${by}` : `as ${format}`;
}
