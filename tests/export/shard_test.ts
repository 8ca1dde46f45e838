import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../lib/errors.ts";
import type { DatedObject } from "../../lib/dated_object.ts";
import { type ExportTask, planExport, tasksOf } from "../../lib/export/plan_export.ts";
import type { Layout } from "../../lib/lake/layout.ts";
import { parseShard, SHARD_VARIABLES } from "../../lib/export/export_request.ts";
import { shardOf } from "../../lib/export/shard.ts";
import fc from "fast-check";

const DATASET = "us_stocks_sip/minute_aggs_v1";
const LAYOUT: Layout = { by: "date", format: "parquet", tickers: undefined };

/** Flat files of so many days with these sizes. */
function filesOf(sizes: readonly number[], dataset = DATASET): DatedObject[] {
  return sizes.map((size, i) => {
    const date = new Date(Date.UTC(2021, 0, 1 + i)).toISOString().slice(0, 10);
    return { key: `${dataset}/${date}.csv.gz`, size, etag: `etag ${i}`, date };
  });
}

function tasksFor(sizes: readonly number[], layout = LAYOUT, dataset = DATASET): ExportTask[] {
  return tasksOf(dataset, { files: filesOf(sizes, dataset), layout });
}

/** The tasks of each of `count` parts. */
function cut(tasks: readonly ExportTask[], count: number): ExportTask[][] {
  return Array.from({ length: count }, (_, index) => shardOf(tasks, { index, count }));
}

const pathsOf = (tasks: readonly ExportTask[]) => tasks.map(({ path }) => path);

const bytesOf = (tasks: readonly ExportTask[]) =>
  tasks.flatMap(({ sources }) => sources).reduce((sum, { size }) => sum + Math.max(0, size), 0);

/** Listings with days that hold nothing, days of which no size is known, and days of gigabytes. */
const sizes = fc.array(
  fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: 1, max: 4e6 }), fc.nat(6e9)),
  { maxLength: 120 },
);
const count = fc.integer({ min: 1, max: 150 });
const layout = fc.constantFrom<Layout>(LAYOUT, { ...LAYOUT, by: "month" }, {
  ...LAYOUT,
  format: "csv.gz",
});

Deno.test("shardOf() cuts into parts that are disjoint and complete, none larger than another by more than the largest task", () => {
  fc.assert(fc.property(sizes, count, layout, (sizes, count, layout) => {
    const tasks = tasksFor(sizes, layout);
    const parts = cut(tasks, count);
    assertEquals(pathsOf(parts.flat()).sort(), pathsOf(tasks).sort());
    const loads = parts.map(bytesOf);
    const largest = Math.max(0, ...tasks.map((task) => bytesOf([task])));
    assert(Math.max(...loads) - Math.min(...loads) <= largest);
    const most = Math.max(...parts.map(({ length }) => length));
    if (count >= tasks.length) assert(most <= 1);
  }));
});

Deno.test("shardOf() cuts the same in whatever order the tasks are listed", () => {
  fc.assert(fc.property(sizes, count, fc.infiniteStream(fc.nat()), (sizes, count, ranks) => {
    const tasks = [...tasksFor(sizes), ...tasksFor(sizes, LAYOUT, "us_indices/values_v1")];
    const shuffled = tasks.map((task) => ({ task, rank: ranks.next().value! }))
      .sort((a, b) => a.rank - b.rank).map(({ task }) => task);
    assertEquals(cut(shuffled, count), cut(tasks, count));
  }));
});

Deno.test("shardOf() leaves every task where it was when newer dates are listed, or the last month grows", () => {
  fc.assert(fc.property(sizes, sizes, count, layout, (sizes, newer, count, layout) => {
    const before = cut(tasksFor(sizes, layout), count).map(pathsOf);
    const after = cut(tasksFor([...sizes, ...newer], layout), count).map(pathsOf);
    for (const [i, paths] of before.entries()) {
      assertEquals(after[i]!.slice(0, paths.length), paths);
    }
  }));
});

Deno.test("shardOf() deals as slow and plain counting does", () => {
  fc.assert(fc.property(sizes, count, (sizes, count) => {
    const loads = Array.from({ length: count }, () => ({ bytes: 0, tasks: [] as ExportTask[] }));
    for (const task of tasksFor(sizes)) {
      const least = loads.reduce((a, b) =>
        b.bytes < a.bytes || b.bytes === a.bytes && b.tasks.length < a.tasks.length ? b : a
      );
      least.bytes += bytesOf([task]);
      least.tasks.push(task);
    }
    assertEquals(cut(tasksFor(sizes), count), loads.map(({ tasks }) => tasks));
  }));
});

Deno.test("shardOf() balances datasets together, also where each has fewer files than there are parts", () => {
  const datasets = Array.from({ length: 10 }, (_, i) => `us_stocks_sip/dataset_${i}`);
  const tasks = datasets.flatMap((dataset) => tasksFor(Array(12).fill(1000), LAYOUT, dataset));
  assertEquals(new Set(cut(tasks, 40).map(({ length }) => length)), new Set([3]));
});

Deno.test("shardOf() of 100,000 files in 50,000 or 999,999,999 parts does not ask each part for each file", () => {
  const tasks = tasksFor(Array(100_000).fill(1));
  const partOf = (index: number, count: number) => pathsOf(shardOf(tasks, { index, count }));
  assertEquals(partOf(7, 50_000), [tasks[7]!.path, tasks[50_007]!.path]);
  assertEquals(partOf(99_999, 999_999_999), [tasks[99_999]!.path]);
  assertEquals(partOf(999_999_998, 999_999_999), []);
});

Deno.test("planExport() of a shard is the same part whatever of it is done", () => {
  fc.assert(fc.property(sizes, count, fc.infiniteStream(fc.boolean()), (sizes, count, isDone) => {
    const tasks = tasksFor(sizes);
    const objects = tasks.filter(() => isDone.next().value)
      .map(({ path, mark }) => ({ path, size: 1, mark }));
    const done = new Set(objects.map(({ path }) => path));
    const span = { from: "2021-01-01", to: "2021-12-31" };
    for (const [i, part] of cut(tasks, count).entries()) {
      const own = new Set(shardOf(tasks, { index: i, count }));
      const plan = planExport(DATASET, {
        tasks,
        objects,
        replaced: new Map(),
        isListed: true,
        layout: LAYOUT,
        span,
        isOwn: (task) => own.has(task),
      });
      assertEquals(pathsOf(plan.tasks), pathsOf(part).filter((path) => !done.has(path)).sort());
      assertEquals([plan.filesThere, plan.filesListed, plan.objectsUnlisted], [
        part.length - plan.tasks.length,
        sizes.length,
        [],
      ]);
    }
  }));
});

/** Variables of a task of an array that Slurm starts, as `sbatch --array=` has it. */
function slurm(id: number, [min, max, step, count]: readonly number[]): Record<string, string> {
  return {
    SLURM_ARRAY_TASK_ID: `${id}`,
    SLURM_ARRAY_TASK_MIN: `${min}`,
    SLURM_ARRAY_TASK_MAX: `${max}`,
    SLURM_ARRAY_TASK_STEP: `${step}`,
    SLURM_ARRAY_TASK_COUNT: `${count}`,
  };
}

const batch = (index: number | string, size: number | string) => ({
  AWS_BATCH_JOB_ARRAY_INDEX: `${index}`,
  AWS_BATCH_JOB_ARRAY_SIZE: `${size}`,
});

const pod = (index: number | string) => ({ JOB_COMPLETION_INDEX: `${index}` });

Deno.test("parseShard() reads I/N, and the variables of each scheduler", () => {
  const cases: [text: string, env: Record<string, string>, index: number, count: number][] = [
    ["1/1", {}, 0, 1],
    ["3/40", {}, 2, 40],
    ["40/40", {}, 39, 40],
    ["07/40", pod(3), 6, 40],
    ["999999999/999999999", {}, 999_999_998, 999_999_999],
    ["auto/4", pod(0), 0, 4],
    ["auto/4", pod(3), 3, 4],
    // sbatch --array=0-3, 1-4, 1-9:2, 5, 0-39%4
    ["auto", slurm(0, [0, 3, 1, 4]), 0, 4],
    ["auto", slurm(4, [1, 4, 1, 4]), 3, 4],
    ["auto", slurm(1, [1, 9, 2, 5]), 0, 5],
    ["auto", slurm(9, [1, 9, 2, 5]), 4, 5],
    ["auto", slurm(5, [5, 5, 1, 1]), 0, 1],
    ["auto/40", slurm(39, [0, 39, 1, 40]), 39, 40],
    ["auto", batch(0, 2), 0, 2],
    ["auto", batch(9_999, 10_000), 9_999, 10_000],
    ["auto/10000", batch(1, 10_000), 1, 10_000],
    // A variable that is set to nothing is not set.
    ["auto", { ...batch(1, 2), JOB_COMPLETION_INDEX: "" }, 1, 2],
  ];
  for (const [text, env, index, count] of cases) {
    assertEquals(parseShard(text, env), { index, count }, `${text} ${JSON.stringify(env)}`);
  }
});

Deno.test("parseShard() refuses what is no part, and names what it found and what it wants", () => {
  const words = ["", "0/4", "5/4", "1/0", "4", "-1/4", "1/-4", "1.5/4", "1/4/2", "1/1000000000"];
  for (const text of [...words, "auto/0", "auto/", "auto/x", "autos", "Auto", " 1/4", "1 / 4"]) {
    assertThrows(() => parseShard(text, pod(0)), UsageError, "want I/N with I from 1 to N");
  }
  const cases: [text: string, env: Record<string, string>, message: string][] = [
    [
      "auto",
      {},
      "none of JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID, AWS_BATCH_JOB_ARRAY_INDEX is set",
    ],
    ["auto/4", {}, "none of JOB_COMPLETION_INDEX"],
    ["auto", pod(0), '"JOB_COMPLETION_INDEX=0": want an index below N, and --shard auto/N'],
    ["auto/4", pod(4), '"JOB_COMPLETION_INDEX=4": want an index below N'],
    ["auto/4", pod("0x1"), '"JOB_COMPLETION_INDEX=0x1": want'],
    ["auto/4", pod("-1"), '"JOB_COMPLETION_INDEX=-1": want'],
    ["auto/4", pod(" "), '"JOB_COMPLETION_INDEX= ": want'],
    ["auto/4", { ...pod(0), ...batch(0, 4) }, "AWS_BATCH_JOB_ARRAY_INDEX are both set"],
    [
      "auto",
      batch(2, 2),
      'AWS_BATCH_JOB_ARRAY_SIZE=2": want an index below AWS_BATCH_JOB_ARRAY_SIZE',
    ],
    ["auto", { AWS_BATCH_JOB_ARRAY_INDEX: "0" }, '=": want AWS_BATCH_JOB_ARRAY_SIZE as well'],
    ["auto/3", batch(0, 4), "want an array of 3 without holes"],
    // sbatch --array=1,3,7; 2-10:4,11; 1-3:2,4,7
    ["auto", slurm(7, [1, 7, 1, 3]), "want an array without holes"],
    ["auto/3", slurm(7, [1, 7, 1, 3]), "want an array of 3 without holes"],
    ["auto", slurm(10, [2, 11, 4, 4]), "want an array without holes"],
    ["auto", slurm(4, [1, 7, 2, 4]), "want an array without holes"],
    // A part of an array of 40 that is started again by itself.
    ["auto/40", slurm(3, [3, 7, 1, 5]), "want an array of 40 without holes"],
    ["auto", slurm(8, [1, 7, 1, 7]), "want an array without holes"],
    ["auto", slurm(0, [1, 7, 1, 7]), "want an array without holes"],
    ["auto", slurm(1, [1, 7, 0, 7]), "want an array without holes"],
    ["auto", { SLURM_ARRAY_TASK_ID: "3" }, "SLURM_ARRAY_TASK_COUNT= "],
  ];
  for (const [text, env, message] of cases) {
    assertThrows(() => parseShard(text, env), UsageError, message, JSON.stringify([text, env]));
  }
  const known = new Set(SHARD_VARIABLES);
  const used = [pod(0), slurm(0, [0, 0, 1, 1]), batch(0, 1)].flatMap(Object.keys);
  assertEquals([...known].sort(), used.sort());
});
