import { assertEquals } from "@std/assert";
import { planExport, tasksOf } from "../../lib/export/plan_export.ts";
import type { Layout } from "../../lib/lake/layout.ts";

const DATASET = "us_stocks_sip/day_aggs_v1";
const SPAN = { from: "2024-01-01", to: "2024-12-31" };
const LAYOUTS: readonly Layout[] = [
  { by: "date", format: "parquet", tickers: undefined },
  { by: "month", format: "parquet", tickers: undefined },
  { by: "date", format: "csv.gz", tickers: undefined },
];

const files = ["2024-03-07", "2024-04-08"].map((date) => ({
  key: `${DATASET}/${date.slice(0, 4)}/${date.slice(5, 7)}/${date}.csv.gz`,
  size: 10,
  etag: `of ${date}`,
  date,
}));

function objectsOf(layout: Layout) {
  return tasksOf(DATASET, { files, layout }).map(({ path, mark }) => ({ path, mark, size: 10 }));
}

function plan(
  layout: Layout,
  { objects, of = files, span = SPAN }: {
    objects: ReturnType<typeof objectsOf>;
    of?: typeof files;
    span?: typeof SPAN;
  },
) {
  const tasks = tasksOf(DATASET, { files: of, layout });
  const replaced = new Map();
  return planExport(DATASET, {
    tasks,
    objects,
    replaced,
    layout,
    span,
    isOwn: () => true,
    isListed: true,
  });
}

Deno.test("planExport() calls unlisted what is in the span and no flat file makes any more", () => {
  for (const layout of LAYOUTS) {
    const objects = objectsOf(layout);
    assertEquals(objects.length, 2);
    const { path } = objectsOf(layout)[0]!;
    const all = plan(layout, { objects });
    assertEquals([all.tasks, all.objectsUnlisted], [[], []]);
    const less = plan(layout, { objects, of: files.slice(1) });
    assertEquals([less.tasks, less.objectsUnlisted], [[], [path]]);
    const later = { from: "2024-04-01", to: "2024-12-31" };
    assertEquals(plan(layout, { objects, of: files.slice(1), span: later }).objectsUnlisted, []);
  }
});

Deno.test("planExport() makes a copy anew that has another size than its file", () => {
  const [, , layout] = LAYOUTS as [Layout, Layout, Layout];
  const [one, other] = objectsOf(layout).map((object, i) => ({ ...object, size: 10 - i }));
  assertEquals(
    plan(layout, { objects: [one!, other!] }).tasks.map(({ path }) => path),
    [other!.path],
  );
});

Deno.test("planExport() takes the same tickers in another order for the same", () => {
  const of = (tickers: string[]): Layout => ({ by: "date", format: "parquet", tickers });
  const objects = objectsOf(of(["SPY", "QQQ"]));
  assertEquals(plan(of(["QQQ", "SPY", "QQQ"]), { objects }).tasks, []);
  assertEquals(plan(of(["QQQ"]), { objects }).tasks.length, 2);
});
