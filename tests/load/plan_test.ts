import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { DatedObject, ObjectVersion } from "../../lib/dated_object.ts";
import { type Demand, planTasks } from "../../lib/load/plan.ts";

/** An object of a dataset that is called by one letter. */
const objectOf = (dataset: string, date: string): DatedObject => ({
  key: `${dataset}/${date}.csv.gz`,
  date,
  size: 100,
  etag: "e",
});

interface NamedWant extends Demand {
  readonly name: string;
}

function wantOf(
  dataset: string,
  options: { name?: string; from?: string; to?: string; recorded?: readonly ObjectVersion[] } = {},
): NamedWant {
  const { name = "TSLA", from = "0001-01-01", to = "9999-12-31", recorded = [] } = options;
  const request = { dataset: { name: dataset }, period: { from, to } };
  return { name, request, records: new Map(recorded.map((one) => [one.key, one])) };
}

/** So many days of 2024, oldest first. */
function days(count: number): string[] {
  const first = Date.UTC(2024, 0, 1);
  return Array.from(
    { length: count },
    (_, i) => new Date(first + i * 86_400_000).toISOString().slice(0, 10),
  );
}

const datesOf = (plan: { tasks: readonly { object: DatedObject }[] }) =>
  plan.tasks.map(({ object }) => object.date);

Deno.test("planTasks() has one task an object, for all who want it", () => {
  const objects = days(2).map((date) => objectOf("s", date));
  const [one, two] = [wantOf("s", { name: "TSLA" }), wantOf("s", { name: "AAPL" })];
  const { tasks, ...counts } = planTasks(new Map([["s", objects]]), [one, two]);
  assertEquals(counts, { listed: 2, recorded: 0, bytes: 200 });
  assertEquals(tasks.map(({ object }) => object), objects.toReversed());
  for (const { demands } of tasks) assertEquals(demands, [one, two]);
});

Deno.test("planTasks() leaves out of a task those who have its rows", () => {
  const object = objectOf("s", "2024-03-07");
  const [has, lacks] = [wantOf("s", { recorded: [object] }), wantOf("s", { name: "AAPL" })];
  const listing = new Map([["s", [object]]]);
  assertEquals(planTasks(listing, [has, lacks]).tasks, [{ object, demands: [lacks] }]);
  assertEquals(planTasks(listing, [has]), { listed: 1, recorded: 1, tasks: [], bytes: 0 });
});

Deno.test("planTasks() has one list for all files that the same lack, and looks at no empty records", () => {
  const objects = days(6).map((date) => objectOf("s", date));
  class Unseen extends Map<string, ObjectVersion> {
    override get(): never {
      throw new Error("there is nothing to look for");
    }
  }
  const none = Array.from({ length: 3 }, () => ({ ...wantOf("s"), records: new Unseen() }));
  const some = wantOf("s", { recorded: objects.slice(2, 4) });
  const { tasks } = planTasks(new Map([["s", objects]]), [none[0]!, some, ...none.slice(1)]);
  const lists = new Map(tasks.map(({ object, demands }) => [object.date.slice(8), demands]));
  assertEquals(lists.get("01"), [none[0]!, some, ...none.slice(1)]);
  assertEquals(lists.get("03"), none);
  assert(lists.get("01") === lists.get("02") && lists.get("03") === lists.get("04"));
});

Deno.test("planTasks() fetches again what is recorded in another version", () => {
  const object = objectOf("s", "2024-03-07");
  for (const other of [{ size: 101 }, { etag: "f" }, { key: "s/elsewhere" }]) {
    const demand = wantOf("s", { recorded: [{ ...object, ...other }] });
    assertEquals(planTasks(new Map([["s", [object]]]), [demand]).tasks.length, 1);
  }
});

Deno.test("planTasks() takes each period for itself, both ends included", () => {
  const objects = days(5).map((date) => objectOf("s", date));
  const early = wantOf("s", { from: "2023-01-01", to: "2024-01-02" });
  const late = wantOf("s", { from: "2024-01-04", to: "2024-01-05" });
  const plan = planTasks(new Map([["s", objects]]), [early, late]);
  assertEquals([plan.listed, plan.recorded, plan.bytes], [4, 0, 400]);
  assertEquals(datesOf(plan).sort(), ["2024-01-01", "2024-01-02", "2024-01-04", "2024-01-05"]);
  for (const { object, demands } of plan.tasks) {
    assertEquals(demands, [object.date < "2024-01-03" ? early : late]);
  }
});

Deno.test("planTasks() has all who want a date in its task, whichever spans they are of", () => {
  const object = objectOf("s", "2024-03-07");
  const [whole, day, again] = [wantOf("s"), wantOf("s", { from: object.date }), wantOf("s")];
  const { tasks } = planTasks(new Map([["s", [object]]]), [whole, day, again]);
  assertEquals(tasks.map(({ demands }) => new Set(demands)), [new Set([whole, day, again])]);
});

Deno.test("planTasks() looks only at the datasets that are wanted", () => {
  const listing = new Map(["s", "x"].map((name) => [name, [objectOf(name, "2024-01-01")]]));
  const plan = planTasks(listing, [wantOf("x"), wantOf("nothing listed")]);
  assertEquals([plan.listed, plan.tasks.map(({ object }) => object.key)], [
    1,
    ["x/2024-01-01.csv.gz"],
  ]);
});

Deno.test("planTasks() spreads the first five over the span and goes back in time from there", () => {
  const dates = days(101);
  const plan = planTasks(new Map([["s", dates.map((date) => objectOf("s", date))]]), [wantOf("s")]);
  const newestFirst = dates.toReversed();
  const spread = [0, 100, 50, 25, 75].map((i) => newestFirst[i]!);
  const rest = newestFirst.filter((date) => !spread.includes(date));
  assertEquals(datesOf(plan), [...spread, ...rest]);
});

Deno.test("planTasks() begins with the newest and the oldest, however few there are", () => {
  for (let count = 0; count <= 12; count++) {
    const dates = days(count);
    const objects = dates.map((date) => objectOf("s", date));
    const planned = datesOf(planTasks(new Map([["s", objects]]), [wantOf("s")]));
    assertEquals(planned.toSorted(), dates);
    assertEquals(planned.slice(0, 2), [...new Set([dates.at(-1)!, dates[0]!])].slice(0, count));
  }
});

Deno.test("planTasks() does not depend on the order of the listing", () => {
  const dates = days(30);
  const plan = (order: readonly string[]) =>
    datesOf(planTasks(new Map([["s", order.map((date) => objectOf("s", date))]]), [wantOf("s")]));
  assertEquals(plan(dates.toReversed()), plan(dates));
});

Deno.test("planTasks() of nothing is empty", () => {
  const none = { listed: 0, recorded: 0, tasks: [], bytes: 0 };
  assertEquals(planTasks(new Map(), []), none);
  assertEquals(planTasks(new Map(), [wantOf("s")]), none);
  assertEquals(planTasks(new Map([["s", [objectOf("s", "2024-01-01")]]]), []), none);
});

Deno.test("planTasks() has every listed object once, as a task or as recorded", () => {
  const dates = days(40);
  const demand = fc.record({
    dataset: fc.constantFrom("s", "x", "c"),
    ends: fc.tuple(fc.constantFrom(...dates), fc.constantFrom(...dates)),
    recorded: fc.subarray(dates),
  }).map(({ dataset, ends, recorded }) => {
    const [from, to] = ends.toSorted();
    const objects = recorded.map((date) => objectOf(dataset, date));
    return wantOf(dataset, { from: from!, to: to!, recorded: objects });
  });
  const listed = fc.dictionary(fc.constantFrom("s", "x", "c"), fc.subarray(dates));
  fc.assert(fc.property(listed, fc.array(demand, { maxLength: 6 }), (listed, demands) => {
    const listing = new Map(
      Object.entries(listed).map(([name, dates]) => [name, dates.map((d) => objectOf(name, d))]),
    );
    const plan = planTasks(listing, demands);
    const keys = plan.tasks.map(({ object }) => object.key);
    assertEquals(new Set(keys).size, keys.length);
    const isWanted = (one: DatedObject, { request: { dataset, period } }: Demand) =>
      one.key.startsWith(`${dataset.name}/`) && period.from <= one.date && one.date <= period.to;
    let recorded = 0;
    for (const object of [...listing.values()].flat()) {
      const who = demands.filter((demand) => isWanted(object, demand));
      const missing = who.filter((demand) => !demand.records.has(object.key));
      const task = plan.tasks.find((task) => task.object === object);
      assertEquals(new Set(task?.demands), new Set(missing));
      assertEquals(task?.demands.length ?? 0, missing.length);
      if (who.length > 0 && missing.length === 0) recorded++;
    }
    assertEquals(plan.recorded, recorded);
    assertEquals(plan.listed, recorded + keys.length);
    assertEquals(plan.bytes, 100 * keys.length);
    assert(plan.tasks.every(({ demands }) => demands.length > 0));
  }));
});
