/**
 * Refuses what would make of a dataset's objects something that no reader takes for one table: a
 * second layout beside the first, or rows of other tickers in their stead.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { type Layout, layoutOf } from "../lake/layout.ts";
import type { ExportTarget, TargetObject } from "./target.ts";

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

function layoutText({ by, format }: Pick<Layout, "by" | "format">): string {
  return format === "parquet" ? `as parquet by ${by}` : `as ${format}`;
}
