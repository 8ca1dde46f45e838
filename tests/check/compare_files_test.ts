import { assertEquals } from "@std/assert";
import { compareFiles, fileFindings } from "../../lib/check/compare_files.ts";
import { datasetOf } from "../../lib/market/dataset.ts";

const dataset = datasetOf("stock", "1d");
const PERIOD = { from: "2024-03-04", to: "2024-03-08" };

const keyOf = (day: number) => `${dataset.name}/2024/03/2024-03-0${day}.csv.gz`;
const file = (day: number, etag = "e", size = 5) => ({ key: keyOf(day), size, etag });
const listed = (...days: number[]) =>
  days.map((day) => ({ ...file(day), date: `2024-03-0${day}` }));
const recorded = (...files: ReturnType<typeof file>[]) =>
  new Map(files.map((one) => [one.key, one]));

const compare = (...of: [ReturnType<typeof listed>, ReturnType<typeof recorded>]) => {
  const { current, missing, replaced, unlisted } = compareFiles({ dataset, period: PERIOD }, ...of);
  const dates = Object.entries({ current, missing, replaced, unlisted }).map(([name, files]) =>
    [name, files.map(({ date }) => Number(date.slice(-2)))] as const
  );
  return Object.fromEntries(dates.filter(([, days]) => days.length > 0));
};

Deno.test("compareFiles() tells current, missing, replaced and unlisted files apart", () => {
  const cache = recorded(file(4), file(6, "other"), file(7, "e", 6), file(8));
  assertEquals(compare(listed(4, 5, 6, 7), cache), {
    current: [4],
    missing: [5],
    replaced: [6, 7],
    unlisted: [8],
  });
});

Deno.test("compareFiles() looks at no file outside the period, nor at other datasets' records", () => {
  const minutes = { ...file(5), key: keyOf(5).replace("day", "minute") };
  assertEquals(compare(listed(1, 4, 9), recorded(file(1), file(4), file(9), minutes)), {
    current: [4],
  });
  assertEquals(compare(listed(1, 9), recorded(file(2))), {});
});

Deno.test("fileFindings() has one finding a file, with its key", () => {
  const comparison = compareFiles(
    { dataset, period: PERIOD },
    listed(4, 5, 6),
    recorded(file(6, "other"), file(7)),
  );
  const found = fileFindings(comparison, new Set([keyOf(4)]));
  assertEquals(
    found.map(({ kind, severity, dates, key }) => [kind, severity, dates, key]),
    [
      ["refused", "warning", ["2024-03-04"], keyOf(4)],
      ["not-cached", "problem", ["2024-03-05"], keyOf(5)],
      ["replaced", "problem", ["2024-03-06"], keyOf(6)],
      ["not-listed", "warning", ["2024-03-07"], keyOf(7)],
    ],
  );
});

Deno.test("fileFindings() of files that are all current has none", () => {
  const comparison = compareFiles({ dataset, period: PERIOD }, listed(4), recorded(file(4)));
  assertEquals(fileFindings(comparison, new Set()), []);
});
