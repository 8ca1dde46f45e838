/**
 * Keeps the objects of a dataset one table: refuses a second layout beside the first, and rows of
 * other tickers in the place of those that are there, whether an earlier run has written them or
 * one that works at the same time.
 *
 * @module
 */

import { ObjectChangedError, quote, UsageError } from "../errors.ts";
import { TickerSet } from "../flatfile/ticker_set.ts";
import { type Layout, layoutOf, markOf } from "../lake/layout.ts";
import { type ExportTask, hasAllOf, type MadeOf } from "./plan_export.ts";
import { checkFooterIn, type PlacedDataset, type TargetObject } from "./target.ts";

/** @throws {UsageError} when an object is of another layout, whatever its date. */
export function refuseOtherLayout(placed: PlacedDataset): void {
  const other = otherLayout(placed);
  if (other === undefined) return;
  const { dataset, layout, target } = placed;
  throw new UsageError(
    `Cannot export ${dataset} ${layoutText(layout)} into ${target.name}: ` +
      `it is there ${other.text} already, such as ${other.path}`,
  );
}

/**
 * Those of some datasets that another run has written in another layout meanwhile, an object of that
 * run, and what both have made, in words.
 */
export async function findMixed(
  datasets: readonly string[],
  { layout, target, signal }: Omit<PlacedDataset, "dataset" | "objects">,
): Promise<{ dataset: string; path: string; cause: string }[]> {
  const mixed = [];
  for (const dataset of datasets) {
    const other = otherLayout({ dataset, objects: await target.list(dataset, signal), layout });
    if (other === undefined) continue;
    const cause = `another run has written it ${other.text} meanwhile, this one ` +
      layoutText(layout);
    mixed.push({ dataset, path: other.path, cause });
  }
  return mixed;
}

/** The first object that is of another layout, whatever its date, and that layout in words. */
function otherLayout(
  { dataset, objects, layout }: Pick<PlacedDataset, "dataset" | "objects" | "layout">,
): { readonly path: string; readonly text: string } | undefined {
  const wanted = layoutText(layout);
  for (const path of objects.map(({ path }) => path).sort()) {
    const found = layoutOf(dataset, path);
    if (found !== undefined && layoutText(found) !== wanted) {
      return { path, text: layoutText(found) };
    }
  }
  return undefined;
}

/**
 * Judges what another run has made of a task meanwhile: it stays where it has all that this one
 * would make, and is replaced where it says that it was made with the same options of some of the
 * same flat files.
 *
 * @throws {ObjectChangedError} that says what it is, of any other.
 */
export async function judgeOther(
  { path, size, mark }: TargetObject,
  { sources }: ExportTask,
  { layout, target, signal }: Omit<PlacedDataset, "dataset" | "objects">,
): Promise<"leave" | "replace"> {
  const refuse = (found: string) => {
    const message = `Cannot write ${quote(path)}: another run has written it meanwhile ${found}`;
    return new ObjectChangedError(message, { key: path, isWrite: true, found });
  };
  if (layout.format === "csv.gz") {
    if (mark !== undefined) return "replace";
    throw refuse("without a word on what it is");
  }
  const there = await checkFooterIn(target, { path, size }, signal);
  if (there.kind !== "right") throw refuse(`and ${there.text}`);
  const { facts } = there;
  if (hasAllOf({ sources }, facts, layout)) return "leave";
  const own = new Set(sources.map(({ key }) => key));
  const more = facts.sources.find(({ key }) => !own.has(key));
  if (facts.mark === markOf(facts.sources, layout)) {
    if (more === undefined) return "replace";
    throw refuse(`of ${more.key} as well, which this one has not listed`);
  }
  throw refuse(
    `with ${tickersText(facts.tickers)}, this one is with ${tickersText(layout.tickers)}`,
  );
}

/**
 * @param made What objects of the place were made of, by path.
 * @param loss What becomes of the rows that are not wanted.
 * @throws {UsageError} when one of them has tickers that are not wanted.
 */
export function refuseOtherTickers(
  { dataset, layout: { tickers: wanted }, target }: PlacedDataset,
  { made, loss }: {
    readonly made: ReadonlyMap<string, MadeOf>;
    readonly loss: "go, such as in" | "be missing on these dates, unlike in";
  },
): void {
  if (wanted === undefined) return;
  const set = new TickerSet(wanted);
  const others = [...made].map(([path, { tickers }]) => {
    const gone = tickers?.filter((one) => !set.hasAll(new TickerSet([one]))) ?? ["all others"];
    return { path, tickers, gone };
  }).filter(({ gone }) => gone.length > 0).sort((a, b) => a.path < b.path ? -1 : 1);
  const [first] = others;
  if (first === undefined) return;
  const hasAll = others.some(({ tickers }) => tickers === undefined);
  const gone = hasAll ? ["all others"] : new Set(others.flatMap(({ gone }) => gone));
  throw new UsageError(
    `Cannot export ${dataset} with tickers ${wanted.join(",")} into ${target.name}: it is there ` +
      `with ${tickersText(first.tickers)}, and the rows of ${[...gone].join(",")} would ` +
      `${loss} ${first.path}`,
  );
}

function tickersText(tickers: Layout["tickers"]): string {
  return tickers === undefined ? "all tickers" : `tickers ${tickers.join(",")}`;
}

function layoutText({ by, format }: Pick<Layout, "by" | "format">): string {
  return format === "parquet" ? `as parquet by ${by}` : `as ${format}`;
}
