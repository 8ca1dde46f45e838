import { assertEquals } from "@std/assert";
import { isBarRow, toBar } from "../../lib/market/bar.ts";

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
