import { assertEquals, assertThrows } from "@std/assert";
import { mergeBars } from "../../lib/market/merge_bars.ts";

const BAR = { date: "2024-03-07", timestamp: 1, open: 5, high: 9, low: 4, close: 6 };

Deno.test("mergeBars() keeps the first open, the extremes and the last close, and sums", () => {
  const bars = [
    { ...BAR, volume: 10, transactions: 1 },
    { ...BAR, timestamp: 2, open: 6, high: 7, low: 3, close: 4, volume: 20.5, transactions: 2 },
    { ...BAR, timestamp: 3, open: 4, high: 12, low: 4, close: 8, volume: 1, transactions: 3 },
  ];
  assertEquals(mergeBars(bars), {
    ...BAR,
    high: 12,
    low: 3,
    close: 8,
    volume: 31.5,
    transactions: 6,
  });
});

Deno.test("mergeBars() has no volume where no bar has one", () => {
  const none = { ...BAR, volume: null, transactions: null };
  const { volume, transactions } = mergeBars([none, none]);
  assertEquals([volume, transactions], [null, null]);
  assertEquals(mergeBars([none, { ...none, volume: 3 }]).volume, 3);
});

Deno.test("mergeBars() of no bar throws", () => {
  assertThrows(() => mergeBars([]), RangeError, "Cannot merge bars");
});
