/**
 * Refuses what would make of a dataset's objects something that no reader takes for one table: a
 * second layout beside the first, or rows of other tickers in their stead.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { TickerSet } from "../flatfile/ticker_set.ts";
import { type Layout, layoutOf } from "../lake/layout.ts";
import type { MadeOf } from "./plan_export.ts";
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

/**
 * @param replaced What the objects were made of that are to be made anew, by path.
 * @throws {UsageError} when one of them has tickers that are not wanted.
 */
export function refuseOtherTickers(
  dataset: string,
  { replaced, layout: { tickers: wanted }, target }: {
    readonly replaced: ReadonlyMap<string, MadeOf>;
    readonly layout: Layout;
    readonly target: Pick<ExportTarget, "name">;
  },
): void {
  if (wanted === undefined) return;
  const set = new TickerSet(wanted);
  for (const path of [...replaced.keys()].sort()) {
    const { tickers } = replaced.get(path)!;
    const gone = tickers?.filter((one) => !set.hasAll(new TickerSet([one])));
    if (gone?.length === 0) continue;
    const others = gone === undefined ? "all others" : gone.join(",");
    throw new UsageError(
      `Cannot export ${dataset} with tickers ${
        wanted.join(",")
      } into ${target.name}: it is there ` +
        `with ${tickersText(tickers)}, and the rows of ${others} would go, such as in ${path}`,
    );
  }
}

function tickersText(tickers: Layout["tickers"]): string {
  return tickers === undefined ? "all tickers" : `tickers ${tickers.join(",")}`;
}

function layoutText({ by, format }: Pick<Layout, "by" | "format">): string {
  return format === "parquet" ? `as parquet by ${by}` : `as ${format}`;
}
