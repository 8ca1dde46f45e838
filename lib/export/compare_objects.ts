/**
 * Compares the objects of a dataset with each other: readers take them for one table.
 *
 * @module
 */

import type { Span } from "../dated_object.ts";
import { quote } from "../errors.ts";
import type { FooterFacts } from "../lake/check_footer.ts";
import type { Layout } from "../lake/layout.ts";
import type { Finding, FindingKind } from "../market/finding.ts";

/** A Parquet object that is right. */
export interface CheckedObject extends Pick<FooterFacts, "rows" | "types" | "tickers"> {
  readonly path: string;
  /** The first that its path names. */
  readonly date: string;
}

/** An object, and what its path says, where it is one of an export. */
export interface PlacedObject {
  readonly path: string;
  readonly layout: Pick<Layout, "by" | "format"> | undefined;
  readonly span: Span | undefined;
}

/** The columns that have another type than in most objects: many readers want one in all of them. */
export function oddColumns(objects: readonly CheckedObject[]): Finding[] {
  const all = objects.flatMap((object) =>
    [...object.types].map(([name, type]) => ({ object, name, type }))
  );
  return [...Map.groupBy(all, ({ name }) => name)].flatMap(([name, uses]) => {
    const [[usual], ...odd] = byFrequency(uses, ({ type }) => type);
    return odd.flatMap(([type, uses]) => {
      const text = `its column ${quote(name)} is ${type}, in most objects ${usual}`;
      return uses.map(({ object }) => warning("odd-column", object, text));
    });
  });
}

/** The objects that have rows of other tickers than most. */
export function mixedTickers(objects: readonly CheckedObject[]): Finding[] {
  if (objects.length === 0) return [];
  const [[usual], ...odd] = byFrequency(objects, ({ tickers }) => tickersText(tickers));
  return odd.flatMap(([tickers, others]) => {
    const text = `it has the rows of ${tickers}, most objects those of ${usual}`;
    return others.map((object) => warning("mixed-tickers", object, text));
  });
}

/** That a dataset is there in several layouts, which no reader takes for one table. */
export function mixedLayouts(objects: readonly PlacedObject[]): Finding[] {
  const own = objects.filter(({ layout }) => layout !== undefined);
  const layouts = byFrequency(own, ({ layout }) => patternOf(layout!));
  const [first, ...odd] = layouts.slice(1).flatMap(([, objects]) => objects);
  if (first === undefined) return [];
  const names = layouts.map(([pattern, { length }]) => `${pattern} (${length})`).join(" and ");
  return [{
    ...{ kind: "mixed-layouts", severity: "problem", path: first.path },
    dates: [...new Set([first, ...odd].map(({ span }) => span!.from))].sort(),
    text: `it lies there as ${names}: readers fail, or find rows twice`,
  }];
}

function patternOf({ by, format }: Pick<Layout, "by" | "format">): string {
  return format === "parquet" ? `${by}=…/part.parquet` : "….csv.gz";
}

function tickersText(tickers: FooterFacts["tickers"]): string {
  return tickers === undefined ? "all tickers" : [...new Set(tickers)].sort().join(", ");
}

/** The groups of some items, the largest first; at least one where there are items. */
function byFrequency<T>(items: readonly T[], nameOf: (item: T) => string) {
  const groups = [...Map.groupBy(items, nameOf)].sort(([, a], [, b]) => b.length - a.length);
  return groups as [(typeof groups)[number], ...typeof groups];
}

function warning(kind: FindingKind, { path, date }: CheckedObject, text: string): Finding {
  return { kind, severity: "warning", dates: [date], path, text };
}
