import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type BarRow, toBar } from "../../lib/market/bar.ts";
import { dayOf } from "../../lib/market/day.ts";
import { daysOfBars } from "./days_of_bars.ts";

const DATE = "2024-03-07";
const price = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const count = fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }));
const barRow = fc.tuple(fc.integer(), price, price, price, price, count, count);

Deno.test("dayOf() reads of a file's rows what daysOfBars() makes of its bars", () => {
  fc.assert(fc.property(fc.array(barRow), (rows: BarRow[]) => {
    const bars = rows.map((row) => toBar(DATE, row));
    const day = dayOf(DATE, JSON.stringify(rows));
    assertEquals(day === undefined ? [] : [day], [...daysOfBars(bars)]);
  }));
});

Deno.test("dayOf() makes nothing of rows that are no bars", () => {
  for (const rows of ["[]", "[[]]", "[[1,2]]", "[[1,null,3,4,null,6,7]]"]) {
    assertEquals(dayOf(DATE, rows), undefined, rows);
  }
});

Deno.test("daysOfBars() has the first open and the last close of each date", () => {
  const bar = (date: string, open: number, close: number) =>
    toBar(date, [0, open, 9, 1, close, null, null]);
  const bars = [bar("2024-03-06", 1, 2), bar("2024-03-07", 3, 4), bar("2024-03-07", 5, 6)];
  assertEquals([...daysOfBars(bars)], [
    { date: "2024-03-06", open: 1, close: 2 },
    { date: "2024-03-07", open: 3, close: 6 },
  ]);
});
