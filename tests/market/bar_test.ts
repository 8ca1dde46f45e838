import { assertEquals } from "@std/assert";
import { type BarRow, dayOf, isBarRow, priceDecimals, toBar } from "../../lib/market/bar.ts";
import { daysOfBars } from "./days_of_bars.ts";
import fc from "fast-check";

Deno.test("toBar() names the numbers of a row in the row's order", () => {
  assertEquals(toBar("2024-03-07", [1709787600000, 1, 2, 3, 4, 5.5, 6]), {
    date: "2024-03-07",
    timestamp: 1709787600000,
    open: 1,
    high: 2,
    low: 3,
    close: 4,
    volume: 5.5,
    transactions: 6,
  });
});

Deno.test("toBar() takes the date that it is given, whatever the stamp says", () => {
  assertEquals(toBar("2025-02-10", [-68400000, 1, 1, 1, 1, 1, 1]).date, "2025-02-10");
});

Deno.test("isBarRow() wants seven numbers, of which only the last two may be missing", () => {
  assertEquals(isBarRow([0, 1, 2, 3, 4, 5, 6]), true);
  assertEquals(isBarRow([0, 1, 2, 3, 4, null, null]), true);
  for (let i = 0; i < 5; i++) {
    assertEquals(isBarRow([0, 1, 2, 3, 4, 5, 6].map((value, j) => i === j ? null : value)), false);
  }
  for (const row of [[], [0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5, 6, 7]]) {
    assertEquals(isBarRow(row), false);
  }
});

Deno.test("priceDecimals() shows what tells the prices apart", () => {
  assertEquals(priceDecimals([147.09, 149.64, 147.0]), 2);
  assertEquals(priceDecimals([1.03526, 1.0354, 1.03612]), 5);
  assertEquals(priceDecimals([93370.8, 93408.63]), 2);
  assertEquals(priceDecimals([5.2e-7, 5.31e-7, 5.25e-7]), 9);
  assertEquals(priceDecimals([96.767, 99.2175, 100.4065]), 3);
});

Deno.test("priceDecimals() lets some prices have more digits", () => {
  assertEquals(priceDecimals([217.25, 217.2538, 213.76]), 2);
});

Deno.test("priceDecimals() of whole prices, of zero and of nothing is 2", () => {
  assertEquals([[3, 4], [0], []].map(priceDecimals), [2, 2, 2]);
});

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
